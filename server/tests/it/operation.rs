//! What operators and their supervisors do: probes, metrics, logs.

mod data;
mod log;
mod metrics;
mod probes;
