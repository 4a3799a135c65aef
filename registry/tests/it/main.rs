//! The services, told as stories, on SQLite and on PostgreSQL.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod accounts;
mod audit;
mod audit_reading;
mod feeds;
mod identities;
mod logins;
mod own_account;
mod package_changes;
mod package_pages;
mod packages;
mod people;
mod policies;
mod support;
mod token_form;
mod token_life;
mod tokens;
