//! The ABI as safe Rust, and small tables to use it on. Data files are not read by the shim, so they are only named.

use std::ffi::{c_char, CStr, CString};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use haul_delta::*;
use serde_json::{json, Value};

pub struct Table(*mut HaulDeltaTable);

// SAFETY: the handle has its own lock.
unsafe impl Send for Table {}

/// Err: (code, message).
pub type Reply = Result<Value, (String, String)>;

fn take(reply: *mut c_char) -> Reply {
    let text = unsafe { CStr::from_ptr(reply) }.to_str().expect("replies are UTF-8").to_string();
    unsafe { haul_delta_free(reply) };
    let value: Value = serde_json::from_str(&text).expect("replies are JSON");
    match value.get("ok") {
        Some(ok) => Ok(ok.clone()),
        None => {
            let field = |key: &str| value["error"][key].as_str().unwrap_or_default().to_string();
            Err((field("code"), field("message")))
        }
    }
}

impl Table {
    pub fn open(folder: &Path) -> Table {
        let mut handle = std::ptr::null_mut();
        let name = CString::new(folder.to_str().expect("a UTF-8 path")).expect("no NUL");
        take(unsafe { haul_delta_open(name.as_ptr(), &mut handle) }).expect("opens");
        Table(handle)
    }

    fn call(
        &self,
        function: unsafe extern "C" fn(*mut HaulDeltaTable, *const c_char) -> *mut c_char,
        request: &Value,
    ) -> Reply {
        let request = CString::new(request.to_string()).expect("no NUL");
        take(unsafe { function(self.0, request.as_ptr()) })
    }

    pub fn create(&self, request: &Value) -> Reply {
        self.call(haul_delta_create, request)
    }
    pub fn snapshot(&self, request: &Value) -> Reply {
        self.call(haul_delta_snapshot, request)
    }
    pub fn commit(&self, request: &Value) -> Reply {
        self.call(haul_delta_commit, request)
    }
    pub fn history(&self, request: &Value) -> Reply {
        self.call(haul_delta_history, request)
    }
    pub fn offsets(&self, ids: &[&str]) -> Reply {
        self.call(haul_delta_offsets, &json!({"appIds": ids}))
    }
    pub fn version(&self) -> Reply {
        take(unsafe { haul_delta_version(self.0) })
    }
    pub fn checkpoint(&self) -> Reply {
        take(unsafe { haul_delta_checkpoint(self.0) })
    }
    pub fn arm(&self, failpoint: &str) {
        let name = CString::new(failpoint).expect("no NUL");
        take(unsafe { haul_delta_arm_failpoint(self.0, name.as_ptr()) }).expect("arms");
    }
    pub fn paths(&self) -> Vec<String> {
        let snapshot = self.snapshot(&json!({"files": true})).expect("a snapshot");
        let mut paths: Vec<String> = snapshot["files"]
            .as_array()
            .expect("files")
            .iter()
            .map(|file| file["path"].as_str().unwrap().into())
            .collect();
        paths.sort();
        paths
    }
}

impl Drop for Table {
    fn drop(&mut self) {
        unsafe { haul_delta_close(self.0) }
    }
}

pub fn schema() -> Value {
    json!({"type": "struct", "fields": [
        {"name": "id", "type": "long", "nullable": true, "metadata": {}},
        {"name": "name", "type": "string", "nullable": true, "metadata": {}},
        {"name": "at", "type": "timestamp", "nullable": true, "metadata": {}},
        {"name": "cost", "type": "decimal(18,2)", "nullable": true, "metadata": {}},
        {"name": "day", "type": "date", "nullable": true, "metadata": {}},
    ]})
}

pub fn creation() -> Value {
    json!({
        "schema": schema(),
        "partitionColumns": ["day"],
        "properties": {"delta.enableInCommitTimestamps": "true", "delta.feature.domainMetadata": "supported"},
        "commitId": "creation-1",
    })
}

/// A folder of its own, removed at the end of the test.
pub struct TestFolder(PathBuf);

impl TestFolder {
    pub fn new() -> TestFolder {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let name = format!("haul-delta-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir(&folder).expect("a new folder");
        TestFolder(folder)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TestFolder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub fn new_table() -> (TestFolder, Table) {
    let folder = TestFolder::new();
    let table = Table::open(folder.path());
    table.create(&creation()).expect("creates");
    (folder, table)
}

pub fn file(number: u64) -> Value {
    let stats = json!({"numRecords": 10, "minValues": {"id": number}, "maxValues": {"id": number}, "nullCount": {"id": 0}});
    json!({
        "path": format!("day=2013-01-01/part-{number}.parquet"), "size": 100, "modificationTime": 1,
        "partitionValues": {"day": "2013-01-01"},
        "stats": stats.to_string(),
    })
}

pub fn append(number: u64) -> Value {
    json!({"commitId": format!("append-{number:08}"), "operation": "WRITE", "adds": [file(number)]})
}

pub fn log_file(folder: &Path, name: &str) -> PathBuf {
    folder.join("_delta_log").join(name)
}
