//! npm's clients, as the router meets them.

mod bad_input;
mod changing;
mod credentials;
mod feeds;
mod hostile_archives;
mod login;
mod many_versions;
mod publishing;
mod racing;
mod reading;
mod rules;
mod searching;
pub(crate) mod world;
