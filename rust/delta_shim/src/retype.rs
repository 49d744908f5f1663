//! Gives columns another type: one version with the new schema, every old file gone and its successor there.
//!
//! The kernel has no such transaction. It writes the removes and all else of the commit; the `metaData` and the `add`s,
//! whose statistics are of the new types, follow as lines of ours. Readers need no table feature for it, as no file of
//! the old type is left.

use std::collections::HashSet;

use delta_kernel::scan::state::ScanFile;
use delta_kernel::schema::DataType;
use delta_kernel::snapshot::SnapshotRef;
use delta_kernel::table_features::TableFeature;
use serde_json::{json, Value};

use crate::append::encode_adds;
use crate::commit::{parse_field, CommitRequest};
use crate::error::{Code, Error, Result};
use crate::snapshot::internal;
use crate::table::Table;
use crate::upgrade::{metadata_line, protocol_line};

/// Features that say nothing about the type of a column. `invariants` comes with required columns; an invariant that
/// is an expression stands in the schema.
const INDIFFERENT_FEATURES: [&str; 5] =
    ["deletionVectors", "domainMetadata", "inCommitTimestamp", "invariants", LOCAL_TIME_FEATURE];
const INVARIANT_KEY: &str = "delta.invariants";
/// A table with a column of local time has it.
const LOCAL_TIME_FEATURE: &str = "timestampNtz";

/// What a commit that retypes adds to the kernel's lines, or the live file that would keep the old type.
pub(crate) enum Retyping {
    Actions(Vec<u8>),
    InputChanged { path: String },
}

impl Table {
    pub(crate) fn retype(&self, snapshot: &SnapshotRef, request: &CommitRequest) -> Result<Retyping> {
        let configuration = snapshot.table_configuration();
        let protocol = serde_json::to_value(configuration.protocol()).map_err(internal)?;
        let mut metadata = serde_json::to_value(configuration.metadata()).map_err(internal)?;
        let stored = metadata["schemaString"].as_str().unwrap_or_default().to_string();
        if !is_indifferent(&protocol) || stored.contains(INVARIANT_KEY) {
            return Err(Error::new(
                Code::Unsupported,
                format!(
                    "no column of {} can get another type: the table has features of another writer that may depend \
                     on it",
                    snapshot.table_root()
                ),
            ));
        }
        let schema = retyped_schema(snapshot, &stored, request)?;
        metadata["schemaString"] = json!(schema.to_string());
        if let Some(path) = self.first_left(snapshot, &request.removes)? {
            return Ok(Retyping::InputChanged { path });
        }
        let mut actions = Vec::new();
        if has_local_time(&schema)
            && !configuration.is_feature_supported(&TableFeature::TimestampWithoutTimezone)
        {
            actions.extend(protocol_line(protocol, LOCAL_TIME_FEATURE));
        }
        actions.extend(metadata_line(metadata));
        actions.extend(encode_adds(request)?);
        Ok(Retyping::Actions(actions))
    }

    /// The first live file that is not among `removes`, by path.
    fn first_left(&self, snapshot: &SnapshotRef, removes: &[String]) -> Result<Option<String>> {
        let removes: HashSet<&str> = removes.iter().map(String::as_str).collect();
        let mut left: Option<String> = None;
        for metadata in snapshot.clone().scan_builder().build()?.scan_metadata(&self.engine)? {
            let files =
                metadata?.visit_scan_files(Vec::new(), |found: &mut Vec<ScanFile>, file| found.push(file))?;
            let mut others = files.into_iter().map(|file| file.path).collect::<Vec<_>>();
            others.retain(|path| !removes.contains(path.as_str()));
            left = left.into_iter().chain(others).min();
        }
        Ok(left)
    }

    /// The first of `columns` that has another type in the newest version.
    pub(crate) fn retyped_column(&mut self, columns: &[Value]) -> Result<Option<String>> {
        if columns.is_empty() {
            return Ok(None);
        }
        // Appends of ours, which the snapshot may lag behind, retype nothing.
        let schema = self.refresh()?.snapshot.schema();
        for column in columns {
            let wanted = parse_field(column)?;
            let is_same = |present: &DataType| same_type(present, wanted.data_type());
            if schema.field(wanted.name()).is_some_and(|field| !is_same(field.data_type())) {
                return Ok(Some(wanted.name().to_string()));
            }
        }
        Ok(None)
    }
}

fn is_indifferent(protocol: &Value) -> bool {
    let is_known =
        |feature: &Value| feature.as_str().is_some_and(|name| INDIFFERENT_FEATURES.contains(&name));
    protocol["minWriterVersion"] == 7
        && protocol["writerFeatures"].as_array().is_some_and(|features| features.iter().all(is_known))
}

/// Anywhere in a schema.
fn has_local_time(schema: &Value) -> bool {
    match schema {
        Value::String(name) => name == "timestamp_ntz",
        Value::Array(parts) => parts.iter().any(has_local_time),
        Value::Object(parts) => {
            ["type", "elementType", "fields"].iter().any(|key| parts.get(*key).is_some_and(has_local_time))
        }
        _ => false,
    }
}

/// Names, types and nullability count, what else is said of a field does not.
fn same_type(one: &DataType, other: &DataType) -> bool {
    match (one, other) {
        (DataType::Array(one), DataType::Array(other)) => {
            one.contains_null() == other.contains_null()
                && same_type(one.element_type(), other.element_type())
        }
        (DataType::Struct(one), DataType::Struct(other)) => {
            one.fields().len() == other.fields().len()
                && one.fields().zip(other.fields()).all(|(one, other)| {
                    one.name() == other.name()
                        && one.is_nullable() == other.is_nullable()
                        && same_type(one.data_type(), other.data_type())
                })
        }
        _ => one == other,
    }
}

/// The table's schema as it is stored, with the new types and the new columns in it.
fn retyped_schema(snapshot: &SnapshotRef, stored: &str, request: &CommitRequest) -> Result<Value> {
    let mut schema: Value = serde_json::from_str(stored).map_err(internal)?;
    let fields = schema["fields"].as_array_mut().ok_or_else(|| internal("a schema without fields"))?;
    let partitions = snapshot.table_configuration().logical_partition_columns();
    for column in &request.retype_columns {
        let wanted = parse_field(column)?;
        let name = wanted.name();
        if partitions.iter().any(|partition| partition == name) {
            return Err(Error::invalid(format!("{name} is a partition column: it keeps its type")));
        }
        let field = fields.iter_mut().find(|field| field["name"] == json!(name)).ok_or_else(|| {
            Error::invalid(format!("the table has no column {name} that could get another type"))
        })?;
        field["type"] = column["type"].clone();
    }
    for column in &request.add_columns {
        let wanted = parse_field(column)?;
        if !wanted.is_nullable() || fields.iter().any(|field| is_called(field, wanted.name())) {
            return Err(Error::invalid(format!(
                "{} cannot be added: it is required, or there",
                wanted.name()
            )));
        }
        fields.push(column.clone());
    }
    Ok(schema)
}

/// Names of columns are compared without regard to case.
fn is_called(field: &Value, name: &str) -> bool {
    field["name"].as_str().is_some_and(|present| present.to_lowercase() == name.to_lowercase())
}
