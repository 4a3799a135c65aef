//! What operators and their supervisors do: probes, metrics, logs, and looking after the data.

mod backup;
mod check;
pub(crate) mod data;
mod keys;
mod log;
pub(crate) mod metrics;
mod migration;
mod probes;
