//! One table as this process sees it: the newest snapshot, the offsets in it, and what is verified.
//!
//! The steady state is O(1) per commit: our own commit moves the newest version on in memory, and whether another writer
//! came between is one stat of the next version's file. The snapshot may lag behind our own appends (`append`); it
//! catches up when it is asked for.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use delta_kernel::history_manager::{latest_version_as_of, HistoryCommitType};
use delta_kernel::path::ParsedLogPath;
use delta_kernel::snapshot::SnapshotRef;
use delta_kernel::Snapshot;
use url::Url;

use crate::append::is_plain;
use crate::engine::{hide, hide_last_checkpoint, Hidden, LocalEngine, LAST_CHECKPOINT};
use crate::error::{Code, Error, Result};
use crate::failpoint::Failpoint;
use crate::verify::{Verdict, Verifier};

/// A stale in-memory snapshot may look newest for ever where a log cleanup removed the commits after it; a full
/// listing every so often rules that out (cleanups keep days).
const FULL_LISTING_EVERY: Duration = Duration::from_secs(60);
/// Each retry of a load hides one damaged file; logs hold few checkpoints.
const LOAD_ATTEMPTS: usize = 16;

pub struct Table {
    pub(crate) url: Url,
    pub(crate) log_folder: PathBuf,
    pub(crate) engine: LocalEngine,
    pub(crate) verifier: Verifier,
    pub(crate) failpoint: Option<Failpoint>,
    hidden: Hidden,
    pub(crate) head: Option<Head>,
    /// What a load had to go around, oldest first: reported with every snapshot.
    pub(crate) fallbacks: Vec<String>,
}

/// The newest version we know. What is optional is filled on first use and then carried along.
pub(crate) struct Head {
    pub version: u64,
    /// Of `version`, or of one before it that only appends of ours follow.
    pub snapshot: SnapshotRef,
    pub is_plain: bool,
    in_commit_ms: Option<i64>,
    pub offsets: Option<HashMap<String, i64>>,
    listed: Instant,
}

/// Of `_last_checkpoint` (Delta protocol, "Last Checkpoint File"), what we use.
#[derive(serde::Deserialize)]
pub struct LastCheckpoint {
    pub version: u64,
    #[serde(rename = "size")]
    pub actions: u64,
}

enum Check {
    Good,
    /// A damaged checkpoint was hidden: load again.
    Again,
}

impl Table {
    /// The folder need not exist yet.
    pub fn open(folder: &str) -> Result<Self> {
        if folder.contains("://") {
            return Err(Error::new(Code::Unsupported, format!("{folder} is not a local folder")));
        }
        let path =
            std::path::absolute(folder).map_err(|error| Error::io("resolving", Path::new(folder), &error))?;
        let url = Url::from_directory_path(&path)
            .map_err(|()| Error::invalid(format!("{} cannot be a table folder", path.display())))?;
        let hidden = Hidden::default();
        let log_folder = path.join("_delta_log");
        Ok(Table {
            engine: LocalEngine::new(&url, hidden.clone())?,
            verifier: Verifier::new(&log_folder),
            url,
            log_folder,
            failpoint: None,
            hidden,
            head: None,
            fallbacks: Vec::new(),
        })
    }

    pub fn exists(&self) -> bool {
        let is_log_file =
            |name: &String| name.len() > 20 && name.as_bytes()[..20].iter().all(u8::is_ascii_digit);
        self.log_folder.join(commit_name(0)).exists() || self.log_names().iter().any(is_log_file)
    }

    /// The newest version, verified. Costs one stat where nothing changed.
    pub(crate) fn refresh(&mut self) -> Result<&mut Head> {
        let is_newest = self.head.as_ref().is_some_and(|head| {
            let next = self.log_folder.join(commit_name(head.version + 1));
            head.listed.elapsed() < FULL_LISTING_EVERY && !next.exists()
        });
        if !is_newest {
            self.reload()?;
        }
        self.head.as_mut().ok_or_else(|| Error::new(Code::Internal, "a refreshed table has no head"))
    }

    /// Reads what came after the snapshot in memory, or all where there is none.
    fn reload(&mut self) -> Result<()> {
        let before = self.head.take();
        let snapshot = self.load(before.as_ref().map(|head| head.snapshot.clone()), None)?;
        let version = snapshot.version();
        let is_plain = is_plain(&snapshot);
        let in_commit_ms =
            before.as_ref().filter(|head| head.version == version).and_then(|head| head.in_commit_ms);
        let offsets = before.and_then(|head| self.carry_offsets(head, version));
        self.head = Some(Head { version, snapshot, is_plain, in_commit_ms, offsets, listed: Instant::now() });
        Ok(())
    }

