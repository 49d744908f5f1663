//! A snapshot as JSON: what a reader or a planner of a commit needs to know of one version.

use std::collections::BTreeMap;

use delta_kernel::arrow::array::{Array, AsArray, RecordBatch, StructArray};
use delta_kernel::arrow::datatypes::Int64Type;
use delta_kernel::engine::arrow_data::EngineDataArrowExt as _;
use delta_kernel::scan::state::ScanFile;
use delta_kernel::snapshot::SnapshotRef;
use serde::{Deserialize, Serialize};
use serde_json::{json, Value};

use crate::error::{Code, Error, Result};
use crate::removals::deleted_rows;
use crate::table::Table;

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct SnapshotRequest {
    version: Option<u64>,
    as_of_ms: Option<i64>,
    /// List the data files (costs a pass over the log).
    files: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FileReply {
    path: String,
    size: i64,
    modified_ms: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    stats: Option<String>,
    partition_values: BTreeMap<String, Option<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deleted_rows: Option<Vec<u64>>,
}

impl Table {
    pub fn snapshot(&mut self, request: &SnapshotRequest) -> Result<Value> {
        let snapshot = self.snapshot_at(request.version, request.as_of_ms)?;
        let configuration = snapshot.table_configuration();
        let domains: BTreeMap<String, String> = snapshot
            .get_all_domain_metadata(&self.engine)?
            .iter()
            .map(|domain| (domain.domain().to_string(), domain.configuration().to_string()))
            .collect();
        let unverified: Vec<Value> = self
            .unverified(&snapshot)?
            .into_iter()
            .map(|(version, file, reason)| json!({"version": version, "file": file, "reason": reason}))
            .collect();
        let mut reply = json!({
            "version": snapshot.version(),
            "timestampMs": snapshot.get_timestamp(&self.engine)?,
            "schema": snapshot.schema().as_ref(),
            "partitionColumns": configuration.logical_partition_columns(),
            "properties": snapshot.metadata_configuration(),
            "protocol": serde_json::to_value(configuration.protocol()).unwrap_or(Value::Null),
            "domains": domains,
            "unverified": unverified,
            "fallbacks": self.fallbacks,
        });
        if request.files {
            reply["files"] = json!(self.files(&snapshot)?);
        }
        Ok(reply)
    }

    /// The live data files of a snapshot with their statistics and deleted rows.
    fn files(&self, snapshot: &SnapshotRef) -> Result<Vec<Value>> {
        let scan = snapshot.clone().scan_builder().build()?;
        let mut files = Vec::new();
        for metadata in scan.scan_metadata(&self.engine)? {
            let metadata = metadata?;
            let with_vectors =
                metadata.visit_scan_files(Vec::new(), |found: &mut Vec<ScanFile>, file| found.push(file))?;
            let vectors = with_vectors.into_iter().filter(|file| file.dv_info.has_vector());
            let mut deleted = BTreeMap::new();
            for file in vectors {
                if let Some(rows) = deleted_rows(&self.engine, snapshot.table_root(), &file)? {
                    deleted.insert(file.path, rows);
                }
            }
            let (data, selected) = metadata.scan_files.into_parts();
            let rows = data.try_into_record_batch()?;
            for row in (0..rows.num_rows()).filter(|row| selected.get(*row).copied().unwrap_or(true)) {
                let mut file = read_file(&rows, row)?;
                file.deleted_rows = deleted.remove(&file.path);
                files.push(serde_json::to_value(file).map_err(internal)?);
            }
        }
        Ok(files)
    }
}

fn read_file(rows: &RecordBatch, row: usize) -> Result<FileReply> {
    let text = |name: &str| -> Result<Option<String>> {
        let column = column(rows, name)?.as_string::<i32>();
        Ok((!column.is_null(row)).then(|| column.value(row).to_string()))
    };
    let number =
        |name: &str| -> Result<i64> { Ok(column(rows, name)?.as_primitive::<Int64Type>().value(row)) };
    Ok(FileReply {
        path: text("path")?.ok_or_else(|| Error::corrupt("an add action without a path"))?,
        size: number("size")?,
        modified_ms: number("modificationTime")?,
        stats: text("stats")?,
        partition_values: partition_values(column(rows, "fileConstantValues")?.as_struct(), row),
        deleted_rows: None,
    })
}

fn column<'a>(rows: &'a RecordBatch, name: &str) -> Result<&'a dyn Array> {
    rows.column_by_name(name)
        .map(AsRef::as_ref)
        .ok_or_else(|| Error::new(Code::Internal, format!("the kernel's scan rows have no column {name}")))
}

fn partition_values(constants: &StructArray, row: usize) -> BTreeMap<String, Option<String>> {
    let Some(values) = constants.column_by_name("partitionValues") else { return BTreeMap::new() };
    let values = values.as_map();
    if values.is_null(row) {
        return BTreeMap::new();
    }
    let entries = values.value(row);
    let (keys, texts) = (entries.column(0).as_string::<i32>(), entries.column(1).as_string::<i32>());
    (0..keys.len())
        .map(|at| (keys.value(at).to_string(), (!texts.is_null(at)).then(|| texts.value(at).to_string())))
        .collect()
}

pub(crate) fn internal(error: impl std::fmt::Display) -> Error {
    Error::new(Code::Internal, error.to_string())
}
