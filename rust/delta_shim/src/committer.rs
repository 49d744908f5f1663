//! Stores one commit: its checksum first, then the commit itself as a durable put-if-absent.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::{fs, io};

use delta_kernel::committer::{CommitMetadata, CommitResponse, Committer, PublishMetadata};
use delta_kernel::engine::arrow_utils::to_json_bytes;
use delta_kernel::{Engine, FileMeta, FilteredEngineData, KernelError, KernelResult, KernelResultIterator};

use crate::checksum::{commit_checksum_name, Checksum, FOLDER};
use crate::durable::{self, Put};
use crate::failpoint::{exit_now, Failpoint};

/// What the committer knows about its one attempt; the kernel's own result cannot say "unknown".
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attempt {
    /// The kernel refused before anything was written.
    NotTried,
    Stored {
        version: u64,
        file: PathBuf,
    },
    Lost {
        version: u64,
    },
    /// Stored or not: only the log can tell.
    Unknown {
        message: String,
    },
    /// Certainly not stored.
    Failed {
        message: String,
    },
}

pub type AttemptSlot = Arc<Mutex<Attempt>>;

#[derive(Debug)]
pub struct DurableCommitter {
    log_folder: PathBuf,
    commit_id: String,
    failpoint: Option<Failpoint>,
    attempt: AttemptSlot,
    /// Lines that follow the kernel's own.
    actions: Vec<u8>,
}

impl DurableCommitter {
    pub fn new(log_folder: &Path, commit_id: &str, failpoint: Option<Failpoint>) -> (Self, AttemptSlot) {
        let attempt = Arc::new(Mutex::new(Attempt::NotTried));
        let committer = DurableCommitter {
            log_folder: log_folder.to_path_buf(),
            commit_id: commit_id.to_string(),
            failpoint,
            attempt: attempt.clone(),
            actions: Vec::new(),
        };
        (committer, attempt)
    }

    /// Adds actions that the kernel cannot make, as lines of JSON. The snapshot that it holds after the commit lacks
    /// them.
    pub fn with_actions(mut self, actions: Vec<u8>) -> Self {
        self.actions = actions;
        self
    }

    /// Checksum and temporary file, rename, folder: in this order, each durable before the next is visible.
    pub(crate) fn store(&self, version: u64, bytes: &[u8]) -> Attempt {
        let name = format!("{version:020}.json");
        let beside = self.log_folder.join(FOLDER);
        let checksum_file = beside.join(commit_checksum_name(version, &self.commit_id));
        let temporary = beside.join(format!("{}.tmp", self.commit_id));
        let target = self.log_folder.join(&name);

        let prepare = || -> io::Result<()> {
            durable::create_folder(&beside)?;
            // Both are written before either is synced, so that the first sync may take the second along.
            let checksum = durable::write(&checksum_file, Checksum::of(&name, bytes).encode().as_bytes())?;
            let commit = durable::write(&temporary, bytes)?;
            checksum.sync_data()?;
            commit.sync_data()?;
            durable::sync_folder(&beside)
        };
        if let Err(error) = prepare() {
            forget([&checksum_file, &temporary]);
            return Attempt::Failed { message: format!("cannot write {}: {error}", temporary.display()) };
        }
        match self.failpoint {
            Some(Failpoint::ExitAfterChecksum) => exit_now(),
            Some(Failpoint::UnknownBeforeStore) => {
                return Attempt::Unknown { message: format!("the outcome of {name} is unknown (failpoint)") }
            }
            _ => {}
        }
        match durable::rename_if_absent(&temporary, &target) {
            Ok(Put::Exists) => {
                forget([&checksum_file]);
                Attempt::Lost { version }
            }
            Ok(Put::Stored) => self.settle(version, target),
            Err(error) => Attempt::Unknown { message: format!("storing {}: {error}", target.display()) },
        }
    }

    /// The commit is visible; it counts as stored once its folder is on disk.
    fn settle(&self, version: u64, file: PathBuf) -> Attempt {
        if let Err(error) = durable::sync_folder(&self.log_folder) {
            return Attempt::Unknown {
                message: format!("syncing the folder of {}: {error}", file.display()),
            };
        }
        match self.failpoint {
            Some(Failpoint::ExitAfterStore) => exit_now(),
            Some(Failpoint::UnknownAfterStore) => Attempt::Unknown {
                message: format!("the outcome of {} is unknown (failpoint)", file.display()),
            },
            _ => Attempt::Stored { version, file },
        }
    }
}

/// Removes files that only this attempt knows. A file left behind is harmless, so errors are.
fn forget<'a>(files: impl IntoIterator<Item = &'a PathBuf>) {
    for file in files {
        let _ = fs::remove_file(file);
    }
}

impl Committer for DurableCommitter {
    fn commit(
        &self,
        _engine: &dyn Engine,
        actions: KernelResultIterator<'_, FilteredEngineData>,
        commit: CommitMetadata,
    ) -> KernelResult<CommitResponse> {
        let mut bytes = to_json_bytes(actions)?;
        bytes.extend_from_slice(&self.actions);
        let attempt = self.store(commit.version(), &bytes);
        *self.attempt.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = attempt.clone();
        match attempt {
            Attempt::Stored { .. } => Ok(CommitResponse::Committed {
                file_meta: FileMeta::new(
                    commit.published_commit_path()?,
                    commit.in_commit_timestamp(),
                    bytes.len() as u64,
                ),
            }),
            Attempt::Lost { version } => Ok(CommitResponse::Conflict { version }),
            Attempt::Unknown { message } | Attempt::Failed { message } => {
                Err(KernelError::IOError(io::Error::other(message)))
            }
            Attempt::NotTried => {
                Err(KernelError::internal_error("a commit attempt ended without an outcome"))
            }
        }
    }

    fn is_catalog_committer(&self) -> bool {
        false
    }

    fn publish(&self, _engine: &dyn Engine, _publish: PublishMetadata) -> KernelResult<()> {
        Err(KernelError::unsupported("path-based tables publish nothing"))
    }
}
