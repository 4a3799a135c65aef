//! `latchkey user`.

use std::sync::Arc;

use registry::{
    Origin, Services,
    identities::{Arrival, Proof, Purpose},
    sessions::PasswordText,
};

use super::{Cli, PASSWORD, text};
use crate::cli::beside_a_server::services_of;

async fn can_sign_in(services: &Services, name: &str, password: &str) -> bool {
    let origin = Origin { address: [127, 0, 0, 1].into(), user_agent: String::new() };
    services.sessions.sign_in(name, &PasswordText::new(password), &origin).await.is_ok()
}

#[test]
fn without_a_password_a_link_is_all_that_is_printed() {
    let cli = Cli::empty();
    let url = "https://packages.example.com";
    let create = ["user", "create", "Ana", "--email", "ana@example.com", "--public-url", url];
    let ended = cli.run(&create);
    let code = ended.output.strip_prefix("https://packages.example.com/invite/").unwrap().trim();
    assert_eq!(ended.output.lines().count(), 1);
    assert!(code.len() >= 22 && code.chars().all(|c| c.is_ascii_alphanumeric()), "{code}");
    assert!(ended.error.contains("24 hours") && !ended.error.contains(code), "{}", ended.error);
    assert!(!ended.error.contains("--public-url"), "{}", ended.error);
}

#[test]
fn an_assumed_address_is_said_to_be_one() {
    let cli = Cli::empty();
    let ended = cli.run(&["user", "create", "ana", "--email", "ana@example.com"]);
    assert!(ended.output.starts_with("http://127.0.0.1:3000/invite/"), "{ended:?}");
    assert!(ended.error.contains("--public-url"), "{ended:?}");

    let mut create = cli.command(&["user", "create", "bob", "--email", "bob@example.com"]);
    let ended = super::Ended::of(create.env("LATCHKEY_PUBLIC_URL", "https://feeds.example.com"));
    assert!(ended.output.starts_with("https://feeds.example.com/invite/"), "{ended:?}");

    let create = ["user", "create", "eve", "--email", "e@example.com", "--public-url", "ftp://x"];
    assert!(cli.misreads(&create).contains("--public-url"));
}

#[tokio::test]
async fn a_password_is_the_first_line_of_the_input() {
    let cli = Cli::empty();
    for (name, end) in [("ana", "\n"), ("bob", "\r\n"), ("eve", ""), ("joe", "\nsecond line\n")] {
        let email = format!("{name}@example.com");
        let create = ["user", "create", name, "--email", &email, "--password-stdin"];
        let ended = cli.run_with_input(&create, &format!("{PASSWORD}{end}"));
        assert!(!ended.error.contains(PASSWORD), "{ended:?}");
        assert_eq!(ended.succeeded(), "");
    }
    let services = services_of(&cli).await;
    for name in ["ana", "BOB", "eve@example.com", "joe"] {
        assert!(can_sign_in(&services, name, PASSWORD).await, "{name}");
    }
    services.close().await;
}

#[test]
fn a_bad_password_is_refused_without_repeating_it() {
    let cli = Cli::new();
    for (password, why) in [
        ("tiny!", "Too short: 5 of at least 15"),
        ("passwordpasswordpassword", "Too easy to guess"),
        ("lka_0123456789ABCDEFGHIJKLMNOPQRST2cik9R", "cannot begin like an access token"),
        ("", "no password came"),
    ] {
        let create = ["user", "create", "eve", "--email", "e@example.com", "--password-stdin"];
        let set = ["user", "set-password", "bob", "--password-stdin"];
        for arguments in [&create[..], &set[..]] {
            let refusal = cli.run_with_input(arguments, &format!("{password}\n")).failed(1);
            assert!(refusal.contains(why), "{refusal}");
            assert!(password.is_empty() || !refusal.contains(password), "{refusal}");
        }
    }
    assert_eq!(cli.json(&["user", "list"]).as_array().unwrap().len(), 2);
}

#[test]
fn names_and_addresses_are_taken_once() {
    let cli = Cli::new();
    let create = |name, email| cli.refuses(&["user", "create", name, "--email", email]);
    assert!(create("ANA", "other@example.com").contains("“ana” is taken"));
    assert!(create("other", "Ana@Example.com").contains("has an account"));
}

