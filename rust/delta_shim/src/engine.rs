//! The kernel's engine for local tables: its own readers, our listing and our durable writes.
//!
//! Differences from the default engine: the log folder is listed flat (the kernel needs no more, and `_haul/`
//! would double every listing), files that failed their checksum are hidden, and whatever the kernel writes by
//! itself (checkpoints, `_last_checkpoint`) is durable, checkpoints with a checksum file.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::UNIX_EPOCH;

use bytes::Bytes;
use delta_kernel::arrow::array::RecordBatch;
use delta_kernel::arrow::datatypes::SchemaRef as ArrowSchemaRef;
use delta_kernel::arrow::json::ReaderBuilder;
use delta_kernel::engine::arrow_data::EngineDataArrowExt as _;
use delta_kernel::engine::arrow_utils::{
    build_json_reorder_indices, fixup_json_read, json_arrow_schema, to_json_bytes, ReorderIndex,
};
use delta_kernel::parquet::arrow::ArrowWriter;
use delta_kernel::parquet::basic::{Compression, ZstdLevel};
use delta_kernel::parquet::file::properties::WriterProperties;
use delta_kernel::schema::SchemaRef;
use delta_kernel::{
    Engine, EngineData, EvaluationHandler, FileDataReadResultIterator, FileMeta, FileSize, FileSlice,
    FilteredEngineData, JsonHandler, KernelError, KernelResult, KernelResultIterator,
    KernelResultIteratorStatic, ParquetFooter, ParquetHandler, PredicateRef, StorageHandler,
};
use delta_kernel_default_engine::executor::tokio::TokioMultiThreadExecutor;
use delta_kernel_default_engine::storage::store_from_url_opts;
use delta_kernel_default_engine::{DefaultEngine, DefaultEngineBuilder};
use url::Url;

use crate::checksum::{checkpoint_checksum_name, Checksum, FOLDER};
use crate::durable::{self, Put};

const READER_THREADS: usize = 2;
const JSON_ROWS_PER_BATCH: usize = 1024;
pub const LAST_CHECKPOINT: &str = "_last_checkpoint";

/// Names in the log folder that the kernel must not see. Shared by the engine's handlers and the verifier.
pub type Hidden = Arc<Mutex<HashSet<String>>>;

pub fn hide(hidden: &Hidden, name: &str) {
    hidden.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).insert(name.to_string());
}

/// Hides the hint that names the newest checkpoint. True: it was not hidden before.
pub fn hide_last_checkpoint(hidden: &Hidden) -> bool {
    hidden.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).insert(LAST_CHECKPOINT.to_string())
}

fn is_hidden(hidden: &Hidden, url: &Url) -> bool {
    let name = url.path_segments().and_then(|mut parts| parts.next_back()).unwrap_or_default();
    hidden.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).contains(name)
}

pub struct LocalEngine {
    evaluation: Arc<dyn EvaluationHandler>,
    storage: Arc<LocalStorage>,
    json: Arc<LocalJson>,
    parquet: Arc<LocalParquet>,
}

impl LocalEngine {
    pub fn new(root: &Url, hidden: Hidden) -> KernelResult<Self> {
        let store = store_from_url_opts(root, Vec::<(String, String)>::new())?;
        let inner: DefaultEngine<TokioMultiThreadExecutor> =
            DefaultEngineBuilder::new(store).with_task_executor(readers()?).build();
        Ok(LocalEngine {
            evaluation: inner.evaluation_handler(),
            storage: Arc::new(LocalStorage { inner: inner.storage_handler(), hidden }),
            json: Arc::new(LocalJson { inner: inner.json_handler() }),
            parquet: Arc::new(LocalParquet { inner: inner.parquet_handler() }),
        })
    }
}

/// One small thread pool for all tables of the process.
fn readers() -> KernelResult<Arc<TokioMultiThreadExecutor>> {
    static POOL: OnceLock<Arc<TokioMultiThreadExecutor>> = OnceLock::new();
    if let Some(pool) = POOL.get() {
        return Ok(pool.clone());
    }
    let pool = Arc::new(TokioMultiThreadExecutor::new_owned_runtime(Some(READER_THREADS), None)?);
    Ok(POOL.get_or_init(|| pool).clone())
}

