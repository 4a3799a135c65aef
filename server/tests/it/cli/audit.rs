//! `latchkey audit`, and what commands leave in the log.

use std::process::Command;

use sha2::Digest as _;

use sqlx::{Connection as _, Row as _, SqliteConnection, sqlite::SqliteConnectOptions};

use super::{Cli, Ended, PASSWORD, text};
use crate::npm::world::hexadecimal;

async fn log_of(cli: &Cli) -> SqliteConnection {
    let file = cli.folder.path().join("data/latchkey.db");
    let options = SqliteConnectOptions::new().filename(file);
    SqliteConnection::connect_with(&options).await.unwrap()
}

#[tokio::test]
async fn every_act_is_in_the_log_under_the_operators_name() {
    let cli = Cli::new();
    cli.run_with_input(&["user", "set-password", "bob", "--password-stdin"], PASSWORD).succeeded();
    cli.does(&["user", "disable", "bob"]);
    cli.does(&["user", "enable", "bob"]);
    cli.does(&["feed", "member", "set", "main", "bob", "reader"]);
    let value = cli.token(&[]);
    let tokens = cli.tokens("ana");
    for act in ["suspend", "resume", "regenerate", "revoke"] {
        cli.does(&["token", act, text(&tokens[1], "id")]);
    }
    let verdict = cli.json(&["audit", "verify"]);
    assert_eq!((&verdict["whole"], &verdict["rows"]), (&true.into(), &12.into()));

    let rows = sqlx::query(
        "SELECT act, actor_kind, actor_name, address, details FROM audit_log ORDER BY seq",
    )
    .fetch_all(&mut log_of(&cli).await)
    .await
    .unwrap();
    let acts: Vec<String> = rows.iter().map(|row| row.get("act")).collect();
    assert_eq!(
        acts,
        [
            "account.create",
            "account.create",
            "feed.create",
            "account.set-password",
            "account.disable",
            "account.enable",
            "feed.member",
            "token.create",
            "token.suspend",
            "token.resume",
            "token.regenerate",
            "token.revoke",
        ]
    );
    // The system's own word, whatever the variables say.
    let me = Ended::of(Command::new("id").arg("-un")).succeeded();
    for row in &rows {
        assert_eq!(row.get::<String, _>("actor_kind"), "operator");
        assert_eq!(row.get::<String, _>("actor_name"), me);
        assert_eq!(row.get::<String, _>("address"), "");
        let details: String = row.get("details");
        assert!(!details.contains(&value) && !details.contains(PASSWORD), "{details}");
    }
}

#[test]
fn a_variable_cannot_name_the_operator() {
    let cli = Cli::new();
    let create = ["token", "create", "--user", "ana", "--description", "CI"];
    let mut command = cli.command(&create);
    command.env("USER", "mallory").env("LOGNAME", "mallory").env("USERNAME", "mallory");
    Ended::of(&mut command).succeeded();
    assert!(!text(&cli.tokens("ana")[1], "created_by").contains("mallory"));
}

#[tokio::test]
async fn the_first_broken_row_is_named() {
    let cli = Cli::new();
    sqlx::query("UPDATE audit_log SET actor_name = 'somebody else' WHERE seq = 2")
        .execute(&mut log_of(&cli).await)
        .await
        .unwrap();
    assert!(cli.refuses(&["audit", "verify"]).contains("broken at row 2"));

    let ended = cli.run(&["audit", "verify", "--json"]);
    let verdict: serde_json::Value = serde_json::from_str(&ended.output).unwrap();
    assert_eq!((&verdict["whole"], &verdict["first_broken"]), (&false.into(), &2.into()));
    assert_eq!(ended.code, 1);
}

