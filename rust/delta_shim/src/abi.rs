//! The C functions. Each takes and gives JSON text; a panic becomes an `internal` error; the handle's lock makes
//! every function safe from any thread.

use std::ffi::{c_char, CStr, CString};
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::Mutex;

use delta_kernel::checkpoint::CheckpointSpec;
use delta_kernel::snapshot::CheckpointWriteResult;
use serde::de::DeserializeOwned;
use serde::Deserialize;
use serde_json::{json, Value};

use crate::error::{Code, Error, Result};
use crate::failpoint::Failpoint;
use crate::snapshot::internal;
use crate::table::Table;

/// An open table: opaque to C.
pub struct HaulDeltaTable(Mutex<Table>);

/// # Safety
/// `folder` is NUL-terminated; `table` points to writable memory for one pointer.
#[no_mangle]
pub unsafe extern "C" fn haul_delta_open(
    folder: *const c_char,
    table: *mut *mut HaulDeltaTable,
) -> *mut c_char {
    reply(|| {
        let opened = Table::open(text(folder)?)?;
        if table.is_null() {
            return Err(Error::invalid("no place for the handle was given"));
        }
        *table = Box::into_raw(Box::new(HaulDeltaTable(Mutex::new(opened))));
        Ok(json!({}))
    })
}

/// # Safety
/// `table` came from `haul_delta_open` and is not used again.
#[no_mangle]
pub unsafe extern "C" fn haul_delta_close(table: *mut HaulDeltaTable) {
    if !table.is_null() {
        drop(catch_unwind(AssertUnwindSafe(|| drop(Box::from_raw(table)))));
    }
}

/// # Safety
/// `reply` came from a function of this library and is not used again.
#[no_mangle]
pub unsafe extern "C" fn haul_delta_free(reply: *mut c_char) {
    if !reply.is_null() {
        drop(CString::from_raw(reply));
    }
}

/// # Safety
/// As `haul_delta_commit`.
#[no_mangle]
pub unsafe extern "C" fn haul_delta_exists(table: *mut HaulDeltaTable) -> *mut c_char {
    with_table(table, |table| Ok(json!({"exists": table.exists()})))
}

/// # Safety
/// As `haul_delta_commit`.
#[no_mangle]
pub unsafe extern "C" fn haul_delta_create(
    table: *mut HaulDeltaTable,
    request: *const c_char,
) -> *mut c_char {
    with_table(table, |table| table.create(parse(request)?))
}

/// # Safety
/// As `haul_delta_commit`.
#[no_mangle]
pub unsafe extern "C" fn haul_delta_snapshot(
    table: *mut HaulDeltaTable,
    request: *const c_char,
) -> *mut c_char {
    with_table(table, |table| table.snapshot(&parse(request)?))
}

/// # Safety
/// As `haul_delta_commit`.
#[no_mangle]
pub unsafe extern "C" fn haul_delta_version(table: *mut HaulDeltaTable) -> *mut c_char {
    with_table(table, |table| Ok(json!({"version": table.refresh()?.version})))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct OffsetsRequest {
    app_ids: Vec<String>,
}

/// # Safety
/// As `haul_delta_commit`.
#[no_mangle]
pub unsafe extern "C" fn haul_delta_offsets(
    table: *mut HaulDeltaTable,
    request: *const c_char,
) -> *mut c_char {
    with_table(table, |table| {
        let request: OffsetsRequest = parse(request)?;
        let stored = table.offsets()?;
        let offsets: Vec<Option<i64>> = request.app_ids.iter().map(|id| stored.get(id).copied()).collect();
        Ok(json!({"offsets": offsets}))
    })
}

/// # Safety
/// `table` came from `haul_delta_open` and is not closed; `request` is NUL-terminated.
#[no_mangle]
pub unsafe extern "C" fn haul_delta_commit(
    table: *mut HaulDeltaTable,
    request: *const c_char,
) -> *mut c_char {
    with_table(table, |table| serde_json::to_value(table.commit(parse(request)?)?).map_err(internal))
}

/// # Safety
/// As `haul_delta_commit`.
#[no_mangle]
pub unsafe extern "C" fn haul_delta_checkpoint(table: *mut HaulDeltaTable) -> *mut c_char {
    with_table(table, |table| {
        let snapshot = table.newest_snapshot()?;
        let (result, next) = snapshot.checkpoint(&table.engine, None::<&CheckpointSpec>)?;
        table.set_snapshot(next);
        Ok(
            json!({"version": snapshot.version(), "written": matches!(result, CheckpointWriteResult::Written)}),
        )
    })
}

/// # Safety
/// As `haul_delta_commit`.
#[no_mangle]
pub unsafe extern "C" fn haul_delta_last_checkpoint(table: *mut HaulDeltaTable) -> *mut c_char {
    with_table(table, |table| {
        Ok(match table.last_checkpoint() {
            Some(last) => json!({"version": last.version, "actions": last.actions}),
            None => json!({}),
        })
    })
}

/// # Safety
/// As `haul_delta_commit`.
#[no_mangle]
pub unsafe extern "C" fn haul_delta_history(
    table: *mut HaulDeltaTable,
    request: *const c_char,
) -> *mut c_char {
    with_table(table, |table| table.history(&parse(request)?))
}

/// # Safety
/// As `haul_delta_commit`; `name` is NUL-terminated.
#[no_mangle]
pub unsafe extern "C" fn haul_delta_arm_failpoint(
    table: *mut HaulDeltaTable,
    name: *const c_char,
) -> *mut c_char {
    with_table(table, |table| {
        let name = text(name)?;
        let failpoint =
            Failpoint::parse(name).ok_or_else(|| Error::invalid(format!("no failpoint {name:?}")))?;
        table.failpoint = Some(failpoint);
        Ok(json!({}))
    })
}

unsafe fn text<'a>(pointer: *const c_char) -> Result<&'a str> {
    if pointer.is_null() {
        return Err(Error::invalid("a null pointer was given for a text"));
    }
    CStr::from_ptr(pointer).to_str().map_err(|error| Error::invalid(format!("a text is not UTF-8: {error}")))
}

unsafe fn parse<T: DeserializeOwned>(request: *const c_char) -> Result<T> {
    serde_json::from_str(text(request)?).map_err(|error| Error::invalid(format!("the request: {error}")))
}

unsafe fn with_table(
    table: *mut HaulDeltaTable,
    call: impl FnOnce(&mut Table) -> Result<Value>,
) -> *mut c_char {
    reply(|| {
        let handle = table.as_ref().ok_or_else(|| Error::invalid("a null pointer was given for a table"))?;
        let mut table = handle.0.lock().unwrap_or_else(|poisoned| {
            let mut table = poisoned.into_inner();
            table.forget(); // a panic left it half changed
            handle.0.clear_poison();
            table
        });
        call(&mut table)
    })
}

fn reply(call: impl FnOnce() -> Result<Value>) -> *mut c_char {
    let result = catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|panic| {
        Err(Error::new(Code::Internal, format!("panic: {}", panic_text(panic.as_ref()))))
    });
    let reply = match result {
        Ok(value) => json!({"ok": value}),
        Err(error) => json!({"error": {"code": error.code.as_str(), "message": error.message}}),
    };
    // JSON text escapes NUL, so the conversion cannot fail.
    CString::new(reply.to_string()).map_or(std::ptr::null_mut(), CString::into_raw)
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> &str {
    panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no message")
}
