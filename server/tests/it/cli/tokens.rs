//! `latchkey token`.

use model::token::{TokenKind, TokenText};
use serde_json::Value;

use super::{Cli, text};

const ABSENT: &str = "0190f3c1-6d2e-7a54-9b1c-2f6f0f3a9d11";

/// The one token of ana's that is not her primary.
fn only_token(cli: &Cli) -> Value {
    let tokens = cli.tokens("ana");
    assert_eq!(tokens.len(), 2, "{tokens:?}");
    tokens[1].clone()
}

#[test]
fn the_value_is_all_that_is_printed() {
    let cli = Cli::new();
    let create = ["token", "create", "--user", "ana", "--description", " my laptop "];
    let ended = cli.run(&create);
    let value = ended.output.strip_suffix('\n').unwrap();
    let token = TokenText::parse(value).unwrap();
    assert_eq!(token.kind(), TokenKind::Additional);
    assert!(!ended.error.contains(value), "{ended:?}");
    assert!(ended.error.contains("This token can read every feed until "), "{ended:?}");

    let listed = only_token(&cli);
    assert_eq!(text(&listed, "description"), "my laptop");
    assert_eq!(text(&listed, "mask"), format!("lka_••••••••••••{}", token.last4()));
    assert!(ended.error.contains(text(&listed, "id")), "{ended:?}");
    assert!(ended.error.contains(text(&listed, "sentence")), "{ended:?}");
}

#[test]
fn tokens_are_listed_for_people_and_programs() {
    let cli = Cli::dated();
    let value = cli.token(&["--expires", "2027-02-22", "--not-before", "2027-01-01"]);
    let tokens = cli.tokens("ana@example.com");
    let (primary, other) = (&tokens[0], &tokens[1]);
    assert_eq!((text(primary, "kind"), text(primary, "description")), ("primary", "Primary"));
    assert_eq!((text(primary, "state"), &primary["expires_at"]), ("active", &Value::Null));
    assert!(text(primary, "mask").starts_with("lkp_•"));
    assert_eq!((text(other, "kind"), text(other, "state")), ("additional", "not-yet"));
    assert_eq!(text(other, "expires_at"), "2027-02-22T23:59:59.999Z");
    assert_eq!(text(other, "not_before"), "2027-01-01T00:00:00.000Z");
    assert_eq!(other["last_used"], Value::Null);
    assert!(text(other, "created_by").starts_with("the operator ("), "{other}");
    assert_eq!(text(other, "created_at"), "2026-11-24T12:00:00.000Z");

    let table = cli.does(&["token", "list", "--user", "ana"]);
    assert!(!table.contains(&value));
    let lines: Vec<&str> = table.lines().collect();
    let columns = ["ID", "TOKEN", "STATE", "EXPIRES", "LAST USED", "DESCRIPTION"];
    let starts = columns.map(|column| lines[0].find(column).unwrap());
    let cell = |line: usize, column: usize| -> String {
        lines[line].chars().skip(starts[column]).take_while(|c| *c != ' ').collect()
    };
    assert_eq!((cell(1, 0).as_str(), cell(1, 5).as_str()), (text(primary, "id"), "Primary"));
    assert_eq!((cell(2, 1).as_str(), cell(2, 2).as_str()), (text(other, "mask"), "not-yet"));
    assert!(lines[2].contains("22 Feb 2027"), "{table}");
}

#[test]
fn scope_is_what_the_flags_say() {
    let cli = Cli::dated();
    for (flags, sentence) in [
        ("--expires never", "This token can read every feed."),
        (
            "--write all",
            "This token can read and publish packages in every feed until Monday 22 February 2027.",
        ),
        (
            "--read none --write Main --expires 2026-11-24",
            "This token can publish packages to main until Tuesday 24 November 2026. It cannot read or install any package.",
        ),
        (
            "--read main,Main --write main --expires 1d",
            "This token can read and publish packages in main until Wednesday 25 November 2026.",
        ),
        (
            "--write main --allow unlist,delete --network 10.1.2.3/16 --network 10.1.0.0/16 --expires never",
            "This token can read every feed and publish, unlist and delete packages in main. It works only from 10.1.0.0/16.",
        ),
        (
            "--write main --package Acme.* --package Acme.* --read-any-package --expires never",
            "This token can read every feed and publish packages named Acme.* to main.",
        ),
    ] {
        let flags: Vec<&str> = flags.split(' ').collect();
        let value = cli.token(&flags);
        let tokens = cli.tokens("ana");
        let made = tokens.iter().find(|token| value.ends_with(&text(token, "mask")[40..])).unwrap();
        assert_eq!(text(made, "sentence"), sentence);
    }
}