#[tokio::test]
async fn a_row_that_was_noted_down_is_looked_for() {
    let cli = Cli::new();
    let said = cli.does(&["audit", "verify"]);
    let noted = said.lines().find_map(|line| line.strip_prefix("Newest row: ")).unwrap();
    assert!(noted.starts_with("3:") && noted.len() == 2 + 64, "{said}");
    cli.does(&["user", "disable", "bob"]);
    cli.does(&["audit", "verify", "--expect", noted]);
    cli.does(&["audit", "verify", "--expect", &noted[..14]]);
    assert!(cli.misreads(&["audit", "verify", "--expect", &noted[..13]]).contains("12 digits"));

    let log = &mut log_of(&cli).await;
    sqlx::query("DELETE FROM audit_log WHERE seq > 2").execute(&mut *log).await.unwrap();
    cli.does(&["audit", "verify"]);
    let error = cli.refuses(&["audit", "verify", "--expect", noted]);
    assert!(error.contains("ends with row 2"), "{error}");
    cli.does(&["user", "enable", "bob"]);
    cli.does(&["audit", "verify"]);
    let error = cli.refuses(&["audit", "verify", "--expect", noted]);
    assert!(error.contains("row 3 of the audit log is not the one"), "{error}");
}

#[test]
fn rows_are_listed_and_exported_by_the_same_filters() {
    let cli = Cli::dated();
    cli.token(&[]);
    let acts = |arguments: &[&str]| -> Vec<String> {
        let listed = cli.json(&[&["audit", "list"], arguments].concat());
        listed.as_array().unwrap().iter().map(|row| text(row, "act").to_owned()).collect()
    };
    assert_eq!(acts(&[]), ["token.create", "feed.create", "account.create", "account.create"]);
    assert_eq!(acts(&["--act", "accounts", "--account", "bob"]), ["account.create"]);
    assert_eq!(acts(&["--feed", "main"]), ["feed.create"]);
    assert_eq!(acts(&["--act", "token.create"]), ["token.create"]);
    assert_eq!(acts(&["--since", "2026-11-24", "--until", "2026-11-24"]).len(), 4);
    assert_eq!(acts(&["--since", "2026-11-25"]).len(), 0);
    assert_eq!(acts(&["--most", "1"]), ["token.create"]);
    let listed = cli.does(&["audit", "list", "--act", "feeds"]);
    assert!(listed.contains("operator") && listed.contains("2026-11-24T12:00"), "{listed}");
    assert!(cli.misreads(&["audit", "list", "--act", "token.melt"]).contains("token.create"));
    assert!(cli.misreads(&["audit", "list", "--since", "soon"]).contains("2027-02-22"));

    let csv = cli.does(&["audit", "export", "--format", "csv", "--feed", "main"]);
    let lines: Vec<_> = csv.split("\r\n").collect();
    assert!(lines.len() == 2 && lines[0].starts_with("seq,time,at,"), "{csv}");
    assert!(lines[1].starts_with("3,2026-11-24T12:00"), "{csv}");
}

/// The chain of an export, computed anew from what the documentation says of it.
#[test]
fn an_export_can_be_verified_elsewhere() {
    let cli = Cli::new();
    cli.token(&[]);
    let export = cli.does(&["audit", "export", "--format", "jsonl"]);
    let rows: Vec<serde_json::Value> =
        export.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.len(), 4);
    let bytes = |hex: &str| -> Vec<u8> {
        let digits: Vec<char> = hex.chars().filter(char::is_ascii_hexdigit).collect();
        let pair =
            |pair: &[char]| u8::from_str_radix(&pair.iter().collect::<String>(), 16).unwrap();
        digits.chunks(2).map(pair).collect()
    };
    let mut before = "0".repeat(64);
    for row in rows.iter().rev() {
        assert_eq!(text(row, "prev_hash"), before);
        let id = |name: &str| bytes(row[name].as_str().unwrap_or_default());
        let number = |name: &str| row[name].as_i64().unwrap().to_be_bytes().to_vec();
        let words = |name: &str| text(row, name).as_bytes().to_vec();
        let mut digest = sha2::Sha256::new();
        for field in [
            bytes(&before),
            number("seq"),
            number("at"),
            words("actor_kind"),
            id("actor_id"),
            words("actor_name"),
            id("account_id"),
            words("act"),
            words("subject"),
            id("feed_id"),
            words("address"),
            words("client"),
            words("details"),
        ] {
            digest.update(u64::try_from(field.len()).unwrap().to_be_bytes());
            digest.update(field);
        }
        before = hexadecimal(&digest.finalize());
        assert_eq!(text(row, "hash"), before);
    }
}
