//! The table of routes against what `app` has.

use std::collections::BTreeSet;

use latchkey_server::web::{self, Access};
use leptos::server_fn::axum::server_fn_paths;
use leptos_router::SsrMode;

#[test]
fn every_page_and_function_says_who_may_call_it() {
    let table = web::table();
    let declared: BTreeSet<&str> = table.iter().map(|entry| entry.path.as_str()).collect();
    let pages = web::app_pages();
    assert!(!pages.is_empty());
    let undeclared: Vec<&str> = pages
        .iter()
        .map(|(path, _)| path.as_str())
        .chain(server_fn_paths().map(|(path, _)| path))
        .filter(|path| !declared.contains(path))
        .collect();
    assert!(undeclared.is_empty(), "web/pages.rs does not have {undeclared:?}");
}

#[test]
fn the_table_has_nothing_that_does_not_exist() {
    let existing: BTreeSet<String> = web::app_pages()
        .iter()
        .map(|(path, _)| path.clone())
        .chain(server_fn_paths().map(|(path, _)| path.to_owned()))
        .collect();
    let dead: Vec<String> = web::page_table()
        .map(|(path, _)| path.to_owned())
        .filter(|path| !existing.contains(path))
        .collect();
    assert!(dead.is_empty(), "web/pages.rs has {dead:?}, which app does not");
}

#[test]
fn pages_are_whole_without_script() {
    for (path, mode) in web::app_pages() {
        assert!(matches!(mode, SsrMode::Async), "{path}");
    }
}

#[test]
fn functions_have_stable_addresses_and_change_nothing_by_get() {
    for (path, method) in server_fn_paths() {
        assert!(path.starts_with("/_fn/"), "{path}");
        assert_eq!(method, "POST", "{path}");
    }
}

#[test]
fn only_the_set_up_is_open_before_it() {
    let open: Vec<String> = web::table()
        .into_iter()
        .filter(|entry| entry.access == Access::SetUp && !entry.path.starts_with("/_fn/"))
        .map(|entry| entry.path)
        .collect();
    assert!(open.iter().all(|path| path == "/setup"), "{open:?}");
}