    /// The newest version, verified, with our own appends in it.
    pub(crate) fn newest_snapshot(&mut self) -> Result<SnapshotRef> {
        let head = self.refresh()?;
        if head.snapshot.version() != head.version {
            self.reload()?;
        }
        self.head
            .as_ref()
            .map(|head| head.snapshot.clone())
            .ok_or_else(|| Error::new(Code::Internal, "a reloaded table has no head"))
    }

    /// The partition columns of the newest version. Appends of ours do not change them.
    pub(crate) fn partition_columns(&mut self) -> Result<Vec<String>> {
        Ok(self.refresh()?.snapshot.table_configuration().logical_partition_columns().to_vec())
    }

    /// When the newest version was committed, ms since 1970, as it says itself.
    pub(crate) fn in_commit_ms(&mut self) -> Result<i64> {
        if let Some(known) = self.refresh()?.in_commit_ms {
            return Ok(known);
        }
        let at = self.newest_snapshot()?.get_timestamp(&self.engine)?;
        if let Some(head) = self.head.as_mut() {
            head.in_commit_ms = Some(at);
        }
        Ok(at)
    }

    /// After a commit of our own through the kernel.
    pub(crate) fn advance(&mut self, snapshot: Option<SnapshotRef>, moves: &[(String, i64)]) {
        let Some(mut head) = self.head.take() else { return };
        let Some(snapshot) = snapshot else { return };
        head.version = snapshot.version();
        head.is_plain = is_plain(&snapshot);
        head.snapshot = snapshot;
        head.in_commit_ms = None;
        head.move_offsets(moves);
        self.head = Some(head);
    }

    /// After an append of our own: the snapshot stays where it was.
    pub(crate) fn advance_by_append(&mut self, version: u64, in_commit_ms: i64, moves: &[(String, i64)]) {
        if let Some(head) = self.head.as_mut() {
            head.version = version;
            head.in_commit_ms = Some(in_commit_ms);
            head.move_offsets(moves);
        }
    }

    /// Forgets what is in memory: the next call reads the log again.
    pub(crate) fn forget(&mut self) {
        self.head = None;
    }

    pub(crate) fn set_snapshot(&mut self, snapshot: SnapshotRef) {
        if let Some(head) = self.head.as_mut() {
            head.snapshot = snapshot;
        }
    }

    /// The given version, the last one at or before a time (ms since 1970), or the newest.
    pub(crate) fn snapshot_at(&mut self, version: Option<u64>, as_of_ms: Option<i64>) -> Result<SnapshotRef> {
        let newest = self.newest_snapshot()?;
        let version = match (version, as_of_ms) {
            (Some(_), Some(_)) => return Err(Error::invalid("give a version or a time, not both")),
            (None, None) => return Ok(newest),
            (Some(version), None) => version,
            (None, Some(at)) => {
                latest_version_as_of(&newest, &self.engine, at, HistoryCommitType::Recreatable)
                    .map_err(|error| Error::new(Code::NotFound, error.to_string()))?
                    .version
            }
        };
        if version == newest.version() {
            return Ok(newest);
        }
        if version > newest.version() {
            return Err(Error::new(
                Code::NotFound,
                format!("{} has no version {version}; its newest is {}", self.url, newest.version()),
            ));
        }
        self.load(None, Some(version))
    }

    /// Builds a snapshot and verifies every log file it rests on. A checkpoint that fails its checksum is hidden
    /// and the commits are read instead; where they are gone, the table is corrupt.
    fn load(&mut self, mut from: Option<SnapshotRef>, version: Option<u64>) -> Result<SnapshotRef> {
        if !self.exists() {
            return Err(Error::new(Code::NotFound, format!("no Delta table in {}", self.url.path())));
        }
        for _ in 0..LOAD_ATTEMPTS {
            match self.build(from.take(), version) {
                Ok(snapshot) => match self.verify_segment(&snapshot)? {
                    Check::Good => {
                        check_features(&snapshot)?;
                        return Ok(snapshot);
                    }
                    Check::Again => {}
                },
                Err(error) => match self.verify_folder(version)? {
                    Check::Again => {}
                    Check::Good if hide_last_checkpoint(&self.hidden) => {
                        self.note("_last_checkpoint could not be used; the folder was listed instead".into());
                    }
                    Check::Good => return Err(self.explain(error)),
                },
            }
        }
        Err(Error::corrupt(format!("{}: too many damaged checkpoints", self.log_folder.display())))
    }

    /// What the log's record of its newest checkpoint says; none where it is missing or damaged.
    pub fn last_checkpoint(&self) -> Option<LastCheckpoint> {
        let text = fs::read(self.log_folder.join(LAST_CHECKPOINT)).ok()?;
        serde_json::from_slice(&text).ok()
    }

