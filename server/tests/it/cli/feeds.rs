//! `latchkey feed`.

use super::{Cli, text};

#[test]
fn a_feed_is_private_unless_it_is_made_public() {
    let cli = Cli::new();
    let create = ["feed", "create", "Open", "--owner", "bob@example.com", "--public"];
    let ended = cli.run(&[&create[..], &["--description", "What we give away"]].concat());
    assert!(ended.error.contains("anyone may read it"), "{ended:?}");
    assert_eq!(ended.succeeded(), "");

    let feeds = cli.json(&["feed", "list", "--user", "ana"]);
    let (main, open) = (&feeds[0], &feeds[1]);
    assert_eq!((text(main, "name"), text(main, "role")), ("main", "owner"));
    assert_eq!((&main["public"], &open["public"]), (&false.into(), &true.into()));
    assert_eq!((text(open, "name"), &open["role"]), ("open", &().into()));
    assert_eq!(text(open, "description"), "What we give away");
    assert!(main["id"].is_string() && main["packages"].is_object());

    assert_eq!(
        cli.does(&["feed", "list", "--user", "ana"]),
        "NAME  ROLE   ACCESS   PACKAGES  DESCRIPTION\n\
         main  owner  private  0\n\
         open  none   public   0         What we give away"
    );
}

#[test]
fn whoever_reaches_no_feed_is_told_so() {
    let cli = Cli::new();
    let ended = cli.run(&["feed", "list", "--user", "bob"]);
    assert!(ended.error.contains("feed create"), "{ended:?}");
    assert_eq!(ended.succeeded(), "");
    assert_eq!(cli.json(&["feed", "list", "--user", "bob"]), serde_json::json!([]));
}

#[test]
fn a_feed_needs_a_free_name_and_an_owner() {
    let cli = Cli::new();
    let create = |name, owner| cli.run(&["feed", "create", name, "--owner", owner]);
    assert!(create("MAIN", "bob").failed(1).contains("“main” is taken"));
    assert!(create("next", "eve").failed(1).contains("no account “eve”"));
    assert!(create("a/b", "ana").failed(2).contains("letters a to z"));
    assert!(create("api", "ana").failed(2).contains("reserved"));
    assert!(cli.misreads(&["feed", "create", "next"]).contains("--owner"));
    let long = "x".repeat(201);
    let described = ["feed", "create", "next", "--owner", "ana", "--description", &long];
    assert!(cli.refuses(&described).contains("200 characters"));
}

#[test]
fn a_member_has_the_role_given_last() {
    let cli = Cli::new();
    for (user, role) in [("bob", "reader"), ("bob@example.com", "contributor"), ("BOB", "owner")] {
        assert_eq!(cli.does(&["feed", "member", "set", "Main", user, role]), "");
        let feeds = cli.json(&["feed", "list", "--user", "bob"]);
        assert_eq!(text(&feeds[0], "role"), role);
    }
    cli.does(&["feed", "member", "set", "main", "ana", "reader"]);
    let refusal = cli.refuses(&["feed", "member", "set", "main", "bob", "reader"]);
    assert!(refusal.contains("only owner"), "{refusal}");
}

#[test]
fn an_unknown_feed_account_or_role_is_named() {
    let cli = Cli::new();
    let set = |feed, user, role| cli.run(&["feed", "member", "set", feed, user, role]);
    assert!(set("next", "bob", "reader").failed(1).contains("no feed “next”"));
    assert!(set("main", "eve", "reader").failed(1).contains("no account “eve”"));
    let refusal = set("main", "bob", "boss").failed(2);
    assert!(refusal.contains("reader, contributor, owner"), "{refusal}");
}

#[test]
fn members_are_listed_and_removed() {
    let cli = Cli::new();
    cli.does(&["feed", "member", "set", "main", "bob", "contributor"]);
    let listed = cli.does(&["feed", "member", "list", "Main"]);
    let lines: Vec<&str> = listed.lines().collect();
    assert!(lines[0].starts_with("NAME  ROLE         STATE   SINCE"), "{listed}");
    assert!(lines[1].starts_with("ana   owner        active"), "{listed}");
    assert!(lines[2].starts_with("bob   contributor  active"), "{listed}");
    cli.does(&["user", "disable", "bob"]);
    let members = cli.json(&["feed", "member", "list", "main"]);
    assert_eq!((text(&members[1], "username"), text(&members[1], "role")), ("bob", "contributor"));
    assert_eq!((&members[0]["disabled"], &members[1]["disabled"]), (&false.into(), &true.into()));
    assert_eq!(cli.does(&["feed", "member", "remove", "main", "bob@example.com"]), "");
    assert_eq!(cli.json(&["feed", "member", "list", "main"]).as_array().unwrap().len(), 1);
    let again = cli.refuses(&["feed", "member", "remove", "main", "bob"]);
    assert!(again.contains("no member of main any more"), "{again}");
    let only = cli.refuses(&["feed", "member", "remove", "main", "ana"]);
    assert!(only.contains("only owner"), "{only}");
    assert!(cli.refuses(&["feed", "member", "list", "next"]).contains("no feed “next”"));
}

#[test]
fn settings_change_one_by_one() {
    let cli = Cli::new();
    let main = || cli.json(&["feed", "list", "--user", "ana"])[0].clone();
    let ended = cli.run(&["feed", "set", "main", "--description", " Ours "]);
    assert!(ended.error.contains("Changed the feed main."), "{ended:?}");
    assert_eq!((text(&main(), "description"), &main()["public"]), ("Ours", &false.into()));
    let ended = cli.run(&["feed", "set", "Main", "--public"]);
    assert!(ended.error.contains("anyone may read it"), "{ended:?}");
    assert_eq!((text(&main(), "description"), &main()["public"]), ("Ours", &true.into()));
    cli.does(&["feed", "set", "main", "--private", "--description", ""]);
    assert_eq!((text(&main(), "description"), &main()["public"]), ("", &false.into()));
    assert!(cli.refuses(&["feed", "set", "next", "--public"]).contains("no feed “next”"));
    cli.misreads(&["feed", "set", "main"]);
    cli.misreads(&["feed", "set", "main", "--public", "--private"]);
    let long = "x".repeat(201);
    assert!(cli.refuses(&["feed", "set", "main", "--description", &long]).contains("200"));
}

#[test]
fn a_feed_is_deleted_on_a_second_word_and_its_name_is_kept() {
    let cli = Cli::new();
    let asked = cli.misreads(&["feed", "delete", "main"]);
    assert!(asked.contains("0 packages with 0 versions") && asked.contains("--yes"), "{asked}");
    assert_eq!(cli.json(&["feed", "list", "--user", "ana"]).as_array().unwrap().len(), 1);
    let ended = cli.run(&["feed", "delete", "Main", "--yes"]);
    assert!(ended.error.contains("Its name is kept"), "{ended:?}");
    assert_eq!(ended.succeeded(), "");
    assert_eq!(cli.json(&["feed", "list", "--user", "ana"]), serde_json::json!([]));
    assert!(cli.refuses(&["feed", "delete", "main", "--yes"]).contains("no feed “main”"));
    let create = ["feed", "create", "main", "--owner", "bob"];
    assert!(cli.refuses(&create).contains("was used before"));
    assert_eq!(cli.does(&["feed", "release-name", "main"]), "");
    assert!(cli.refuses(&["feed", "release-name", "main"]).contains("free already"));
    cli.does(&create);
    assert!(cli.does(&["audit", "verify"]).contains("whole"));
}
