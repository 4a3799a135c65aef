//! What a server says when it starts.

use std::time::Duration;

use crate::support::{Run, finish, latchkey};

#[test]
fn the_first_start_prints_the_link_to_set_it_up() {
    let mut run = Run::serve(&[]);
    let text = run.says_until("/setup?code=");
    let link = format!("http://{}/setup?code=", run.address);
    let code = text.lines().find_map(|line| line.trim().strip_prefix(&link)).unwrap();
    assert!(code.len() >= 20 && code.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{code}");
}

#[test]
fn the_link_uses_the_public_address() {
    let mut run = Run::serve(&["--public-url", "https://packages.example.com"]);
    run.says_until("  https://packages.example.com/setup?code=");
}

#[test]
fn a_second_server_on_the_same_data_is_refused_in_words() {
    let run = Run::serve(&[]);
    let (code, _, words) =
        finish(latchkey(&run.folder).args(["serve", "--data", "data", "--listen", "127.0.0.1:0"]));
    assert_eq!(code, 1);
    assert!(words.contains("another Latchkey server"), "{words}");
    assert_eq!(words.trim().lines().count(), 1, "{words}");
}

#[test]
fn a_port_in_use_is_refused_in_words() {
    let run = Run::serve(&[]);
    let address = run.address.to_string();
    let folder = tempfile::tempdir().unwrap();
    let (code, _, words) = finish(latchkey(&folder).args(["serve", "--listen", &address]));
    assert_eq!(code, 1);
    assert!(words.contains("already listens") && words.contains("--listen"), "{words}");
    assert!(!folder.path().join("data").exists(), "nothing is made before the port is there");
}

#[test]
fn a_data_folder_that_cannot_be_is_refused_in_words() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("data"), "a file").unwrap();
    let (code, _, words) = finish(latchkey(&folder).args(["serve", "--listen", "127.0.0.1:0"]));
    assert_eq!(code, 1);
    assert!(words.contains("data folder data"), "{words}");
    assert_eq!(words.trim().lines().count(), 1, "{words}");
}

#[test]
fn nobody_has_to_listen() {
    let mut run = Run::serve(&[]);
    run.close_output();
    run.signal("TERM");
    assert!(run.ends_within(Duration::from_secs(10)).success());
}