#[test]
fn what_is_no_name_or_address_is_refused_with_the_reason() {
    let cli = Cli::new();
    let create = |name, email| cli.misreads(&["user", "create", name, "--email", email]);
    assert!(create("a b", "x@example.com").contains("letters a to z, digits and hyphens"));
    assert!(create("root", "x@example.com").contains("reserved"));
    assert!(create("eve", "example.com").contains("not an e-mail address"));
    assert!(cli.misreads(&["user", "create", "eve"]).contains("--email"));
}

#[test]
fn accounts_are_listed_for_people_and_programs() {
    let cli = Cli::new();
    cli.does(&["user", "disable", "bob"]);
    let accounts = cli.json(&["user", "list"]);
    let (ana, bob) = (&accounts[0], &accounts[1]);
    assert_eq!((text(ana, "username"), text(ana, "email")), ("ana", "ana@example.com"));
    assert_eq!((&ana["admin"], &ana["disabled"]), (&true.into(), &false.into()));
    assert_eq!((&bob["admin"], &bob["disabled"]), (&false.into(), &true.into()));
    assert_eq!((text(ana, "state"), text(bob, "state")), ("invited", "disabled"));
    assert!(ana["last_seen_at"].is_null() && ana["tokens"] == 1 && ana["feeds"] == 1, "{ana}");
    assert!(text(ana, "created_at").ends_with('Z'));
    assert!(ana["id"].is_string());

    let table = cli.does(&["user", "list"]);
    let lines: Vec<&str> = table.lines().collect();
    assert!(
        lines[0].starts_with("NAME  E-MAIL           KIND           STATE     LAST SEEN  SINCE"),
        "{table}"
    );
    assert!(lines[1].starts_with("ana   ana@example.com  administrator  invited   "), "{table}");
    assert!(lines[2].starts_with("bob   bob@example.com  user           disabled  "), "{table}");

    cli.does(&["user", "enable", "bob@example.com"]);
    assert_eq!(cli.json(&["user", "list"])[1]["disabled"], false);
}

#[tokio::test]
async fn an_operator_sets_passwords_and_disables() {
    let cli = Cli::new();
    let other = "another pebble orchestra window";
    let set = ["user", "set-password", "bob", "--password-stdin"];
    cli.run_with_input(&set, PASSWORD).succeeded();
    let services: Arc<Services> = services_of(&cli).await;
    assert!(can_sign_in(&services, "bob", PASSWORD).await);
    cli.run_with_input(&set, other).succeeded();
    assert!(!can_sign_in(&services, "bob", PASSWORD).await);
    assert!(can_sign_in(&services, "bob", other).await);
    cli.does(&["user", "disable", "bob"]);
    assert!(!can_sign_in(&services, "bob", other).await);
    cli.does(&["user", "enable", "bob"]);
    assert!(can_sign_in(&services, "bob", other).await);
    services.close().await;
}

#[test]
fn a_password_is_never_an_argument() {
    let cli = Cli::new();
    assert!(cli.misreads(&["user", "set-password", "bob"]).contains("--password-stdin"));
}

#[test]
fn an_unknown_account_is_named_with_the_way_to_find_it() {
    let cli = Cli::new();
    for arguments in [&["user", "disable", "eve"][..], &["user", "enable", "eve"]] {
        let refusal = cli.refuses(arguments);
        assert!(refusal.contains("no account “eve”") && refusal.contains("user list"), "{refusal}");
    }
    let set = ["user", "set-password", "eve", "--password-stdin"];
    assert!(cli.run_with_input(&set, PASSWORD).failed(1).contains("no account “eve”"));
}

#[test]
fn links_are_made_anew_and_an_invitation_is_withdrawn() {
    let cli = Cli::new();
    let url = "https://packages.example.com";
    let link = |command: &str, name: &str| cli.run(&["user", command, name, "--public-url", url]);
    let invited = link("invite-link", "bob");
    assert!(invited.output.starts_with(&format!("{url}/invite/")), "{invited:?}");
    let early = link("reset-link", "bob").failed(1);
    assert!(early.contains("not chosen a password yet"), "{early}");
    cli.does(&["user", "withdraw", "bob"]);
    assert_eq!(cli.json(&["user", "list"]).as_array().unwrap().len(), 1);
    assert!(cli.refuses(&["user", "withdraw", "bob"]).contains("no account “bob”"));

    let set = ["user", "set-password", "ana", "--password-stdin"];
    cli.run_with_input(&set, PASSWORD).succeeded();
    let reset = link("reset-link", "ana");
    assert!(reset.output.starts_with(&format!("{url}/reset/")), "{reset:?}");
    assert_eq!(reset.output.lines().count(), 1);
    assert!(reset.error.contains("30 minutes"), "{reset:?}");
    assert!(link("invite-link", "ana").failed(1).contains("a password already"));
    assert!(cli.refuses(&["user", "withdraw", "ana"]).contains("not invited any more"));
}

