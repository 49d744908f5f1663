//! Checksum files: a Delta commit or checkpoint has no checksum of its own, so ours lies beside it.
//!
//! `_delta_log/_haul/VERSION.COMMIT_ID.crc` is for `VERSION.json`, `VERSION.checkpoint.HASH.crc` for
//! `VERSION.checkpoint.parquet`. Content, one line of text, version 1:
//! `haul-crc 1 FILE LENGTH CRC32C SELF\n`, where SELF is the CRC32C of the text before it (8 hex digits each).
//! SELF parts a damaged checksum file from a damaged commit. See `docs/formats/log_checksum.md`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

pub const FOLDER: &str = "_haul";
const MAGIC: &str = "haul-crc 1 ";

/// Length and CRC32C of one file's bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checksum {
    pub file: String,
    pub length: u64,
    pub crc32c: u32,
}

impl Checksum {
    pub fn of(file: &str, bytes: &[u8]) -> Self {
        Checksum { file: file.to_string(), length: bytes.len() as u64, crc32c: crc32c::crc32c(bytes) }
    }

    pub fn encode(&self) -> String {
        let body = format!("{MAGIC}{} {} {:08x} ", self.file, self.length, self.crc32c);
        let own = crc32c::crc32c(body.as_bytes());
        format!("{body}{own:08x}\n")
    }

    /// None: the checksum file itself is damaged, or of another format version.
    pub fn decode(text: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(text).ok()?.strip_suffix('\n')?;
        let own = u32::from_str_radix(text.get(text.len().checked_sub(8)?..)?, 16).ok()?;
        let body = &text[..text.len() - 8];
        if crc32c::crc32c(body.as_bytes()) != own {
            return None;
        }
        let mut words = body.strip_prefix(MAGIC)?.split(' ');
        Some(Checksum {
            file: words.next()?.to_string(),
            length: words.next()?.parse().ok()?,
            crc32c: u32::from_str_radix(words.next()?, 16).ok()?,
        })
    }
}

pub fn commit_checksum_name(version: u64, commit_id: &str) -> String {
    format!("{version:020}.{commit_id}.crc")
}

pub fn checkpoint_checksum_name(checkpoint_file: &str, crc32c: u32) -> String {
    let stem = checkpoint_file.strip_suffix(".parquet").unwrap_or(checkpoint_file);
    format!("{stem}.{crc32c:08x}.crc")
}

/// The checksum files of one table, by the log version they speak of. Read again when a version is missing.
#[derive(Debug)]
pub struct Index {
    folder: PathBuf,
    by_version: BTreeMap<String, Vec<String>>,
}

impl Index {
    pub fn new(log_folder: &Path) -> Self {
        Index { folder: log_folder.join(FOLDER), by_version: BTreeMap::new() }
    }

    /// The checksum files that may belong to `log_file` (`VERSION.json` or a checkpoint), with their commit id
    /// or hash.
    pub fn candidates(&mut self, log_file: &str) -> io::Result<Vec<(String, PathBuf)>> {
        let found = self.lookup(log_file);
        if !found.is_empty() {
            return Ok(found);
        }
        self.reread(log_file)
    }

    /// candidates() as the folder is now.
    pub fn reread(&mut self, log_file: &str) -> io::Result<Vec<(String, PathBuf)>> {
        self.read_folder()?;
        Ok(self.lookup(log_file))
    }

    fn lookup(&self, log_file: &str) -> Vec<(String, PathBuf)> {
        let version = log_file.get(..20).unwrap_or(log_file);
        let of_checkpoint = log_file.contains(".checkpoint.");
        let names = self.by_version.get(version).map(Vec::as_slice).unwrap_or_default();
        names
            .iter()
            .filter(|name| name.contains(".checkpoint.") == of_checkpoint)
            .map(|name| (key_of(name), self.folder.join(name)))
            .collect()
    }

    fn read_folder(&mut self) -> io::Result<()> {
        self.by_version.clear();
        let entries = match fs::read_dir(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            other => other?,
        };
        for entry in entries {
            let name = entry?.file_name().to_string_lossy().into_owned();
            if name.ends_with(".crc") && name.len() > 24 && name.is_char_boundary(20) {
                self.by_version.entry(name[..20].to_string()).or_default().push(name);
            }
        }
        Ok(())
    }
}

/// The commit id (or checkpoint hash) in a checksum file's name.
fn key_of(name: &str) -> String {
    name.strip_suffix(".crc").unwrap_or(name).rsplit('.').next().unwrap_or_default().to_string()
}

#[cfg(test)]
mod tests {
    use super::Checksum;

    /// docs/formats/log_checksum.md
    #[test]
    fn the_format_is_that_of_the_documentation() {
        let text = Checksum::of("00000000000000000007.json", b"123456789").encode();

        assert_eq!(text, "haul-crc 1 00000000000000000007.json 9 e3069283 1fe671cf\n");
    }

    #[test]
    fn a_checksum_reads_back_and_tells_its_own_damage() {
        let checksum = Checksum::of("00000000000000000007.json", b"123456789");
        let text = checksum.encode();

        assert_eq!(checksum.crc32c, 0xe306_9283); // the check value of CRC32C
        assert_eq!(Checksum::decode(text.as_bytes()), Some(checksum));
        for at in 0..text.len() {
            for bit in 0..8 {
                let mut damaged = text.clone().into_bytes();
                damaged[at] ^= 1 << bit;
                let read = Checksum::decode(&damaged);
                assert!(read.is_none() || read == Checksum::decode(text.as_bytes()), "byte {at} bit {bit}");
            }
        }
    }
}