#[test]
fn what_cannot_be_a_token_is_refused_with_the_way_to_mend_it() {
    let cli = Cli::dated();
    let create = |more: &[&str]| {
        cli.run(&[&["token", "create", "--user", "ana", "--description", "CI"], more].concat())
    };
    for (flags, code, why) in [
        (&["--read", "nowhere"][..], 1, "--read: “nowhere” is no feed that this account can reach"),
        (&["--write", "main,"], 1, "--write: “” is no feed"),
        (&["--read", "none"], 1, "neither read nor write"),
        (&["--package", "a b"], 2, "A pattern is made of letters"),
        (&["--package", "gem|x"], 2, "npm, nuget, maven"),
        (&["--allow", "unlist"], 1, "--allow: it is for tokens that publish. Give --write too."),
        (&["--write", "main", "--allow", "everything"], 2, "unlist, delete"),
        (&["--network", "10.1.0.0/33"], 2, "is not a network: write it like 10.1.0.0/16"),
        (&["--expires", "soon"], 2, "a number of days (90d)"),
        (&["--expires", "2026-11-23"], 1, "--expires: This date has passed"),
        (&["--expires", "9999d"], 1, "--expires: An expiry lies at most ten years ahead"),
        (&["--not-before", "tomorrow"], 2, "a date like 2026-12-01"),
        (&["--expires", "2027-02-22", "--not-before", "2027-02-23"], 1, "after the last day"),
        (&["--network", "10.0.0.0/33"], 2, "write it like 10.1.0.0/16"),
        (&["--read-any-package"], 2, "--package"),
        (&["--read-any-package", "--package", "a"], 1, "both --read and --write"),
    ] {
        let refusal = create(flags).failed(code);
        assert!(refusal.contains(why), "{flags:?}: {refusal}");
    }
    let for_user = |user, description| {
        cli.run(&["token", "create", "--user", user, "--description", description])
    };
    assert!(for_user("eve", "CI").failed(1).contains("no account “eve”"));
    assert!(for_user("ana", " ").failed(2).contains("Say what the token is for"));
    assert!(for_user("ana", &"x".repeat(101)).failed(2).contains("100 characters"));
    // Feeds that only others can reach are as unknown as those that do not exist.
    let refusal = cli.refuses(&[
        "token",
        "create",
        "--user",
        "bob",
        "--description",
        "CI",
        "--write",
        "main",
    ]);
    assert!(refusal.contains("“main” is no feed"), "{refusal}");
    assert_eq!(cli.tokens("ana").len(), 1);
}

#[test]
fn the_operator_limits_lives() {
    let cli = Cli::new();
    let create = ["token", "create", "--user", "ana", "--description", "CI"];
    let limited = |more: &[&str]| {
        let mut command = cli.command(&[&create, more].concat());
        super::Ended::of(command.env("LATCHKEY_LONGEST_TOKEN_LIFE", "30d"))
    };
    assert!(limited(&["--expires", "never"]).failed(1).contains("at most 30 days"));
    limited(&["--expires", "30d"]).succeeded();
}

#[test]
fn a_token_is_suspended_resumed_and_revoked() {
    let cli = Cli::new();
    cli.token(&[]);
    let token = only_token(&cli);
    let id = text(&token, "id");
    let state = || text(&only_token(&cli), "state").to_owned();
    cli.does(&["token", "suspend", id]);
    assert_eq!(state(), "suspended");
    assert!(cli.refuses(&["token", "suspend", id]).contains("is suspended"));
    cli.does(&["token", "resume", id]);
    assert_eq!(state(), "active");
    assert!(cli.refuses(&["token", "resume", id]).contains("is active"));
    cli.does(&["token", "revoke", id]);
    cli.does(&["token", "revoke", id]);
    assert_eq!(state(), "revoked");
    assert!(cli.refuses(&["token", "resume", id]).contains("is revoked"));
    assert!(cli.refuses(&["token", "regenerate", id]).contains("stays revoked"));
}

#[test]
fn regenerating_prints_the_new_value_alone() {
    let cli = Cli::new();
    let first = cli.token(&[]);
    let token = only_token(&cli);
    let mut last = first;
    for when in [&[][..], &["now"], &["24h"], &["7d"], &["1h-after-first-use"]] {
        let flag: Vec<&str> = when.iter().flat_map(|when| ["--old-stops", when]).collect();
        let ended = cli.run(&[&["token", "regenerate", text(&token, "id")], &flag[..]].concat());
        assert!(!ended.error.contains(ended.output.trim()), "{ended:?}");
        assert_eq!(ended.output.lines().count(), 1);
        let value = ended.succeeded();
        TokenText::parse(&value).unwrap();
        assert_ne!(value, last);
        assert!(value.ends_with(&text(&only_token(&cli), "mask")[40..]));
        last = value;
    }
    let refusal = cli.misreads(&["token", "regenerate", text(&token, "id"), "--old-stops", "1h"]);
    assert!(refusal.contains("1h-after-first-use"), "{refusal}");
}

#[test]
fn the_primary_is_regenerated_but_never_revoked() {
    let cli = Cli::new();
    let primary = cli.tokens("ana")[0].clone();
    let refusal = cli.refuses(&["token", "revoke", text(&primary, "id")]);
    assert!(refusal.contains("Regenerate it instead"), "{refusal}");
    let value = cli.does(&["token", "regenerate", text(&primary, "id")]);
    assert_eq!(TokenText::parse(&value).unwrap().kind(), TokenKind::Primary);
}