#[test]
fn the_last_administrator_stays_one() {
    let cli = Cli::new();
    for arguments in [&["user", "role", "ana", "user"][..], &["user", "disable", "ana"]] {
        assert!(cli.refuses(arguments).contains("only administrator left"));
    }
    let set = ["user", "set-password", "bob", "--password-stdin"];
    cli.run_with_input(&set, PASSWORD).succeeded();
    cli.does(&["user", "role", "bob", "admin"]);
    cli.does(&["user", "sign-out", "bob"]);
    let disabled = cli.run(&["user", "disable", "ana"]);
    assert!(
        disabled.error.contains("Feeds without an owner who can act now: main."),
        "{disabled:?}"
    );
    assert!(cli.misreads(&["user", "role", "bob", "king"]).contains("admin, user"));
}

#[tokio::test]
async fn linked_identities_are_listed_and_unlinked() {
    let cli = Cli::empty();
    let create = ["user", "create", "ana", "--email", "ana@example.com", "--password-stdin"];
    cli.run_with_input(&create, PASSWORD).succeeded();
    assert_eq!(cli.does(&["user", "identities", "ana"]), "");
    let services = services_of(&cli).await;
    let origin = Origin { address: [127, 0, 0, 1].into(), user_agent: String::new() };
    let password = PasswordText::new(PASSWORD);
    let secret = services.sessions.sign_in("ana", &password, &origin).await.unwrap();
    let ana =
        services.sessions.resolve(secret.expose(), [127, 0, 0, 1].into()).await.unwrap().unwrap();
    let proof = || Proof {
        provider: "contoso".to_owned(),
        issuer: "https://login.contoso.example".to_owned(),
        subject: "248289761001".to_owned(),
        label: "ana.there".to_owned(),
        email: None,
        nickname: None,
        authenticated_at: None,
        session: None,
    };
    let identities = &services.identities;
    let begin =
        async |purpose, caller| identities.begin("contoso", purpose, "/", caller).await.unwrap().0;
    let attempt = begin(Purpose::Link(ana.session), Some(&ana)).await;
    let arrival = identities.arrive(attempt, proof(), Some(&ana), &origin).await.unwrap();
    let Arrival::Decision(sealed) = arrival else { panic!("it is to be decided") };
    identities.decide(&sealed, "", Some(&ana), &origin).await.unwrap();
    let attempt = begin(Purpose::SignIn, None).await;
    let arrival = identities.arrive(attempt, proof(), None, &origin).await.unwrap();
    let Arrival::Session(other) = arrival else { panic!("it signs in") };

    let list = cli.does(&["user", "identities", "ana"]);
    assert!(list.contains("contoso") && list.contains("ana.there"), "{list}");
    let json = cli.json(&["user", "identities", "ana"]);
    assert_eq!(text(&json[0], "provider"), "contoso");
    let id = text(&json[0], "id");
    let absent = "0190f3c1-6d2e-7a54-9b1c-2f6f0f3a9d11";
    let refusal = cli.refuses(&["user", "identities", "ana", "--unlink", absent]);
    assert!(refusal.contains("ana has no identity"), "{refusal}");
    let refusal = cli.refuses(&["user", "identities", "nobody", "--unlink", id]);
    assert!(refusal.contains("no account “nobody”"), "{refusal}");
    assert_eq!(cli.does(&["user", "identities", "ana", "--unlink", id]), "");
    assert_eq!(cli.does(&["user", "identities", "ana"]), "");
    for (secret, lives) in [(&other, false), (&secret, true)] {
        let from = [127, 0, 0, 1].into();
        let caller = services.sessions.resolve(secret.expose(), from).await.unwrap();
        assert_eq!(caller.is_some(), lives);
    }
    services.close().await;
}
