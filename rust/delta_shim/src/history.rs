//! Who changed a table and when, newest first.

use std::fs;

use serde::Deserialize;
use serde_json::{json, Value};

use crate::error::{Error, Result};
use crate::table::{commit_name, Table};
use crate::verify::{read_writer, Verdict};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HistoryRequest {
    limit: usize,
    /// Only versions above this one.
    #[serde(default)]
    after: Option<u64>,
}

impl Table {
    /// Reads one commit file per version. Ends where the log was cleaned up.
    pub fn history(&mut self, request: &HistoryRequest) -> Result<Value> {
        let newest = self.refresh()?.version;
        let first = request.after.map_or(0, |after| after + 1);
        let mut entries = Vec::new();
        for version in (first..=newest).rev().take(request.limit) {
            let file = self.log_folder.join(commit_name(version));
            if !file.exists() {
                break;
            }
            entries.push(self.history_entry(version, &file)?);
        }
        Ok(json!({"newest": newest, "entries": entries}))
    }

    fn history_entry(&mut self, version: u64, file: &std::path::Path) -> Result<Value> {
        let verdict = self.verifier.verify(file)?;
        let bytes = fs::read(file).map_err(|error| Error::io("reading", file, &error))?;
        let info =
            read_writer(&bytes).map_err(|reason| Error::corrupt(format!("{}: {reason}", file.display())))?;
        Ok(json!({
            "version": version,
            "timestampMs": info.timestamp_ms,
            "operation": info.operation,
            "parameters": info.parameters,
            "commitId": info.commit_id,
            "engine": info.engine_info,
            "verified": verdict == Verdict::Verified,
            "reason": match verdict { Verdict::Verified => None, Verdict::Unverified(reason) => Some(reason) },
        }))
    }
}
