//! Turns on the one table feature that is not there from the start: deletion vectors. A table has it from its first
//! commit that deletes rows, so that tables which only grow open in readers without it.

use delta_kernel::snapshot::SnapshotRef;
use delta_kernel::table_features::TableFeature;
use delta_kernel::transaction::UpdateTableOperation;
use serde_json::{json, Value};

use crate::commit::{commit_info_row, Outcome};
use crate::committer::{Attempt, DurableCommitter};
use crate::error::{Code, Error, Result};
use crate::snapshot::internal;
use crate::table::Table;
use crate::verify::ENGINE_INFO;

const FEATURE: &str = "deletionVectors";
const PROPERTY: &str = "delta.enableDeletionVectors";
const ID_PREFIX: &str = "enable-dv-";

/// A snapshot to go on with, or why the commit ends here.
pub(crate) enum Enabled {
    Snapshot(SnapshotRef),
    Not(Outcome),
}

impl Table {
    /// `snapshot`, or the next version: the same table with deletion vectors on, in a commit of its own.
    pub(crate) fn with_deletion_vectors(
        &mut self,
        snapshot: SnapshotRef,
        commit_id: &str,
    ) -> Result<Enabled> {
        if snapshot.table_configuration().is_feature_enabled(&TableFeature::DeletionVectors) {
            return Ok(Enabled::Snapshot(snapshot));
        }
        let actions = upgrade_actions(&snapshot)?;
        let (committer, attempt) = DurableCommitter::new(&self.log_folder, &upgrade_id(commit_id), None);
        let (row, row_schema) = commit_info_row(&upgrade_id(commit_id))?;
        let operation = UpdateTableOperation::Custom("SET TBLPROPERTIES".to_string());
        let parameters = [("properties".to_string(), Some(json!({PROPERTY: "true"}).to_string()))];
        let result = snapshot
            .clone()
            .update_table(operation, ENGINE_INFO, false)
            .with_operation_parameters(parameters)
            .with_commit_info(row, row_schema)
            .build(&self.engine, Box::new(committer.with_actions(actions)))
            .and_then(|transaction| transaction.commit(&self.engine));
        // The kernel does not know of the actions, so its next snapshot would be wrong.
        self.forget();
        let attempt = attempt.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).clone();
        match attempt {
            Attempt::Stored { version, file } => {
                self.verifier.trust(&file);
                let newest = self.newest_snapshot()?;
                Ok(match newest.version() == version {
                    true => Enabled::Snapshot(newest),
                    false => Enabled::Not(Outcome::Conflict { version: newest.version() }),
                })
            }
            Attempt::Lost { version } => Ok(Enabled::Not(Outcome::Conflict { version })),
            Attempt::Unknown { message } => Ok(Enabled::Not(Outcome::Unknown { message })),
            Attempt::Failed { message } => Err(Error::new(Code::Io, message)),
            Attempt::NotTried => {
                Err(result.map_or_else(Error::from, |_| internal("the upgrade was not stored")))
            }
        }
    }
}

/// Within the length of a commit id.
fn upgrade_id(commit_id: &str) -> String {
    let room = 64 - ID_PREFIX.len();
    format!("{ID_PREFIX}{}", &commit_id[..commit_id.len().min(room)])
}

/// The `protocol` and `metaData` of `snapshot` with the feature on, as lines of a commit.
fn upgrade_actions(snapshot: &SnapshotRef) -> Result<Vec<u8>> {
    let configuration = snapshot.table_configuration();
    let protocol = serde_json::to_value(configuration.protocol()).map_err(internal)?;
    let versions = (protocol["minReaderVersion"].as_i64(), protocol["minWriterVersion"].as_i64());
    if !matches!(versions, (Some(1 | 3), Some(7))) {
        return Err(Error::new(
            Code::Unsupported,
            format!(
                "rows of {} cannot be deleted: its protocol (reader {}, writer {}) has no table features; upgrade it \
                 with the writer that made it",
                snapshot.table_root(),
                protocol["minReaderVersion"],
                protocol["minWriterVersion"]
            ),
        ));
    }
    let mut metadata = serde_json::to_value(configuration.metadata()).map_err(internal)?;
    metadata["configuration"][PROPERTY] = json!("true");
    let mut actions = protocol_line(protocol, FEATURE);
    actions.extend(metadata_line(metadata));
    Ok(actions)
}

/// A protocol with table features as a line of a commit, with one more that readers must know.
pub(crate) fn protocol_line(mut protocol: Value, feature: &str) -> Vec<u8> {
    protocol["minReaderVersion"] = json!(3);
    for list in ["readerFeatures", "writerFeatures"] {
        let mut features = protocol[list].as_array().cloned().unwrap_or_default();
        if !features.contains(&json!(feature)) {
            features.push(json!(feature));
        }
        protocol[list] = Value::Array(features);
    }
    format!("{}\n", json!({"protocol": protocol})).into_bytes()
}

/// A table's metadata as a line of a commit.
pub(crate) fn metadata_line(mut metadata: Value) -> Vec<u8> {
    if let Some(fields) = metadata.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
    }
    format!("{}\n", json!({"metaData": metadata})).into_bytes()
}
