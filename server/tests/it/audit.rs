//! The audit log as pages and files: who gets what of it.

use registry::{Actor, accounts::NewAccount, sessions::PasswordText};

use crate::{
    browser::Browser,
    support::{Answer, Server},
};

const PASSWORD: &str = "correct horse battery staple";

/// ada administers; ben has a feed whose description a spreadsheet would take for a formula.
async fn with_ben(server: &Server) -> (Browser<'_>, Browser<'_>) {
    let ada = Browser::of_ada(server).await;
    let new = NewAccount {
        username: "ben".parse().unwrap(),
        email: "ben@example.com".parse().unwrap(),
        password: Some(PasswordText::new(PASSWORD)),
    };
    let operator = Actor::Operator("root".to_owned());
    server.services.accounts.create(&operator, new, false).await.unwrap();
    let ben = Browser::new(server);
    ben.post("/sign-in", &[("login", "ben"), ("password", PASSWORD)]).await;
    let fields = [("name", "main"), ("description", "=1+1, \"so\""), ("visibility", "private")];
    assert_eq!(ben.post("/feeds/new", &fields).await.status, 303);
    let form = "0190f3c1-6d2e-7a54-9b1c-2f6f0f3a9d11";
    let fields = [
        ("form", form),
        ("description", "=HYPERLINK(\"http://evil.example\")"),
        ("access", "read"),
        ("feeds", "all"),
        ("expires", "30d"),
    ];
    let made = ben.post("/profile/tokens", &fields).await;
    assert_eq!(made.status, 200, "{}", made.text());
    (ada, ben)
}

fn lines(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, 200);
    answer.text().split_terminator("\r\n").map(str::to_owned).collect()
}

#[tokio::test]
async fn files_are_downloads_that_nobody_keeps() {
    let server = Server::new().await;
    let (ada, _) = with_ben(&server).await;
    for (kind, content_type) in [
        ("csv", "text/csv; charset=utf-8; header=present"),
        ("jsonl", "application/jsonl; charset=utf-8"),
    ] {
        let answer = ada.get(&format!("/audit/export.{kind}")).await;
        assert_eq!(answer.header("content-type"), content_type);
        assert_eq!(answer.header("cache-control"), "no-store");
        let disposition = format!("attachment; filename=\"latchkey-audit-2027-02-22.{kind}\"");
        assert_eq!(answer.header("content-disposition"), disposition);
    }
    let answer = server.get("/audit/export.csv?what=tokens&before=7").await;
    assert_eq!(answer.status, 303);
    let next = "/sign-in?next=%2Faudit%3Fwhat%3Dtokens%26before%3D7";
    assert_eq!(answer.header("location"), next);
}

#[tokio::test]
async fn a_file_holds_what_its_reader_sees() {
    let server = Server::new().await;
    let (ada, ben) = with_ben(&server).await;
    let all = lines(&ada.get("/audit/export.csv").await);
    let own = lines(&ben.get("/audit/export.csv").await);
    assert_eq!(all[0], own[0]);
    assert!(all[0].starts_with("seq,time,at,actor_kind,"), "{}", all[0]);
    // The newest first; a text that would be a formula is none.
    assert!(
        all[1].contains(",token.create,\"'=HYPERLINK(\"\"http://evil.example\"\")\","),
        "{}",
        all[1]
    );
    assert_eq!((all.len(), own.len()), (7, 5), "{all:#?} {own:#?}");
    let own_text = own.join("\n");
    assert!(!own_text.contains("root") && !own_text.contains("ada"), "{own_text}");
    assert!(own.iter().skip(1).all(|line| line.ends_with(",,")), "no hashes: {own_text}");
    assert!(!all.join("\n").contains("example.com"), "no e-mail address");

    let narrowed = lines(&ada.get("/audit/export.csv?who=ben&what=sign-in").await);
    assert!(narrowed.len() == 2 && narrowed[1].contains("session.begin"), "{narrowed:?}");
    let json = ada.get("/audit/export.jsonl?feed=main").await.text();
    let row: serde_json::Value = serde_json::from_str(json.trim_end()).unwrap();
    assert_eq!(
        (&row["act"], &row["feed"], &row["account"]),
        (&"feed.create".into(), &"main".into(), &"ben".into())
    );
    assert_eq!(row["hash"].as_str().map(str::len), Some(64));
    assert_eq!(row["at"], 1_803_297_600_000_i64);
}

#[tokio::test]
async fn the_page_shows_a_row_with_its_details() {
    let server = Server::new().await;
    let (ada, ben) = with_ben(&server).await;
    let page = ada.get("/audit?who=ben&what=token.create").await;
    let html = page.text();
    for part in [
        "Token made",
        "=HYPERLINK(\"http://evil.example\")",
        "token.create",
        "datetime=\"2027-02-22T12:00:00.000Z\"",
        "export.csv?who=ben&amp;what=token.create",
        "can read every feed",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
    assert!(!html.contains("<span>Feed made"), "{html}");
    let own = ben.get("/audit").await.text();
    assert!(own.contains("the operator") && !own.contains("root"), "{own}");
    assert!(own.contains("<span>Feed made") && !own.contains("<span>First account made"), "{own}");
}
