//! `latchkey policy`.

use serde_json::Value;

use super::{Cli, Ended, text};

/// A setting as `policy show` tells it.
fn setting(cli: &Cli, key: &str) -> Value {
    let Value::Array(settings) = cli.json(&["policy", "show"]) else { panic!("an array") };
    settings.into_iter().find(|setting| setting["key"] == key).unwrap()
}

#[test]
fn settings_are_changed_and_given_back() {
    let cli = Cli::new();
    assert_eq!(setting(&cli, "shortest_password")["origin"], "default");
    let set = cli.run(&["policy", "set", "shortest_password", "20"]);
    assert!(set.error.contains("shortest_password is now 20."), "{set:?}");
    let kept = setting(&cli, "shortest_password");
    assert_eq!((text(&kept, "value"), text(&kept, "origin")), ("20", "kept"));
    let short = ["user", "set-password", "bob", "--password-stdin"];
    let refusal = cli.run_with_input(&short, "tiny horse\n").failed(1);
    assert!(refusal.contains("at least 20"), "{refusal}");
    cli.does(&["policy", "unset", "shortest_password"]);
    assert_eq!(setting(&cli, "shortest_password")["value"], "15");
    assert!(cli.does(&["policy", "show"]).contains("not set"));
}

#[test]
fn what_cannot_be_set_is_refused_with_what_can() {
    let cli = Cli::new();
    let unknown = cli.run(&["policy", "set", "colour", "blue"]);
    assert!(unknown.code == 2 && unknown.error.contains("sign_up, allowed_domains"), "{unknown:?}");
    let wrong = cli.misreads(&["policy", "set", "sign_up", "maybe"]);
    assert!(wrong.contains("Allowed: open, domains, closed"), "{wrong}");
    let alone = cli.misreads(&["policy", "set", "sign_up", "domains"]);
    assert!(alone.contains("allowed_domains: Name at least one domain"), "{alone}");

    let set = ["policy", "set", "reveal", "all"];
    let fixed = Ended::of(cli.command(&set).env("LATCHKEY_REVEAL", "never")).failed(2);
    assert!(fixed.contains("Set by LATCHKEY_REVEAL"), "{fixed}");
}

#[test]
fn copies_are_destroyed_only_by_who_says_so() {
    let cli = Cli::new();
    cli.token(&[]);
    let never = ["policy", "set", "reveal", "never"];
    let refusal = cli.refuses(&never);
    assert!(
        refusal.contains("destroys 3 copies") && refusal.contains("--destroy-copies"),
        "{refusal}"
    );
    assert_eq!(setting(&cli, "reveal")["value"], "all");
    let done = cli.run(&[&never[..], &["--destroy-copies"]].concat());
    assert!(done.error.contains("reveal is now never. 3 copies"), "{done:?}");
}
