//! Real tables through the C ABI.

mod appends;
mod corruption;
mod deletes;
mod outcomes;
mod races;
mod retypes;
mod support;
mod tables;
