//! Commits that only append, written without the kernel.
//!
//! A flow commits a few files, an offset and a domain many times a second, and the kernel's general way to such a
//! commit takes more time than all of its writing to disk. So where a table has nothing that such a commit would have
//! to mind (`is_plain`), its actions are written here, as the Delta protocol has them. Everything else goes through
//! the kernel, which also reads every commit; a test holds the two ways against each other.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{SystemTime, UNIX_EPOCH};

use delta_kernel::snapshot::Snapshot;
use delta_kernel::table_features::TableFeature;
use serde::Serialize;
use serde_json::Value;

use crate::commit::{CommitRequest, Outcome};
use crate::committer::{Attempt, DurableCommitter};
use crate::error::{Error, Result};
use crate::snapshot::internal;
use crate::table::Table;
use crate::verify::ENGINE_INFO;

/// Features that ask nothing of a commit that adds files, offsets and domains, beyond what is written here.
const PLAIN_FEATURES: [&str; 3] = ["deletionVectors", "domainMetadata", "inCommitTimestamp"];
const OPERATIONS: [&str; 6] = ["WRITE", "STREAMING UPDATE", "DELETE", "UPDATE", "MERGE", "OPTIMIZE"];

#[derive(Serialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
enum Action<'a> {
    CommitInfo {
        timestamp: i64,
        in_commit_timestamp: i64,
        operation: &'a str,
        operation_parameters: &'a BTreeMap<String, String>,
        engine_info: &'a str,
        haul_commit_id: &'a str,
        txn_id: &'a str,
    },
    Txn {
        app_id: &'a str,
        version: i64,
        last_updated: i64,
    },
    DomainMetadata {
        domain: &'a str,
        configuration: &'a str,
        removed: bool,
    },
    Add {
        path: &'a str,
        partition_values: &'a BTreeMap<String, Option<String>>,
        size: i64,
        modification_time: i64,
        data_change: bool,
        stats: &'a str,
    },
}

impl Table {
    /// One attempt to become the version after `checked`: the one that the offsets were compared with. A version that
    /// came since may hold the same batch, so the attempt must not move to the end of the log.
    pub(crate) fn append(&mut self, checked: u64, request: &CommitRequest) -> Result<Outcome> {
        let before = self.in_commit_ms()?;
        let newest = self.refresh()?.version;
        if newest != checked {
            return Ok(Outcome::Conflict { version: newest });
        }
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64);
        let at = now.max(before + 1); // the protocol wants commit times to rise
        let bytes = encode(request, at, now)?;
        let (committer, _) =
            DurableCommitter::new(&self.log_folder, &request.commit_id, self.failpoint.take());
        match committer.store(checked + 1, &bytes) {
            Attempt::Stored { version, file } => {
                self.verifier.trust(&file);
                self.advance_by_append(version, at, &request.moves());
                Ok(Outcome::Committed { version })
            }
            other => self.not_stored(other, || internal("an append ended without an outcome")),
        }
    }
}

/// May appends be written here? Asked once for each snapshot that is loaded.
pub(crate) fn is_plain(snapshot: &Snapshot) -> bool {
    let configuration = snapshot.table_configuration();
    let Ok(protocol) = serde_json::to_value(configuration.protocol()) else { return false };
    let is_known = |feature: &Value| feature.as_str().is_some_and(|name| PLAIN_FEATURES.contains(&name));
    protocol["minWriterVersion"] == 7
        && protocol["writerFeatures"].as_array().is_some_and(|features| features.iter().all(is_known))
        && configuration.is_feature_enabled(&TableFeature::InCommitTimestamp)
}

impl CommitRequest {
    /// Nothing but adds, offsets and domains, and none of them unusual.
    pub(crate) fn only_appends(&self, partition_columns: &[String]) -> bool {
        let columns: BTreeSet<&String> = partition_columns.iter().collect();
        let is_plain_add = |add: &crate::commit::AddFile| {
            add.path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_./=".contains(&byte))
                && add.partition_values.keys().collect::<BTreeSet<_>>() == columns
        };
        self.removes.is_empty()
            && self.deletes.is_empty()
            && self.add_columns.is_empty()
            && self.retype_columns.is_empty()
            && OPERATIONS.contains(&self.operation.as_str())
            && self.domains.keys().all(|domain| !domain.starts_with("delta."))
            && self.adds.iter().all(is_plain_add)
    }
}

fn encode(request: &CommitRequest, at: i64, now: i64) -> Result<Vec<u8>> {
    let info = Action::CommitInfo {
        timestamp: now,
        in_commit_timestamp: at,
        operation: &request.operation,
        operation_parameters: &request.parameters,
        engine_info: ENGINE_INFO,
        haul_commit_id: &request.commit_id,
        txn_id: &request.commit_id,
    };
    let offsets = request.offsets.iter().map(|offset| Action::Txn {
        app_id: &offset.app_id,
        version: offset.version,
        last_updated: now,
    });
    let domains = request.domains.iter().map(|(domain, configuration)| Action::DomainMetadata {
        domain,
        configuration,
        removed: false,
    });
    lines(std::iter::once(info).chain(offsets).chain(domains).chain(adds(request)))
}

/// The files to add as lines of a commit.
pub(crate) fn encode_adds(request: &CommitRequest) -> Result<Vec<u8>> {
    lines(adds(request))
}

fn adds(request: &CommitRequest) -> impl Iterator<Item = Action<'_>> {
    request.adds.iter().map(|add| Action::Add {
        path: &add.path,
        partition_values: &add.partition_values,
        size: add.size,
        modification_time: add.modification_time,
        data_change: request.data_change,
        stats: &add.stats,
    })
}

fn lines<'a>(actions: impl Iterator<Item = Action<'a>>) -> Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(1024);
    for action in actions {
        serde_json::to_writer(&mut bytes, &action).map_err(|error| Error::invalid(error.to_string()))?;
        bytes.push(b'\n');
    }
    Ok(bytes)
}
