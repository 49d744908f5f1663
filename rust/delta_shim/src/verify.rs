//! Are the bytes of a log file those that were committed? Each file is read once; the verdict is kept until its
//! size, time or inode changes.

use std::collections::HashMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;

use crate::checksum::{Checksum, Index};
use crate::error::{Code, Error, Result};

pub const ENGINE_INFO: &str = concat!("haul/", env!("CARGO_PKG_VERSION"));
const ENGINE_PREFIX: &str = "haul/";
/// The key of our commit id in `commitInfo`.
pub const COMMIT_ID_KEY: &str = "haulCommitId";

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    Verified,
    /// Readable, but no checksum vouches for it; why.
    Unverified(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Identity {
    size: u64,
    modified: (i64, i64),
    inode: u64,
}

#[derive(Debug)]
pub struct Verifier {
    index: Index,
    verdicts: HashMap<PathBuf, (Identity, Verdict)>,
}

impl Verifier {
    pub fn new(log_folder: &Path) -> Self {
        Verifier { index: Index::new(log_folder), verdicts: HashMap::new() }
    }

    /// Corrupt: the bytes are not those that were written. NotFound: no such file.
    pub fn verify(&mut self, file: &Path) -> Result<Verdict> {
        let identity = identity_of(file)?;
        if let Some((known, verdict)) = self.verdicts.get(file) {
            if *known == identity {
                return Ok(verdict.clone());
            }
        }
        let bytes = fs::read(file).map_err(|error| Error::io("reading", file, &error))?;
        let verdict = self.judge(file, &bytes)?;
        self.verdicts.insert(file.to_path_buf(), (identity, verdict.clone()));
        Ok(verdict)
    }

    /// For a file this process has just written with its checksum: no need to read it back.
    pub fn trust(&mut self, file: &Path) {
        if let Ok(identity) = identity_of(file) {
            self.verdicts.insert(file.to_path_buf(), (identity, Verdict::Verified));
        }
    }

    fn judge(&mut self, file: &Path, bytes: &[u8]) -> Result<Verdict> {
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let actual = Checksum::of(&name, bytes);
        let unlisted = |error| Error::io("listing checksums of", file, &error);
        let mut candidates = self.index.candidates(&name).map_err(unlisted)?;
        let mut found = compare(&candidates, &actual);
        if matches!(&found, Compared::Differ(_)) && !candidates.is_empty() {
            // What is known of the folder may be older than the file: an attempt that lost left its checksum there
            // before the winner did.
            candidates = self.index.reread(&name).map_err(unlisted)?;
            found = compare(&candidates, &actual);
        }
        let Compared::Differ(intact) = found else { return Ok(Verdict::Verified) };
        let damaged_only = intact.is_empty() && !candidates.is_empty();
        if name.ends_with(".json") {
            judge_commit(file, bytes, &intact, damaged_only)
        } else {
            judge_checkpoint(file, &intact, damaged_only)
        }
    }
}

enum Compared {
    Match,
    /// None is of these bytes; the ids of those that are whole.
    Differ(Vec<String>),
}

fn compare(candidates: &[(String, PathBuf)], actual: &Checksum) -> Compared {
    let mut intact = Vec::new();
    for (id, path) in candidates {
        match fs::read(path).ok().as_deref().and_then(Checksum::decode) {
            Some(stored) if stored == *actual => return Compared::Match,
            Some(_) => intact.push(id.clone()),
            None => {}
        }
    }
    Compared::Differ(intact)
}

fn judge_checkpoint(file: &Path, intact: &[String], damaged_only: bool) -> Result<Verdict> {
    if !intact.is_empty() {
        return Err(Error::corrupt(format!("{} does not match its checksum", file.display())));
    }
    Ok(Verdict::Unverified(if damaged_only {
        "its checksum file is damaged".into()
    } else {
        "a checkpoint of another writer, or its checksum file is gone".into()
    }))
}

/// No intact checksum matches the commit. A commit of ours with a checksum is corrupt then; one of another writer
/// may lie beside the checksum of an attempt of ours that lost.
fn judge_commit(file: &Path, bytes: &[u8], intact: &[String], damaged_only: bool) -> Result<Verdict> {
    let writer = match read_writer(bytes) {
        Ok(writer) => writer,
        Err(reason) => {
            return Err(Error::corrupt(format!("{} is not a Delta commit: {reason}", file.display())))
        }
    };
    let text = String::from_utf8_lossy(bytes);
    let ours = writer.is_ours() || intact.iter().any(|id| text.contains(id.as_str()));
    if ours && !intact.is_empty() {
        return Err(Error::corrupt(format!("{} does not match its checksum", file.display())));
    }
    Ok(Verdict::Unverified(match (ours, damaged_only) {
        (true, true) => "its checksum file is damaged".into(),
        (true, false) => "written by haul, its checksum file is gone".into(),
        (false, _) => format!("written by {}", writer.engine_info.as_deref().unwrap_or("an unnamed writer")),
    }))
}

fn identity_of(file: &Path) -> Result<Identity> {
    let found = fs::metadata(file).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Error::new(Code::NotFound, format!("{} is gone", file.display())),
        _ => Error::io("reading", file, &error),
    })?;
    Ok(Identity { size: found.len(), modified: (found.mtime(), found.mtime_nsec()), inode: found.ino() })
}

/// What a commit says about its writer. Other writers' fields are taken only where they have the usual type.
#[derive(Debug, Default, Clone)]
pub struct CommitInfo {
    pub timestamp_ms: Option<i64>,
    pub operation: Option<String>,
    pub parameters: serde_json::Map<String, Value>,
    pub engine_info: Option<String>,
    pub commit_id: Option<String>,
}

impl CommitInfo {
    fn from_json(info: &Value) -> Self {
        let text = |key: &str| info[key].as_str().map(str::to_string);
        CommitInfo {
            timestamp_ms: info["inCommitTimestamp"].as_i64().or_else(|| info["timestamp"].as_i64()),
            operation: text("operation"),
            parameters: info["operationParameters"].as_object().cloned().unwrap_or_default(),
            engine_info: text("engineInfo"),
            commit_id: text(COMMIT_ID_KEY),
        }
    }

    pub fn is_ours(&self) -> bool {
        self.commit_id.is_some()
            || self.engine_info.as_deref().is_some_and(|info| info.starts_with(ENGINE_PREFIX))
    }
}

#[derive(Deserialize)]
struct CommitLine {
    #[serde(rename = "commitInfo")]
    commit_info: Option<Value>,
}

/// Reads every line as a JSON object; the last commitInfo is returned, an empty one where there is none.
pub fn read_writer(bytes: &[u8]) -> std::result::Result<CommitInfo, String> {
    let mut info = CommitInfo::default();
    let mut actions = 0usize;
    for (index, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        actions += 1;
        let parsed: CommitLine =
            serde_json::from_slice(line).map_err(|error| format!("line {}: {error}", index + 1))?;
        if let Some(found) = parsed.commit_info {
            info = CommitInfo::from_json(&found);
        }
    }
    if actions == 0 {
        return Err("it holds no action".into());
    }
    Ok(info)
}
