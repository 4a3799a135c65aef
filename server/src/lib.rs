//! The Latchkey server: command line, settings, the serving loop, and what is spoken over HTTP.
//!
//! | module | what it holds |
//! |---|---|
//! | `command_line`, `cli` | the commands, and those of operators and scripts |
//! | `start` | how a server starts, tells where it is, and stops |
//! | [`config`] | the settings and where they come from |
//! | [`tls`] | certificate and key, and how they are replaced |
//! | [`serving`] | connections, time limits, the end |
//! | `log_output` | where lines of the log go |
//! | `metrics` | numbers for an operator's graphs |
//! | `middleware` | what happens to every request before and after its handler |
//! | [`web`] | the table of routes, pages, forms, files |
//! | `protocols` | what package clients speak |
//! | [`providers`] | what is spoken with providers of identities |
//! | `audit_export` | the audit log as a file, for pages and commands |
//! | `test_data` | the one way to set the clock |
//!
//! The `latchkey` program is [`run`]. It is a library so that tests can drive the real router.

mod api;
mod audit_export;
mod cli;
mod command_line;
pub mod config;
mod log_output;
mod metrics;
mod middleware;
mod protocols;
pub mod providers;
pub mod serving;
mod start;
mod test_data;
pub mod tls;
pub mod web;

use std::{ffi::OsString, process::ExitCode};

/// Runs the program with these arguments, the first of which is its own name.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    match runtime {
        Ok(runtime) => runtime.block_on(command_line::run(arguments)),
        Err(error) => {
            eprintln!("error: the system refused: {error}");
            ExitCode::FAILURE
        }
    }
}
