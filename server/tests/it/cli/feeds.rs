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
