//! The services, told as stories, on SQLite and on PostgreSQL.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod accounts;
mod packages;
mod support;
mod tokens;