    /// The kernel may meet damaged bytes here, so a panic of its parsers is an error like any other.
    fn build(&self, from: Option<SnapshotRef>, version: Option<u64>) -> Result<SnapshotRef> {
        let built = catch_unwind(AssertUnwindSafe(|| match (from, version) {
            (Some(known), None) => Snapshot::builder_from(known).build(&self.engine),
            (_, Some(version)) => {
                Snapshot::builder_for(self.url.clone()).at_version(version).build(&self.engine)
            }
            (None, None) => Snapshot::builder_for(self.url.clone()).build(&self.engine),
        }));
        match built {
            Ok(result) => Ok(result?),
            Err(_) => Err(Error::new(Code::Internal, format!("the log of {} could not be parsed", self.url))),
        }
    }

    fn explain(&self, error: Error) -> Error {
        match self.fallbacks.last() {
            Some(fallback) => {
                Error::corrupt(format!("{fallback}; the commits before it do not suffice: {}", error.message))
            }
            _ => error,
        }
    }

    fn verify_segment(&mut self, snapshot: &Snapshot) -> Result<Check> {
        let files = &snapshot.log_segment().listed;
        let commits = files.ascending_commit_files.iter().chain(&files.latest_commit_file).map(path_of);
        let commits: Vec<PathBuf> = commits.collect::<Result<_>>()?;
        let checkpoints: Vec<PathBuf> = files.checkpoint_parts.iter().map(path_of).collect::<Result<_>>()?;
        for commit in commits {
            self.verifier.verify(&commit)?;
        }
        self.verify_checkpoints(&checkpoints)
    }

    /// When the kernel could not read the log: is one of its files damaged? For the newest version the commits after
    /// the newest good checkpoint count, older ones are not needed.
    fn verify_folder(&mut self, version: Option<u64>) -> Result<Check> {
        let mut commits = BTreeMap::new();
        let mut checkpoints = BTreeMap::new();
        for name in self.log_names() {
            let Some(version) = name.get(..20).and_then(|digits| digits.parse::<u64>().ok()) else {
                continue;
            };
            if name.contains(".checkpoint.") {
                checkpoints.insert(version, self.log_folder.join(name));
            } else if name == commit_name(version) {
                commits.insert(version, self.log_folder.join(name));
            }
        }
        let newest = checkpoints.last_key_value().map(|(version, _)| *version);
        let checkpoints: Vec<PathBuf> = checkpoints.into_values().collect();
        if let Check::Again = self.verify_checkpoints(&checkpoints)? {
            return Ok(Check::Again);
        }
        let needed = match version {
            Some(version) => commits.range(..=version),
            None => commits.range(newest.unwrap_or(0)..),
        };
        for (_, commit) in needed {
            self.verifier.verify(commit)?;
        }
        Ok(Check::Good)
    }

    fn verify_checkpoints(&mut self, checkpoints: &[PathBuf]) -> Result<Check> {
        let mut check = Check::Good;
        for path in checkpoints {
            match self.verifier.verify(path) {
                Ok(_) => {}
                Err(error) if error.code == Code::Corrupt => {
                    hide(&self.hidden, &file_name(path));
                    hide_last_checkpoint(&self.hidden);
                    self.note(format!("{}; older log files were read instead", error.message));
                    check = Check::Again;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(check)
    }

    fn log_names(&self) -> Vec<String> {
        let hidden = self.hidden.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).clone();
        let entries = fs::read_dir(&self.log_folder).into_iter().flatten().flatten();
        let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
        names.filter(|name| !hidden.contains(name)).collect()
    }

    fn note(&mut self, fallback: String) {
        if !self.fallbacks.contains(&fallback) {
            self.fallbacks.push(fallback);
        }
    }

    /// The log files behind `snapshot` that no checksum of ours vouches for, with the reason.
    pub(crate) fn unverified(&mut self, snapshot: &Snapshot) -> Result<Vec<(u64, String, String)>> {
        let files = &snapshot.log_segment().listed;
        let all = files.ascending_commit_files.iter().chain(&files.checkpoint_parts);
        let all: Vec<(u64, PathBuf)> =
            all.map(|file| Ok((file.version, path_of(file)?))).collect::<Result<_>>()?;
        let mut found = Vec::new();
        for (version, path) in all {
            if let Verdict::Unverified(reason) = self.verifier.verify(&path)? {
                found.push((version, file_name(&path), reason));
            }
        }
        Ok(found)
    }
}

pub(crate) fn commit_name(version: u64) -> String {
    format!("{version:020}.json")
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn path_of(file: &ParsedLogPath) -> Result<PathBuf> {
    let url = &file.location.location;
    url.to_file_path().map_err(|()| Error::new(Code::Internal, format!("{url} is not a local file")))
}

/// Offsets must never expire: an expired one would let a batch in twice (rule 10).
fn check_features(snapshot: &Snapshot) -> Result<()> {
    if snapshot.table_properties().set_transaction_retention_duration.is_some() {
        return Err(Error::new(
            Code::Unsupported,
            format!(
                "{} sets delta.setTransactionRetentionDuration; offsets would expire and batches could repeat",
                snapshot.table_root()
            ),
        ));
    }
    Ok(())
}
