//! What a commit takes away: whole files, and rows of files by deletion vectors.
//!
//! A vector replaces the one before it, so it holds the old rows and the new ones. All vectors of a commit are in
//! one file, which is durable before the commit names it. A file that loses its last row is removed as a whole.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use delta_kernel::actions::deletion_vector::DeletionVectorDescriptor;
use delta_kernel::actions::deletion_vector_writer::{KernelDeletionVector, StreamingDeletionVectorWriter};
use delta_kernel::arrow::array::{Array, AsArray};
use delta_kernel::engine::arrow_data::{ArrowEngineData, EngineDataArrowExt as _};
use delta_kernel::expressions::Scalar;
use delta_kernel::scan::state::ScanFile;
use delta_kernel::schema::DataType;
use delta_kernel::snapshot::SnapshotRef;
use delta_kernel::transaction::Transaction;
use delta_kernel::{FilteredEngineData, Snapshot};
use url::Url;

use crate::durable;
use crate::engine::LocalEngine;
use crate::error::{Code, Error, Result};
use crate::snapshot::internal;
use crate::table::Table;

/// Rows by the path of their file: positions in the file, ascending.
pub(crate) type RowDeletes = BTreeMap<String, Vec<u64>>;

pub(crate) enum Removals {
    Staged(Option<VectorFile>),
    /// That path is not live, or one of the rows is deleted already.
    InputChanged {
        path: String,
    },
}

/// A file of deletion vectors. Dropped, it is deleted, unless a commit names it.
pub(crate) struct VectorFile {
    path: PathBuf,
    keep: bool,
}

impl VectorFile {
    /// A commit names it, or may.
    pub(crate) fn keep(mut self) {
        self.keep = true;
    }
}

impl Drop for VectorFile {
    fn drop(&mut self) {
        if !self.keep {
            let _ = fs::remove_file(&self.path); // one left behind is harmless
        }
    }
}

/// What becomes of a live file that loses rows.
enum Loss {
    /// One of the rows is not there any more.
    Changed,
    All,
    Some(KernelDeletionVector),
}

impl Table {
    pub(crate) fn stage_removals(
        &self,
        snapshot: &SnapshotRef,
        transaction: &mut Transaction,
        removes: &[String],
        deletes: &RowDeletes,
    ) -> Result<Removals> {
        let removes: HashSet<&str> = removes.iter().map(String::as_str).collect();
        let mut missing: HashSet<&str> =
            removes.iter().copied().chain(deletes.keys().map(String::as_str)).collect();
        if missing.is_empty() {
            return Ok(Removals::Staged(None));
        }
        let mut vectors = BTreeMap::new();
        let mut files_with_vectors = Vec::new();
        for metadata in snapshot.clone().scan_builder().build()?.scan_metadata(&self.engine)? {
            let metadata = metadata?;
            let files =
                metadata.visit_scan_files(Vec::new(), |found: &mut Vec<ScanFile>, file| found.push(file))?;
            let mut gone = HashSet::new();
            let vectors_before = vectors.len();
            for file in files.iter().filter(|file| missing.remove(file.path.as_str())) {
                let loss = match deletes.get(&file.path) {
                    Some(rows) => lose_rows(&self.engine, snapshot, file, rows)?,
                    None => Loss::All,
                };
                match loss {
                    Loss::Changed => return Ok(Removals::InputChanged { path: file.path.clone() }),
                    Loss::All => _ = gone.insert(file.path.as_str()),
                    Loss::Some(vector) => _ = vectors.insert(file.path.clone(), vector),
                }
            }
            let (data, mut selected) = metadata.scan_files.into_parts();
            let rows = data.try_into_record_batch()?;
            selected.resize(rows.num_rows(), true);
            if vectors.len() > vectors_before {
                let data = Box::new(ArrowEngineData::new(rows.clone()));
                files_with_vectors.push(Ok(FilteredEngineData::try_new(data, selected.clone())?));
            }
            if !gone.is_empty() {
                let paths =
                    rows.column_by_name("path").ok_or_else(|| internal("scan rows without a path"))?;
                let paths = paths.as_string::<i32>();
                for (row, chosen) in selected.iter_mut().enumerate() {
                    *chosen = *chosen && !paths.is_null(row) && gone.contains(paths.value(row));
                }
                let data = Box::new(ArrowEngineData::new(rows.clone()));
                transaction.remove_files(FilteredEngineData::try_new(data, selected)?);
            }
        }
        if let Some(path) = missing.into_iter().min() {
            return Ok(Removals::InputChanged { path: path.to_string() });
        }
        if vectors.is_empty() {
            return Ok(Removals::Staged(None));
        }
        let (file, descriptors) = write_vectors(snapshot, transaction, vectors)?;
        transaction.update_deletion_vectors(descriptors, files_with_vectors.into_iter())?;
        Ok(Removals::Staged(Some(file)))
    }
}

