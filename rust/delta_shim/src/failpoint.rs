//! Failures on demand, for tests: what the caller is told, or where the process ends.

/// Where the next commit fails. Armed for one commit only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failpoint {
    /// The outcome is reported as unknown; nothing was stored.
    UnknownBeforeStore,
    /// The outcome is reported as unknown; the commit was stored.
    UnknownAfterStore,
    /// The process ends at once after the checksum file was written.
    ExitAfterChecksum,
    /// The process ends at once after the commit was stored.
    ExitAfterStore,
}

impl Failpoint {
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "unknown_before_store" => Failpoint::UnknownBeforeStore,
            "unknown_after_store" => Failpoint::UnknownAfterStore,
            "exit_after_checksum" => Failpoint::ExitAfterChecksum,
            "exit_after_store" => Failpoint::ExitAfterStore,
            _ => return None,
        })
    }
}

/// Ends the process without unwinding or flushing, as a kill would.
pub fn exit_now() -> ! {
    // SAFETY: _exit has no preconditions.
    unsafe { libc::_exit(137) }
}
