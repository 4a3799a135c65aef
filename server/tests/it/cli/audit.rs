//! `latchkey audit`, and what commands leave in the log.

use std::process::Command;

use sqlx::{Connection as _, Row as _, SqliteConnection, sqlite::SqliteConnectOptions};

use super::{Cli, Ended, PASSWORD, text};

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
