//! Several servers on one PostgreSQL and one S3-compatible store, behind nginx: what they owe to each
//! other, and what happens when one of these parts fails.

mod broken_store;
mod client;
mod nginx;
mod one_truth;
mod outage;
mod proxy;
mod refused;
mod site;
mod starting;
mod upkeep;
