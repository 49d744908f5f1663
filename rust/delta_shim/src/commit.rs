//! One attempt to commit on the newest version, with its typed outcome.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use delta_kernel::arrow::array::{RecordBatch, StringArray};
use delta_kernel::arrow::datatypes::{DataType as ArrowType, Field as ArrowField, Schema as ArrowSchema};
use delta_kernel::arrow::json::ReaderBuilder;
use delta_kernel::engine::arrow_conversion::TryIntoArrow as _;
use delta_kernel::engine::arrow_data::ArrowEngineData;
use delta_kernel::schema::{DataType, SchemaRef, StructField, StructType};
use delta_kernel::snapshot::SnapshotRef;
use delta_kernel::transaction::{CommitResult, Transaction, UpdateTableOperation};
use delta_kernel::EngineData;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::committer::{Attempt, DurableCommitter};
use crate::error::{Code, Error, Result};
use crate::removals::{Removals, RowDeletes, VectorFile};
use crate::snapshot::internal;
use crate::table::Table;
use crate::upgrade::Enabled;
use crate::verify::{COMMIT_ID_KEY, ENGINE_INFO};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CommitRequest {
    commit_id: String,
    operation: String,
    #[serde(default)]
    parameters: BTreeMap<String, String>,
    #[serde(default)]
    offsets: Vec<OffsetMove>,
    #[serde(default)]
    adds: Vec<AddFile>,
    #[serde(default)]
    removes: Vec<String>,
    #[serde(default)]
    deletes: RowDeletes,
    #[serde(default)]
    domains: BTreeMap<String, String>,
    /// Nullable columns to append, in Delta's JSON form of a field.
    #[serde(default)]
    add_columns: Vec<Value>,
    #[serde(default = "yes")]
    data_change: bool,
    /// The commit must become exactly this version + 1.
    read_version: Option<u64>,
}

fn yes() -> bool {
    true
}

/// An offset to store, and what must be stored before: null = nothing.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct OffsetMove {
    app_id: String,
    expected: Option<i64>,
    version: i64,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct AddFile {
    path: String,
    size: i64,
    modification_time: i64,
    #[serde(default)]
    partition_values: BTreeMap<String, Option<String>>,
    /// Delta's statistics as an object: numRecords, minValues, maxValues, nullCount.
    stats: Value,
}

#[derive(Debug, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Outcome {
    Committed {
        version: u64,
        since_checkpoint: u64,
    },
    /// Another writer has `version`.
    Conflict {
        version: u64,
    },
    StaleTxn {
        app_id: String,
        stored: Option<i64>,
    },
    /// A file to remove or to delete from is not live, or a row to delete is deleted already.
    InputChanged {
        path: String,
    },
    Unknown {
        message: String,
    },
}

impl Table {
    pub fn commit(&mut self, request: CommitRequest) -> Result<Outcome> {
        check_request(&request)?;
        let snapshot = self.refresh()?.snapshot.clone();
        if request.read_version.is_some_and(|read| read != snapshot.version()) {
            return Ok(Outcome::Conflict { version: snapshot.version() });
        }
        if let Some(stale) = self.stale_offset(&request.offsets)? {
            return Ok(stale);
        }
        let snapshot = match request.deletes.is_empty() {
            true => snapshot,
            false => match self.with_deletion_vectors(snapshot, &request.commit_id)? {
                Enabled::Snapshot(next) => next,
                Enabled::Not(outcome) => return Ok(outcome),
            },
        };
        let (committer, attempt) =
            DurableCommitter::new(&self.log_folder, &request.commit_id, self.failpoint.take());
        let mut transaction = self.begin(&snapshot, &request, committer)?;
        if !request.adds.is_empty() {
            let adds = encode_adds(&transaction, &request.adds)?;
            transaction.add_files(adds);
        }
        let vectors = self.stage_removals(&snapshot, &mut transaction, &request.removes, &request.deletes)?;
        let vectors = match vectors {
            Removals::Staged(file) => file,
            Removals::InputChanged { path } => return Ok(Outcome::InputChanged { path }),
        };
        let result = transaction.commit(&self.engine);
        let attempt = attempt.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).clone();
        if matches!(attempt, Attempt::Stored { .. } | Attempt::Unknown { .. }) {
            vectors.map(VectorFile::keep);
        }
        self.settle(attempt, result, &request)
    }

    /// What the committer saw decides; the kernel's result adds the next snapshot.
    fn settle(
        &mut self,
        attempt: Attempt,
        result: delta_kernel::KernelResult<CommitResult>,
        request: &CommitRequest,
    ) -> Result<Outcome> {
        match (attempt, result) {
            (Attempt::Stored { version, file }, result) => {
                self.verifier.trust(&file);
                let moves: Vec<(String, i64)> =
                    request.offsets.iter().map(|offset| (offset.app_id.clone(), offset.version)).collect();
                let (next, since_checkpoint) = match result {
                    Ok(CommitResult::Committed(done)) => (
                        done.post_commit_snapshot().cloned(),
                        done.post_commit_stats().commits_since_checkpoint,
                    ),
                    _ => (None, 0),
                };
                self.advance(next, &moves);
                Ok(Outcome::Committed { version, since_checkpoint })
            }
            (Attempt::Lost { version }, _) => Ok(Outcome::Conflict { version }),
            (Attempt::Unknown { message }, _) => {
                self.forget();
                Ok(Outcome::Unknown { message })
            }
            (Attempt::Failed { message }, _) => Err(Error::new(Code::Io, message)),
            (Attempt::NotTried, Err(error)) => Err(error.into()),
            (Attempt::NotTried, Ok(_)) => {
                Err(Error::new(Code::Internal, "the kernel committed without storing"))
            }
        }
    }

    fn stale_offset(&mut self, moves: &[OffsetMove]) -> Result<Option<Outcome>> {
        if moves.is_empty() {
            return Ok(None);
        }
        let stored = self.offsets()?;
        let stale = moves.iter().find(|offset| stored.get(&offset.app_id).copied() != offset.expected);
        Ok(stale.map(|offset| Outcome::StaleTxn {
            app_id: offset.app_id.clone(),
            stored: stored.get(&offset.app_id).copied(),
        }))
    }

    fn begin(
        &self,
        snapshot: &SnapshotRef,
        request: &CommitRequest,
        committer: DurableCommitter,
    ) -> Result<Transaction> {
        let (row, row_schema) = commit_info_row(&request.commit_id)?;
        let parameters = request.parameters.iter().map(|(key, value)| (key.clone(), Some(value.clone())));
        let mut builder = snapshot
            .clone()
            .update_table(operation(&request.operation), ENGINE_INFO, request.data_change)
            .with_operation_parameters(parameters)
            .with_commit_info(row, row_schema);
        for offset in &request.offsets {
            builder = builder.with_transaction_id(offset.app_id.clone(), offset.version);
        }
        for (domain, configuration) in &request.domains {
            builder = builder.with_domain_metadata(domain.clone(), configuration.clone());
        }
        for column in &request.add_columns {
            let field: StructField = serde_json::from_value(column.clone())
                .map_err(|error| Error::invalid(format!("a column to add: {error}")))?;
            builder = builder.add_column(field);
        }
        Ok(builder.build(&self.engine, Box::new(committer))?)
    }
}

