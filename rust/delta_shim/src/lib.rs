//! haul_delta: a C ABI over `delta_kernel` for local Delta tables (`include/haul_delta.h` is the contract).
//!
//! Reading order: `abi` (the functions), `table` (what a handle holds), `commit`, `append`, `removals`,
//! `retype` and `snapshot` (what it does), `committer` and `durable` (how a commit reaches the disk), `checksum` and `verify` (how damage is found).

mod abi;
mod append;
mod checksum;
mod commit;
mod committer;
mod create;
mod durable;
mod engine;
mod error;
mod failpoint;
mod history;
mod offsets;
mod removals;
mod retype;
mod snapshot;
mod table;
mod upgrade;
mod verify;

pub use abi::*;