impl Engine for LocalEngine {
    fn evaluation_handler(&self) -> Arc<dyn EvaluationHandler> {
        self.evaluation.clone()
    }
    fn storage_handler(&self) -> Arc<dyn StorageHandler> {
        self.storage.clone()
    }
    fn json_handler(&self) -> Arc<dyn JsonHandler> {
        self.json.clone()
    }
    fn parquet_handler(&self) -> Arc<dyn ParquetHandler> {
        self.parquet.clone()
    }
}

fn local_path(url: &Url) -> KernelResult<PathBuf> {
    url.to_file_path().map_err(|()| KernelError::unsupported(format!("{url} is not a local file")))
}

struct LocalStorage {
    inner: Arc<dyn StorageHandler>,
    hidden: Hidden,
}

impl LocalStorage {
    /// Files directly in `folder` whose name comes after `start`, in order of name. Only those are stat'ed.
    fn list_flat(&self, folder: &Path, start: &str) -> KernelResult<Vec<FileMeta>> {
        let entries = fs::read_dir(folder).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => KernelError::FileNotFound(folder.display().to_string()),
            _ => KernelError::from(error),
        })?;
        let hidden = self.hidden.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).clone();
        let mut names = Vec::new();
        for entry in entries {
            let name = entry?.file_name().to_string_lossy().into_owned();
            if name.as_str() > start && !hidden.contains(&name) {
                names.push(name);
            }
        }
        names.sort_unstable();
        let mut files = Vec::with_capacity(names.len());
        for name in names {
            let path = folder.join(&name);
            match fs::metadata(&path) {
                Ok(found) if found.is_file() => files.push(file_meta(&path, &found)?),
                Ok(_) => {}
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {} // removed meanwhile
                Err(error) => return Err(error.into()),
            }
        }
        Ok(files)
    }
}

fn file_meta(path: &Path, found: &fs::Metadata) -> KernelResult<FileMeta> {
    let url = Url::from_file_path(path)
        .map_err(|()| KernelError::generic(format!("{} is not an absolute path", path.display())))?;
    let modified =
        found.modified()?.duration_since(UNIX_EPOCH).map(|age| age.as_millis()).unwrap_or_default();
    Ok(FileMeta::new(url, i64::try_from(modified).unwrap_or(i64::MAX), found.len()))
}

impl StorageHandler for LocalStorage {
    fn list_from(&self, path: &Url) -> KernelResult<KernelResultIteratorStatic<FileMeta>> {
        let local = local_path(path)?;
        let (folder, start) = if path.path().ends_with('/') {
            (local.as_path(), String::new())
        } else {
            let name = local.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            (local.parent().unwrap_or(&local), name)
        };
        Ok(Box::new(self.list_flat(folder, &start)?.into_iter().map(Ok)))
    }

    fn read_files(&self, files: Vec<FileSlice>) -> KernelResult<KernelResultIteratorStatic<Bytes>> {
        if let Some((url, _)) = files.iter().find(|(url, _)| is_hidden(&self.hidden, url)) {
            let missing = KernelError::FileNotFound(url.to_string());
            return Ok(Box::new(std::iter::once(Err(missing))));
        }
        self.inner.read_files(files)
    }

    fn copy_atomic(&self, source: &Url, target: &Url) -> KernelResult<()> {
        self.inner.copy_atomic(source, target)
    }

    fn put(&self, path: &Url, data: Bytes, overwrite: bool) -> KernelResult<()> {
        put_durably(path, &data, overwrite)
    }

    fn head(&self, path: &Url) -> KernelResult<FileMeta> {
        let local = local_path(path)?;
        match fs::metadata(&local) {
            Ok(found) if !is_hidden(&self.hidden, path) => file_meta(&local, &found),
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            _ => Err(KernelError::FileNotFound(path.to_string())),
        }
    }

    fn delete(&self, path: &Url) -> KernelResult<()> {
        self.inner.delete(path)
    }
}

struct LocalJson {
    inner: Arc<dyn JsonHandler>,
}

impl JsonHandler for LocalJson {
    fn parse_json(&self, json: Box<dyn EngineData>, schema: SchemaRef) -> KernelResult<Box<dyn EngineData>> {
        self.inner.parse_json(json, schema)
    }