fn check_request(request: &CommitRequest) -> Result<()> {
    check_commit_id(&request.commit_id)?;
    let mut ids = HashSet::new();
    if let Some(twice) = request.offsets.iter().find(|offset| !ids.insert(&offset.app_id)) {
        return Err(Error::invalid(format!("app id {} is given twice", twice.app_id)));
    }
    let mut paths = HashSet::new();
    if let Some(twice) = request.removes.iter().find(|path| !paths.insert(*path)) {
        return Err(Error::invalid(format!("{twice} is to be removed twice")));
    }
    for (path, rows) in &request.deletes {
        if paths.contains(path) {
            return Err(Error::invalid(format!("{path} is to be removed and to lose rows")));
        }
        if rows.is_empty() || rows.windows(2).any(|pair| pair[0] >= pair[1]) {
            return Err(Error::invalid(format!("the rows to delete from {path} are none or not ascending")));
        }
    }
    Ok(())
}

/// Commit ids become parts of file names.
pub(crate) fn check_commit_id(id: &str) -> Result<()> {
    let fits =
        (8..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if fits {
        Ok(())
    } else {
        Err(Error::invalid(format!("commit id {id:?} must be 8 to 64 letters, digits and dashes")))
    }
}

/// The row that carries our commit id into `commitInfo`.
pub(crate) fn commit_info_row(commit_id: &str) -> Result<(Box<dyn EngineData>, SchemaRef)> {
    let schema = StructType::try_new([StructField::nullable(COMMIT_ID_KEY, DataType::STRING)])?;
    let arrow = ArrowSchema::new(vec![ArrowField::new(COMMIT_ID_KEY, ArrowType::Utf8, true)]);
    let column = Arc::new(StringArray::from(vec![commit_id]));
    let row = RecordBatch::try_new(Arc::new(arrow), vec![column]).map_err(internal)?;
    Ok((Box::new(ArrowEngineData::new(row)), Arc::new(schema)))
}

fn operation(name: &str) -> UpdateTableOperation {
    match name {
        "WRITE" => UpdateTableOperation::Write,
        "STREAMING UPDATE" => UpdateTableOperation::StreamingUpdate,
        "ALTER TABLE" => UpdateTableOperation::AlterTable,
        "DELETE" => UpdateTableOperation::Delete,
        "UPDATE" => UpdateTableOperation::Update,
        "MERGE" => UpdateTableOperation::Merge,
        "OPTIMIZE" => UpdateTableOperation::Optimize,
        other => UpdateTableOperation::Custom(other.to_string()),
    }
}

/// The kernel takes file metadata as Arrow rows whose statistics are typed by the table's schema.
fn encode_adds(transaction: &Transaction, adds: &[AddFile]) -> Result<Box<dyn EngineData>> {
    let stats: ArrowSchema = transaction.stats_schema()?.as_ref().try_into_arrow().map_err(internal)?;
    let base: ArrowSchema = transaction.add_files_schema().as_ref().try_into_arrow().map_err(internal)?;
    let typed_stats = |field: &Arc<ArrowField>| match field.name().as_str() {
        "stats" => Arc::new(ArrowField::new("stats", ArrowType::Struct(stats.fields().clone()), true)),
        _ => field.clone(),
    };
    let fields: Vec<Arc<ArrowField>> = base.fields().iter().map(typed_stats).collect();
    let read = || -> std::result::Result<Option<RecordBatch>, delta_kernel::arrow::error::ArrowError> {
        let reader = ReaderBuilder::new(Arc::new(ArrowSchema::new(fields)));
        let mut decoder = reader.with_batch_size(adds.len()).build_decoder()?;
        decoder.serialize(adds)?;
        decoder.flush()
    };
    match read() {
        Ok(Some(rows)) => Ok(Box::new(ArrowEngineData::new(rows))),
        Ok(None) => Err(internal("no row came of the files to add")),
        Err(error) => Err(Error::invalid(format!("the statistics of a file to add: {error}"))),
    }
}
