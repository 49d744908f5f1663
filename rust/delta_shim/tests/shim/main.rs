//! Real tables through the C ABI.

mod corruption;
mod outcomes;
mod races;
mod support;
mod tables;