    /// On the caller's thread, one file after the other: commits are small, and to hand each of them to a pool of
    /// threads takes longer than to read it.
    fn read_json_files(
        &self,
        files: &[FileMeta],
        schema: SchemaRef,
        _predicate: Option<PredicateRef>,
    ) -> KernelResult<FileDataReadResultIterator> {
        let columns = Arc::new(json_arrow_schema(&schema)?);
        let order = build_json_reorder_indices(&schema)?;
        let files = files.to_vec().into_iter();
        Ok(Box::new(files.flat_map(move |file| match read_json(&file, columns.clone(), &order) {
            Ok(batches) => batches.into_iter().map(Ok).collect::<Vec<_>>(),
            Err(error) => vec![Err(error)],
        })))
    }

    fn write_json_file(
        &self,
        path: &Url,
        data: KernelResultIterator<'_, FilteredEngineData>,
        overwrite: bool,
    ) -> KernelResult<FileSize> {
        let bytes = to_json_bytes(data)?;
        put_durably(path, &bytes, overwrite)?;
        Ok(bytes.len() as FileSize)
    }
}

fn read_json(
    file: &FileMeta,
    columns: ArrowSchemaRef,
    order: &[ReorderIndex],
) -> KernelResult<Vec<Box<dyn EngineData>>> {
    let path = local_path(&file.location)?;
    let bytes = fs::read(&path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => KernelError::FileNotFound(path.display().to_string()),
        _ => KernelError::from(error),
    })?;
    let reader = ReaderBuilder::new(columns)
        .with_batch_size(JSON_ROWS_PER_BATCH)
        .with_coerce_primitive(true)
        .build(bytes.as_slice())?;
    reader
        .map(|batch| -> KernelResult<Box<dyn EngineData>> {
            Ok(Box::new(fixup_json_read(batch?, order, file.location.as_str())?))
        })
        .collect()
}

struct LocalParquet {
    inner: Arc<dyn ParquetHandler>,
}

impl ParquetHandler for LocalParquet {
    fn read_parquet_files(
        &self,
        files: &[FileMeta],
        schema: SchemaRef,
        predicate: Option<PredicateRef>,
    ) -> KernelResult<FileDataReadResultIterator> {
        self.inner.read_parquet_files(files, schema, predicate)
    }

    /// Checkpoints only: the rows are log actions, so the file fits in memory. Its checksum goes first.
    fn write_parquet_file(
        &self,
        location: Url,
        data: KernelResultIteratorStatic<Box<dyn EngineData>>,
    ) -> KernelResult<FileSize> {
        let bytes = encode_parquet(data)?;
        let path = local_path(&location)?;
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let checksum = Checksum::of(&name, &bytes);
        let beside = path.parent().unwrap_or(Path::new("/")).join(FOLDER);
        durable::create_folder(&beside)?;
        let checksum_file = beside.join(checkpoint_checksum_name(&name, checksum.crc32c));
        durable::write_synced(&checksum_file, checksum.encode().as_bytes())?;
        durable::sync_folder(&beside)?;
        put_durably(&location, &bytes, false)?;
        Ok(bytes.len() as FileSize)
    }

    fn read_parquet_footer(&self, file: &FileMeta) -> KernelResult<ParquetFooter> {
        self.inner.read_parquet_footer(file)
    }
}

fn encode_parquet(mut data: KernelResultIteratorStatic<Box<dyn EngineData>>) -> KernelResult<Vec<u8>> {
    let first: RecordBatch = match data.next() {
        Some(batch) => batch?.try_into_record_batch()?,
        None => return Err(KernelError::generic("a checkpoint without actions")),
    };
    let properties =
        WriterProperties::builder().set_compression(Compression::ZSTD(ZstdLevel::default())).build();
    let mut writer = ArrowWriter::try_new(Vec::new(), first.schema(), Some(properties))?;
    writer.write(&first)?;
    for batch in data {
        writer.write(&batch?.try_into_record_batch()?)?;
    }
    Ok(writer.into_inner()?)
}

fn put_durably(url: &Url, bytes: &[u8], overwrite: bool) -> KernelResult<()> {
    let path = local_path(url)?;
    let folder = path.parent().unwrap_or(Path::new("/"));
    durable::create_folder(folder)?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let temporary = folder.join(format!(".{name}.{}.tmp", std::process::id()));
    if overwrite {
        return Ok(durable::replace(&temporary, &path, bytes)?);
    }
    durable::write_synced(&temporary, bytes)?;
    match durable::rename_if_absent(&temporary, &path)? {
        Put::Stored => Ok(durable::sync_folder(folder)?),
        Put::Exists => Err(KernelError::FileAlreadyExists(url.to_string())),
    }
}