/// The rows that a deletion vector takes out of `file`, ascending; none without one. Corrupt: the vector's file is
/// gone or fails its CRC.
pub(crate) fn deleted_rows(engine: &LocalEngine, root: &Url, file: &ScanFile) -> Result<Option<Vec<u64>>> {
    file.dv_info.get_row_indexes(engine, root).map_err(|error| match Error::from(error) {
        error if error.code == Code::Io => error,
        error => Error::corrupt(format!("the deletion vector of {}: {}", file.path, error.message)),
    })
}

fn lose_rows(engine: &LocalEngine, snapshot: &Snapshot, file: &ScanFile, rows: &[u64]) -> Result<Loss> {
    let records = file.stats.as_ref().map(|stats| stats.num_records).ok_or_else(|| {
        Error::invalid(format!("{} has no count of its rows, which deleting some of them needs", file.path))
    })?;
    if let Some(beyond) = rows.last().filter(|row| **row >= records) {
        return Err(Error::invalid(format!("{} has {records} rows and none at {beyond}", file.path)));
    }
    let before = deleted_rows(engine, snapshot.table_root(), file)?.unwrap_or_default();
    let mut vector = KernelDeletionVector::new();
    vector.add_deleted_row_indexes(&before);
    vector.add_deleted_row_indexes(rows);
    Ok(match vector.cardinality() {
        after if after != (before.len() + rows.len()) as u64 => Loss::Changed,
        after if after == records => Loss::All,
        _ => Loss::Some(vector),
    })
}

/// Writes and syncs one file of vectors; a descriptor for each data file.
fn write_vectors(
    snapshot: &Snapshot,
    transaction: &Transaction,
    vectors: BTreeMap<String, KernelDeletionVector>,
) -> Result<(VectorFile, HashMap<String, DeletionVectorDescriptor>)> {
    let mut bytes = Vec::new();
    let mut written = Vec::new();
    let mut writer = StreamingDeletionVectorWriter::new(&mut bytes);
    for (path, vector) in vectors {
        written.push((path, writer.write_deletion_vector(vector)?));
    }
    writer.finalize()?;

    // The kernel names a vector's file within a partition only; the file lies in the table's folder all the same.
    let schema = snapshot.schema();
    let type_of =
        |column: &String| schema.field(column).map_or(DataType::STRING, |field| field.data_type().clone());
    let no_partition: HashMap<String, Scalar> = transaction
        .logical_partition_columns()
        .iter()
        .map(|column| (column.clone(), Scalar::Null(type_of(column))))
        .collect();
    let mut context = transaction.write_state()?.write_context_builder();
    if !no_partition.is_empty() {
        context = context.with_partition_values(no_partition);
    }
    let place = context.build()?.new_deletion_vector_path(String::new());
    let path = place
        .absolute_path()?
        .to_file_path()
        .map_err(|()| internal("the place of a deletion vector is not a local file"))?;
    let folder = path.parent().unwrap_or(Path::new("/"));
    let file = VectorFile { path: path.clone(), keep: false };
    durable::write_synced(&path, &bytes)
        .and_then(|()| durable::sync_folder(folder))
        .map_err(|error| Error::io("writing", &path, &error))?;
    let descriptors =
        written.into_iter().map(|(path, result)| (path, result.to_descriptor(&place))).collect();
    Ok((file, descriptors))
}
