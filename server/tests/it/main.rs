//! The server as its clients meet it: the real router, the real loop, the real program.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod accounts;
mod active_content;
mod announcement;
mod audit;
mod authorization;
mod bower;
mod browser;
mod cli;
mod cross_site;
mod drain;
mod enumeration;
mod feeds;
mod files;
mod headers;
mod killed;
mod load;
mod log;
mod maven;
mod npm;
mod nuget;
mod package_pages;
mod pre_authenticated;
mod replays;
mod routes;
mod settings;
mod setup_gate;
mod stopping;
mod support;
mod token_form;
mod token_life;
mod tokens_pages;
