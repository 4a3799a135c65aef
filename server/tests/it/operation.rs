//! What operators and their supervisors do: probes, metrics, logs, and looking after the data.

mod backup;
mod check;
mod data;
mod keys;
mod log;
mod metrics;
mod migration;
mod probes;
