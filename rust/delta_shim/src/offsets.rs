//! The offsets (`txn`) that a table stores: read once, then carried along with the newest version.

use std::collections::HashMap;
use std::fs;

use delta_kernel::arrow::array::{Array, AsArray};
use delta_kernel::arrow::datatypes::Int64Type;
use delta_kernel::engine::arrow_data::EngineDataArrowExt as _;
use delta_kernel::schema::{DataType, StructField, StructType};
use delta_kernel::Snapshot;
use serde_json::Value;

use crate::engine::LocalEngine;
use crate::error::{Code, Error, Result};
use crate::table::{commit_name, Head, Table};

impl Head {
    pub fn move_offsets(&mut self, moves: &[(String, i64)]) {
        if let Some(known) = self.offsets.as_mut() {
            known.extend(moves.iter().cloned());
        }
    }
}

impl Table {
    /// Stored offsets of the newest version.
    pub(crate) fn offsets(&mut self) -> Result<&HashMap<String, i64>> {
        if self.refresh()?.offsets.is_none() {
            let snapshot = self.newest_snapshot()?;
            let found = read_offsets(&snapshot, &self.engine)?;
            if let Some(head) = self.head.as_mut() {
                head.offsets = Some(found);
            }
        }
        self.head
            .as_ref()
            .and_then(|head| head.offsets.as_ref())
            .ok_or_else(|| Error::new(Code::Internal, "offsets were read but not kept"))
    }

    /// Applies the `txn` actions of the commits after `before` up to `version`. None: read the log again.
    pub(crate) fn carry_offsets(&self, before: Head, version: u64) -> Option<HashMap<String, i64>> {
        let mut offsets = before.offsets?;
        for next in before.version + 1..=version {
            let bytes = fs::read(self.log_folder.join(commit_name(next))).ok()?;
            for line in bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
                let action: Value = serde_json::from_slice(line).ok()?;
                if let Some(txn) = action.get("txn") {
                    offsets.insert(txn["appId"].as_str()?.to_string(), txn["version"].as_i64()?);
                }
            }
        }
        Some(offsets)
    }
}

/// One pass over the log, newest first: the first `txn` of an app id holds.
fn read_offsets(snapshot: &Snapshot, engine: &LocalEngine) -> Result<HashMap<String, i64>> {
    let txn = StructType::try_new([
        StructField::not_null("appId", DataType::STRING),
        StructField::not_null("version", DataType::LONG),
    ])?;
    let schema = StructType::try_new([StructField::nullable("txn", txn)])?;
    let mut offsets = HashMap::new();
    for batch in snapshot.log_segment().read_actions(engine, schema.into())? {
        let rows = batch?.actions.try_into_record_batch()?;
        let txn = rows.column(0).as_struct();
        let (ids, versions) = (txn.column(0).as_string::<i32>(), txn.column(1).as_primitive::<Int64Type>());
        // A later row of one batch is newer within a commit file, but a commit holds an app id once.
        for row in (0..rows.num_rows()).filter(|row| !txn.is_null(*row)) {
            offsets.entry(ids.value(row).to_string()).or_insert(versions.value(row));
        }
    }
    Ok(offsets)
}
