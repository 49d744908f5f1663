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
use crate::retype::Retyping;
use crate::snapshot::internal;
use crate::table::Table;
use crate::upgrade::Enabled;
use crate::verify::{COMMIT_ID_KEY, ENGINE_INFO};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CommitRequest {
    pub(crate) commit_id: String,
    pub(crate) operation: String,
    #[serde(default)]
    pub(crate) parameters: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) offsets: Vec<OffsetMove>,
    #[serde(default)]
    pub(crate) adds: Vec<AddFile>,
    #[serde(default)]
    pub(crate) removes: Vec<String>,
    #[serde(default)]
    pub(crate) deletes: RowDeletes,
    #[serde(default)]
    pub(crate) domains: BTreeMap<String, String>,
    /// Nullable columns to append, in Delta's JSON form of a field.
    #[serde(default)]
    pub(crate) add_columns: Vec<Value>,
    /// Columns that get another type, in the same form.
    #[serde(default)]
    pub(crate) retype_columns: Vec<Value>,
    /// What the files to add hold, in the same form; none: not compared with the table.
    #[serde(default)]
    pub(crate) file_columns: Vec<Value>,
    #[serde(default = "yes")]
    pub(crate) data_change: bool,
    /// The commit must become exactly this version + 1.
    read_version: Option<u64>,
}

fn yes() -> bool {
    true
}

/// An offset to store, and what must be stored before: null = nothing.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct OffsetMove {
    pub(crate) app_id: String,
    expected: Option<i64>,
    pub(crate) version: i64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct AddFile {
    pub(crate) path: String,
    pub(crate) size: i64,
    pub(crate) modification_time: i64,
    #[serde(default)]
    pub(crate) partition_values: BTreeMap<String, Option<String>>,
    /// Delta's statistics, as the text that is stored: numRecords, minValues, maxValues, nullCount.
    pub(crate) stats: String,
}

/// What is asked of statistics; the types of their bounds are the caller's word.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CheckedStatistics {
    #[serde(rename = "numRecords")]
    _num_records: u64,
}

/// A file to add as the kernel takes it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct KernelAdd<'a> {
    path: &'a str,
    size: i64,
    modification_time: i64,
    partition_values: &'a BTreeMap<String, Option<String>>,
    stats: Value,
}

#[derive(Debug, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Outcome {
    Committed {
        version: u64,
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
    /// The table has another type for a column of the files to add.
    SchemaChanged {
        column: String,
    },
    Unknown {
        message: String,
    },
}

impl Table {
    pub fn commit(&mut self, request: CommitRequest) -> Result<Outcome> {
        check_request(&request)?;
        let head = self.refresh()?;
        let (version, is_plain) = (head.version, head.is_plain);
        if request.read_version.is_some_and(|read| read != version) {
            return Ok(Outcome::Conflict { version });
        }
        if let Some(stale) = self.stale_offset(&request.offsets)? {
            return Ok(stale);
        }
        if let Some(column) = self.retyped_column(&request.file_columns)? {
            return Ok(Outcome::SchemaChanged { column });
        }
        if is_plain && request.only_appends(&self.partition_columns()?) {
            return self.append(version, &request);
        }
        let snapshot = self.newest_snapshot()?;
        if snapshot.version() != version {
            return Ok(Outcome::Conflict { version: snapshot.version() }); // what was checked above is out of date
        }
        let snapshot = match request.deletes.is_empty() {
            true => snapshot,
            false => match self.with_deletion_vectors(snapshot, &request.commit_id)? {
                Enabled::Snapshot(next) => next,
                Enabled::Not(outcome) => return Ok(outcome),
            },
        };
        let retyping = match request.retype_columns.is_empty() {
            true => None,
            false => match self.retype(&snapshot, &request)? {
                Retyping::Actions(actions) => Some(actions),
                Retyping::InputChanged { path } => return Ok(Outcome::InputChanged { path }),
            },
        };
        let by_kernel = retyping.is_none();
        let (committer, attempt) =
            DurableCommitter::new(&self.log_folder, &request.commit_id, self.failpoint.take());
        let committer = committer.with_actions(retyping.unwrap_or_default());
        let mut transaction = self.begin(&snapshot, &request, committer)?;
        if !request.adds.is_empty() && by_kernel {
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
        let outcome = self.settle(attempt, result, &request);
        if !by_kernel {
            self.forget(); // the kernel's next snapshot lacks what it did not write
        }
        outcome
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
                let next = match result {
                    Ok(CommitResult::Committed(done)) => done.post_commit_snapshot().cloned(),
                    _ => None,
                };
                self.advance(next, &request.moves());
                Ok(Outcome::Committed { version })
            }
            (attempt, result) => self.not_stored(attempt, || match result {
                Err(error) => error.into(),
                Ok(_) => internal("the kernel committed without storing"),
            }),
        }
    }

    /// The outcome of an attempt that did not store; `refused` is why one was not tried.
    pub(crate) fn not_stored(
        &mut self,
        attempt: Attempt,
        refused: impl FnOnce() -> Error,
    ) -> Result<Outcome> {
        match attempt {
            Attempt::Lost { version } => Ok(Outcome::Conflict { version }),
            Attempt::Unknown { message } => {
                self.forget();
                Ok(Outcome::Unknown { message })
            }
            Attempt::Failed { message } => Err(Error::new(Code::Io, message)),
            Attempt::NotTried | Attempt::Stored { .. } => Err(refused()),
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
        if request.retype_columns.is_empty() {
            for column in &request.add_columns {
                builder = builder.add_column(parse_field(column)?);
            }
        }
        Ok(builder.build(&self.engine, Box::new(committer))?)
    }
}

/// A column of a request.
pub(crate) fn parse_field(column: &Value) -> Result<StructField> {
    serde_json::from_value(column.clone()).map_err(|error| Error::invalid(format!("a column: {error}")))
}

impl CommitRequest {
    pub(crate) fn moves(&self) -> Vec<(String, i64)> {
        self.offsets.iter().map(|offset| (offset.app_id.clone(), offset.version)).collect()
    }
}

fn check_request(request: &CommitRequest) -> Result<()> {
    check_commit_id(&request.commit_id)?;
    let mut ids = HashSet::new();
    if let Some(twice) = request.offsets.iter().find(|offset| !ids.insert(&offset.app_id)) {
        return Err(Error::invalid(format!("app id {} is given twice", twice.app_id)));
    }
    for add in &request.adds {
        serde_json::from_str::<CheckedStatistics>(&add.stats)
            .map_err(|error| Error::invalid(format!("the statistics of {}: {error}", add.path)))?;
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
    let typed = |add| -> Result<KernelAdd> {
        let AddFile { path, size, modification_time, partition_values, stats }: &AddFile = add;
        let stats = serde_json::from_str(stats).map_err(internal)?;
        Ok(KernelAdd { path, size: *size, modification_time: *modification_time, partition_values, stats })
    };
    let adds: Vec<KernelAdd> = adds.iter().map(typed).collect::<Result<_>>()?;
    let read = || -> std::result::Result<Option<RecordBatch>, delta_kernel::arrow::error::ArrowError> {
        let reader = ReaderBuilder::new(Arc::new(ArrowSchema::new(fields)));
        let mut decoder = reader.with_batch_size(adds.len()).build_decoder()?;
        decoder.serialize(&adds)?;
        decoder.flush()
    };
    match read() {
        Ok(Some(rows)) => Ok(Box::new(ArrowEngineData::new(rows))),
        Ok(None) => Err(internal("no row came of the files to add")),
        Err(error) => Err(Error::invalid(format!("the statistics of a file to add: {error}"))),
    }
}
