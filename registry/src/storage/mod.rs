//! Rows. One file per aggregate; the same SQL text serves SQLite and PostgreSQL.
//!
//! Reads go through [`Database`], writes through a [`Transaction`]; both are a [`Source`], so a
//! look-up can be used in either. Writes are serial on both databases (SQLite's single writer,
//! PostgreSQL's advisory lock), which is why a check and the write after it need no further care.

pub(crate) mod accounts;
pub(crate) mod audit;
pub(crate) mod blob_store;
mod changes;
mod database;
pub(crate) mod denials;
pub(crate) mod feeds;
pub(crate) mod identities;
pub(crate) mod keys;
pub(crate) mod links;
pub(crate) mod logins;
mod migrations;
pub(crate) mod package_pages;
pub(crate) mod packages;
pub(crate) mod people;
pub(crate) mod sessions;
pub(crate) mod settings;
mod statement;
pub(crate) mod throttles;
pub(crate) mod tokens;
pub(crate) mod upkeep;
pub(crate) mod usage;

pub(crate) use changes::{Changes, watch};
pub(crate) use database::{Database, Source, Transaction};
pub(crate) use statement::{Statement, sql};

/// Asks the database for next to nothing, to see whether it answers.
pub(crate) async fn answers(mut database: &Database) -> Result<(), crate::Error> {
    database.count(sql("SELECT value FROM change_counter WHERE id = 1")).await.map(|_| ())
}

#[cfg(test)]
mod contract;
#[cfg(test)]
mod test_databases;
