//! What all commands have in common.

use std::{os::unix::fs::PermissionsExt as _, process::Stdio};

use super::{Cli, Ended};

const COMMANDS: [&[&str]; 29] = [
    &["user", "create"],
    &["user", "list"],
    &["user", "set-password"],
    &["user", "invite-link"],
    &["user", "reset-link"],
    &["user", "withdraw"],
    &["user", "role"],
    &["user", "sign-out"],
    &["user", "disable"],
    &["user", "enable"],
    &["feed", "create"],
    &["feed", "list"],
    &["feed", "member", "set"],
    &["token", "create"],
    &["token", "list"],
    &["token", "revoke"],
    &["token", "regenerate"],
    &["token", "suspend"],
    &["token", "resume"],
    &["policy", "show"],
    &["policy", "set"],
    &["policy", "unset"],
    &["audit", "verify"],
    &["backup"],
    &["restore"],
    &["verify"],
    &["gc"],
    &["migrate"],
    &["rotate-master-key"],
];

#[test]
fn every_command_explains_itself_with_examples_and_takes_the_storage_flags() {
    let cli = Cli::empty();
    for command in COMMANDS {
        let help = cli.does(&[command, &["--help"]].concat());
        let example = format!("\n  latchkey {}", command.join(" "));
        let indented = format!("\n    latchkey {}", command.join(" "));
        assert!(help.contains(&example) || help.contains(&indented), "{help}");
        for flag in ["--data", "--database", "--key-file", "--config"] {
            assert!(help.contains(flag), "{flag}: {help}");
        }
    }
    assert!(!cli.folder.path().join("data").exists());
}

#[test]
fn the_data_is_named_before_or_after_the_command_by_variable_or_in_the_file() {
    let cli = Cli::empty();
    let create = ["user", "create", "ana", "--email", "ana@example.com"];
    cli.does(&[&["--data", "here/data", "--key-file", "key"], &create[..]].concat());
    assert!(cli.folder.path().join("here/data").is_dir());
    let list = ["user", "list", "--json"];
    let listed = cli.does(&[&list[..], &["--data", "here/data", "--key-file", "key"]].concat());
    assert!(listed.contains("ana@example.com"));

    let mut command = cli.command(&list);
    command.env("LATCHKEY_DATA", "here/data").env("LATCHKEY_KEY_FILE", "key");
    assert_eq!(Ended::of(&mut command).succeeded(), listed);

    let file = cli.folder.path().join("latchkey.toml");
    std::fs::write(file, "data = \"here/data\"\nkey_file = \"key\"\n").unwrap();
    assert_eq!(cli.does(&list), listed);
    assert!(!cli.folder.path().join("data").exists());
}

#[test]
fn a_database_of_its_own_is_used() {
    let cli = Cli::on(Some("sqlite://elsewhere.db".to_owned()));
    cli.does(&["user", "create", "ana", "--email", "ana@example.com"]);
    assert!(cli.folder.path().join("elsewhere.db").is_file());
    assert_eq!(cli.tokens("ana").len(), 1);
}

#[test]
fn the_key_is_its_owners_alone() {
    let cli = Cli::new();
    let key = cli.folder.path().join("data.key");
    assert_eq!(key.metadata().unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_mistyped_folder_does_not_become_a_server() {
    let cli = Cli::empty();
    for command in
        [&["user", "list"][..], &["audit", "verify"], &["token", "list", "--user", "ana"]]
    {
        let refusal = cli.refuses(&[command, &["--data", "dta"]].concat());
        assert!(refusal.contains("no data folder dta") && refusal.contains("--data"), "{refusal}");
    }
    assert!(!cli.folder.path().join("dta").exists());
}

#[test]
fn a_wrong_setting_is_refused_without_a_secret() {
    let cli = Cli::new();
    let refusal = cli.misreads(&["user", "list", "--database", "mysql://u:hunter2@host/db"]);
    assert!(refusal.contains("--database") && !refusal.contains("hunter2"), "{refusal}");
    let unreadable = "postgres://u:hunter2@host:port/db";
    let refusal = cli.refuses(&["user", "list", "--database", unreadable]);
    assert!(refusal.contains("--database") && !refusal.contains("hunter2"), "{refusal}");
}

#[test]
fn a_command_without_its_rest_shows_what_there_is() {
    let cli = Cli::empty();
    for command in ["user", "feed", "token", "audit"] {
        let ended = cli.run(&[command]);
        assert_eq!((ended.code, ended.output.as_str()), (2, ""));
        assert!(ended.error.contains("Commands:"), "{}", ended.error);
    }
}

#[test]
fn commands_run_at_the_same_time() {
    let cli = Cli::new();
    let started: Vec<_> = (0..6)
        .map(|number| {
            let description = format!("job {number}");
            let create = ["token", "create", "--user", "ana", "--description", &description];
            let mut command = cli.command(&create);
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        })
        .collect();
    let mut values: Vec<String> = started
        .into_iter()
        .map(|child| Ended::from(child.wait_with_output().unwrap()).succeeded())
        .collect();
    values.sort();
    values.dedup();
    assert_eq!(values.len(), 6);
    assert_eq!(cli.tokens("ana").len(), 7);
    assert!(cli.does(&["audit", "verify"]).contains("is whole"));
}
