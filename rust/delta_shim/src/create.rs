//! Version 0 of a table.

use std::collections::BTreeMap;
use std::sync::Arc;

use delta_kernel::schema::StructType;
use delta_kernel::transaction::create_table::create_table;
use delta_kernel::transaction::data_layout::DataLayout;
use delta_kernel::transaction::CommitResult;
use serde::Deserialize;
use serde_json::{json, Value};

use crate::commit::{check_commit_id, commit_info_row};
use crate::committer::{Attempt, DurableCommitter};
use crate::durable;
use crate::error::{Code, Error, Result};
use crate::table::Table;
use crate::verify::ENGINE_INFO;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateRequest {
    /// The schema in Delta's JSON form.
    schema: Value,
    #[serde(default)]
    partition_columns: Vec<String>,
    #[serde(default)]
    properties: BTreeMap<String, String>,
    commit_id: String,
}

impl Table {
    pub fn create(&mut self, request: CreateRequest) -> Result<Value> {
        check_commit_id(&request.commit_id)?;
        if request.properties.contains_key("delta.setTransactionRetentionDuration") {
            return Err(Error::invalid(
                "delta.setTransactionRetentionDuration must stay unset: offsets never expire",
            ));
        }
        if self.exists() {
            return Err(Error::new(Code::AlreadyExists, format!("{} is a table already", self.url)));
        }
        durable::create_folder(&self.log_folder) // the kernel wants the table folder to be there
            .map_err(|error| Error::io("creating", &self.log_folder, &error))?;
        let schema: StructType = serde_json::from_value(request.schema)
            .map_err(|error| Error::invalid(format!("the schema of {}: {error}", self.url)))?;
        let (committer, attempt) =
            DurableCommitter::new(&self.log_folder, &request.commit_id, self.failpoint.take());
        let (row, row_schema) = commit_info_row(&request.commit_id)?;
        let mut builder = create_table(self.url.as_str(), Arc::new(schema), ENGINE_INFO, true)
            .with_table_properties(request.properties)
            .with_commit_info(row, row_schema);
        if !request.partition_columns.is_empty() {
            builder = builder.with_data_layout(DataLayout::partitioned(request.partition_columns));
        }
        let result = builder
            .build(&self.engine, Box::new(committer))
            .and_then(|creation| creation.commit(&self.engine));
        self.forget();
        let attempt = attempt.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).clone();
        match (attempt, result) {
            (Attempt::Stored { file, .. }, _) => {
                self.verifier.trust(&file);
                Ok(json!({"version": 0}))
            }
            (Attempt::Lost { .. }, _) | (_, Ok(CommitResult::Conflicted(_))) => {
                Err(Error::new(Code::AlreadyExists, format!("{} was created by another writer", self.url)))
            }
            (Attempt::Unknown { message } | Attempt::Failed { message }, _) => {
                Err(Error::new(Code::Io, message))
            }
            (Attempt::NotTried, Err(error)) => Err(Error::invalid(error.to_string())),
            (Attempt::NotTried, Ok(_)) => Err(Error::new(Code::Internal, "the creation was never stored")),
        }
    }
}