#[test]
fn only_an_id_names_a_token_and_a_value_is_not_repeated() {
    let cli = Cli::new();
    let value = cli.token(&[]);
    for act in ["revoke", "regenerate", "suspend", "resume"] {
        let refusal = cli.refuses(&["token", act, ABSENT]);
        assert!(refusal.contains(ABSENT) && refusal.contains("token list"), "{refusal}");
        assert!(cli.misreads(&["token", act, "CI"]).contains("an id looks like"));
        let refusal = cli.misreads(&["token", act, &value]);
        assert!(!refusal.contains(&value[4..]) && refusal.contains("token list"), "{refusal}");
    }
    assert!(cli.refuses(&["token", "list", "--user", "eve"]).contains("no account “eve”"));
}

#[test]
fn a_token_is_edited_part_by_part() {
    let cli = Cli::dated();
    cli.token(&["--write", "main", "--package", "Acme.*", "--expires", "30d"]);
    let id = text(&only_token(&cli), "id").to_owned();
    for (flags, sentence, more) in [
        (
            &["--package", "Acme.Core"][..],
            "This token can read packages named Acme.Core in every feed and publish packages named Acme.Core to main until Thursday 24 December 2026.",
            "",
        ),
        (
            &["--any-package", "--read", "none", "--expires", "never"],
            "This token can publish packages to main. It cannot read or install any package.",
            "More than before: It may also publish packages to main, whatever their names. It never expires.",
        ),
        (
            &["--allow", "unlist,delete", "--network", "10.1.0.0/16"],
            "This token can publish, unlist and delete packages in main. It cannot read or install any package. It works only from 10.1.0.0/16.",
            "More than before: It may also unlist and delete packages in main, whatever their names.",
        ),
        (
            &["--allow", "none", "--any-network", "--description", "build"],
            "This token can publish packages to main. It cannot read or install any package.",
            "More than before: It may be used from any network.",
        ),
        (
            &["--write", "none", "--read", "all"],
            "This token can read every feed.",
            "More than before: It may also read every feed.",
        ),
    ] {
        let ended = cli.run(&[&["token", "edit", &id], flags].concat());
        assert_eq!((ended.code, ended.output.as_str()), (0, ""), "{flags:?} {ended:?}");
        assert!(ended.error.contains(&format!("Changed token {id}. {sentence}\n")), "{ended:?}");
        assert_eq!(ended.error.contains("More than before"), !more.is_empty(), "{ended:?}");
        assert!(ended.error.contains(more), "{flags:?} {ended:?}");
        assert_eq!(text(&only_token(&cli), "sentence"), sentence);
    }
    assert_eq!(text(&only_token(&cli), "description"), "build");
    for (flags, code, why) in [
        (&["--description", "build"][..], 1, "is like that already"),
        (&[], 1, "is like that already"),
        (&["--read", "none"], 1, "neither read nor write"),
        (&["--read", "nowhere"], 1, "--read: “nowhere” is no feed that this account can reach"),
        (&["--allow", "delete"], 1, "--allow: it is for tokens that publish"),
        (&["--expires", "2020-01-01"], 1, "--expires: This date has passed"),
        (&["--any-package", "--package", "a"], 2, "cannot be used with"),
    ] {
        let ended = cli.run(&[&["token", "edit", &id], flags].concat());
        assert_eq!(ended.code, code, "{flags:?} {ended:?}");
        assert!(ended.error.contains(why), "{flags:?} {ended:?}");
    }
    let ended = cli.run(&["token", "edit", ABSENT, "--description", "x"]);
    assert_eq!(ended.code, 1);
    assert!(ended.error.contains("there is no token"), "{ended:?}");
}

#[test]
fn everybodys_tokens_are_listed_without_their_values() {
    let cli = Cli::new();
    let value = cli.token(&["--expires", "never"]);
    let all = cli.json(&["token", "list", "--all"]);
    let owners: Vec<&str> =
        all.as_array().unwrap().iter().map(|token| text(token, "owner")).collect();
    assert_eq!(owners, ["ana", "ana", "bob"]);
    assert!(!all.to_string().contains(&value) && text(&all[1], "mask").ends_with(&value[36..]));
    let count = |more: &[&str]| {
        let all = cli.json(&[&["token", "list", "--all"], more].concat());
        all.as_array().unwrap().len()
    };
    assert_eq!((count(&["--never-used"]), count(&["--no-expiry"])), (3, 3));
    assert_eq!((count(&["--state", "active"]), count(&["--state", "suspended"])), (3, 0));
    assert!(cli.does(&["token", "list", "--all"]).contains("OWNER"));
    let unknown = cli.run(&["token", "list", "--all", "--state", "lost"]);
    assert!(unknown.code == 2 && unknown.error.contains("unused, not-yet"), "{unknown:?}");
    assert!(cli.misreads(&["token", "list"]).contains("--user"));
}
