//! Settings as operators give them, right and wrong.

use std::{ffi::OsString, fs};

use clap::Parser as _;
use latchkey_server::config::{Config, Environment, Secret};
use model::policy::{FixedSettings, Setting, SignUp};

use crate::support::{Flags, Run, config, finish, latchkey};

/// A wrong setting: how it is given, and what the sentence has to say.
struct Wrong {
    flags: &'static [&'static str],
    variables: &'static [(&'static str, &'static str)],
    file: &'static str,
    says: &'static [&'static str],
}

const NOTHING: Wrong = Wrong { flags: &[], variables: &[], file: "", says: &[] };

const WRONG: &[Wrong] = &[
    Wrong {
        flags: &["--listen", "127.0.0.1"],
        says: &["--listen:", "“127.0.0.1” has no port", "Allowed: an IP address and a port"],
        ..NOTHING
    },
    Wrong {
        variables: &[("LATCHKEY_LISTEN", "everywhere:80")],
        says: &["LATCHKEY_LISTEN:", "not an IP address", "127.0.0.1:3000"],
        ..NOTHING
    },
    Wrong {
        file: "listen = \"x\"",
        says: &["listen in ./latchkey.toml:", "Allowed: an IP address"],
        ..NOTHING
    },
    Wrong {
        file: "listn = \"127.0.0.1:0\"",
        says: &[
            "./latchkey.toml",
            "no setting `listn`",
            "data, database, blobs, key_file, listen,",
        ],
        ..NOTHING
    },
    Wrong { file: "listen =", says: &["./latchkey.toml", "line 1"], ..NOTHING },
    Wrong {
        flags: &["--config", "nowhere.toml"],
        says: &["nowhere.toml", "cannot be read"],
        ..NOTHING
    },
    Wrong {
        flags: &["--public-url", "packages.example.com"],
        says: &["--public-url:", "https:// or http:// and a host"],
        ..NOTHING
    },
    Wrong {
        flags: &["--public-url", "https://example.com/latchkey"],
        says: &["--public-url:", "goes on after the host"],
        ..NOTHING
    },
    Wrong {
        flags: &["--public-url", "http://example.com", "--strict-transport-security"],
        says: &["--public-url:", "https:// for strict_transport_security"],
        ..NOTHING
    },
    Wrong {
        flags: &["--tls-cert", "cert.pem"],
        says: &["--tls-cert:", "it needs `tls_key` beside it"],
        ..NOTHING
    },
    Wrong {
        variables: &[("LATCHKEY_TLS_KEY", "key.pem")],
        says: &["LATCHKEY_TLS_KEY:", "it needs `tls_cert` beside it"],
        ..NOTHING
    },
    Wrong {
        file: "tls_cert = \"cert.pem\"\ntls_key = \"key.pem\"\npublic_url = \"http://example.com\"",
        says: &["public_url in", "it must begin with https:// beside tls_cert"],
        ..NOTHING
    },
    Wrong {
        flags: &["--trusted-proxy", "10.0.0.2", "--trusted-proxy", "10.0.0.0/40"],
        says: &["--trusted-proxy:", "“10.0.0.0/40”", "10.0.0.0/24"],
        ..NOTHING
    },
    Wrong {
        file: "trusted_proxy = [\"0.0.0.0/0\"]",
        says: &["trusted_proxy in", "choose its own address"],
        ..NOTHING
    },
    Wrong {
        variables: &[("LATCHKEY_DATABASE", "mysql://me:secret@host/db")],
        says: &["LATCHKEY_DATABASE:", "postgres://user@host/name"],
        ..NOTHING
    },
    Wrong {
        variables: &[("LATCHKEY_INSECURE_HTTP", "yes")],
        says: &["LATCHKEY_INSECURE_HTTP:", "Allowed: true, false"],
        ..NOTHING
    },
    Wrong {
        flags: &["--sign-up", "invited"],
        says: &["--sign-up:", "Allowed: open, domains, closed"],
        ..NOTHING
    },
    Wrong {
        flags: &["--reveal", "some"],
        says: &["--reveal:", "Allowed: all, primary, never"],
        ..NOTHING
    },
    Wrong {
        flags: &["--feed-creation", "x"],
        says: &["--feed-creation:", "Allowed: everyone, admins"],
        ..NOTHING
    },
    Wrong {
        file: "shortest_password = 7",
        says: &["shortest_password in", "7 is out of bounds", "8 to 64"],
        ..NOTHING
    },
    Wrong {
        flags: &["--confirmation-window", "13h"],
        says: &["--confirmation-window:", "13h is too long", "0 to 12h"],
        ..NOTHING
    },
    Wrong {
        flags: &["--longest-token-life", "1h"],
        says: &["--longest-token-life:", "1h is too short", "unlimited"],
        ..NOTHING
    },
    Wrong {
        flags: &["--max-package-size", "100"],
        says: &["--max-package-size:", "100 is too small", "250MB or 100MiB"],
        ..NOTHING
    },
    Wrong {
        flags: &["--max-document-size", "1GB"],
        says: &["--max-document-size:", "1GB is too large"],
        ..NOTHING
    },
    Wrong {
        file: "[provider.contoso]\nissuer = \"http://login.example\"\nclient_id = \"lk\"",
        says: &["[provider.contoso] in ./latchkey.toml:", "must begin with https://"],
        ..NOTHING
    },
    Wrong {
        file: "[provider.contoso]\nissuer = \"https://login.example\"\nclient_id = \"lk\"\n\
               client_secret_file = \"nowhere\"",
        says: &["[provider.contoso] in", "nowhere: client_secret_file:"],
        ..NOTHING
    },
    Wrong {
        file: "[provider.contoso]\nissuer = \"https://login.example\"\nclient_id = \"lk\"\n\
               ca_file = \"latchkey.toml\"",
        says: &["[provider.contoso] in", "ca_file: it holds no certificate"],
        ..NOTHING
    },
    Wrong { flags: &["--log", "loud"], says: &["--log:", "error, warn, info, debug"], ..NOTHING },
    Wrong { flags: &["--log-format", "xml"], says: &["--log-format:", "text, json"], ..NOTHING },
    Wrong { flags: &["--port", "80"], says: &["--port", "Usage: latchkey serve"], ..NOTHING },
];

#[test]
fn a_wrong_setting_is_named_with_its_place_and_what_is_allowed() {
    for wrong in WRONG {
        let folder = tempfile::tempdir().unwrap();
        if !wrong.file.is_empty() {
            fs::write(folder.path().join("latchkey.toml"), wrong.file).unwrap();
        }
        let (code, output, words) = finish(
            latchkey(&folder).arg("serve").args(wrong.flags).envs(wrong.variables.iter().copied()),
        );
        assert_eq!((code, output.as_str()), (2, ""), "{words}");
        for part in wrong.says {
            assert!(words.contains(part), "{part:?} is not in {words}");
        }
        assert!(!words.contains("secret@"), "{words}");
        assert!(!folder.path().join("data").exists(), "nothing was started");
    }
}

#[test]
fn a_flag_wins_over_a_variable_and_a_variable_over_the_file() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("latchkey.toml"), "sign_up = \"from file\"").unwrap();
    let refusal = |flags: &[&str], variable: Option<&str>| {
        let mut command = latchkey(&folder);
        command.arg("serve").args(flags);
        if let Some(value) = variable {
            command.env("LATCHKEY_SIGN_UP", value);
        }
        finish(&mut command).2
    };
    assert!(refusal(&["--sign-up", "from flag"], Some("from variable")).contains("“from flag”"));
    assert!(refusal(&[], Some("from variable")).contains("“from variable”"));
    assert!(refusal(&[], Some("")).contains("“from file”"), "set to nothing is not set");
    assert!(refusal(&[], None).contains("“from file”"));
}

fn signs_up(config: &Config) -> SignUp {
    config.policy.over([]).unwrap().sign_up
}

#[test]
fn a_setting_of_the_policy_is_fixed_with_the_place_it_was_given_at() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("latchkey.toml"),
        "allowed_domains = [\"b.example\", \"a.example\"]\nreveal = \"primary\"",
    )
    .unwrap();
    let config = config(&["--reveal", "never", "--sign-up=domains"], &folder);
    let policy = config.policy.over([(Setting::Reveal, "all")]).unwrap();
    assert_eq!(policy.allowed_domains.to_string(), "a.example, b.example");
    assert_eq!(policy.reveal.to_string(), "never");
    assert_eq!(config.policy.place(Setting::Reveal), Some("--reveal"));
    let place = config.policy.place(Setting::AllowedDomains).unwrap();
    assert!(place.starts_with("allowed_domains in "), "{place}");
    assert_eq!(config.policy.place(Setting::ShortestPassword), None);
}

#[test]
fn the_file_is_found_beside_the_data_or_by_name_and_its_paths_are_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("srv");
    fs::create_dir(&place).unwrap();
    fs::write(place.join("latchkey.toml"), "data = \"packages\"\nsign_up = \"open\"").unwrap();

    let beside = config(&["--data", "srv/packages"], &folder);
    assert_eq!(signs_up(&beside), SignUp::Open);
    let named = config(&["--config", "srv/latchkey.toml"], &folder);
    assert_eq!(signs_up(&named), SignUp::Open);
    assert_eq!(named.data, place.join("packages"));
    let neither = config(&[], &folder);
    assert_eq!(signs_up(&neither), SignUp::Closed);
}

#[test]
fn the_secret_of_a_provider_may_be_a_variable() {
    let folder = tempfile::tempdir().unwrap();
    let table = "[provider.con-toso]\nissuer = \"https://login.example\"\nclient_id = \"lk\"\n";
    let file = folder.path().join("latchkey.toml");
    fs::write(&file, format!("{table}client_secret = \"of the file\"\n")).unwrap();
    let secret = |is_set: bool| {
        let variable = move |name: &str| {
            let known = is_set && name == "LATCHKEY_PROVIDER_CON_TOSO_CLIENT_SECRET";
            known.then(|| OsString::from("of the variable"))
        };
        let folder = folder.path().to_owned();
        let environment = Environment { variable: Box::new(variable), folder };
        let flags = Flags::parse_from(["latchkey"]);
        let config = Config::of_server(&flags.storage, &flags.serve, &environment).unwrap();
        match &config.providers[0].secret {
            Secret::Text(secret) => secret.secret().clone(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(secret(false), "of the file");
    assert_eq!(secret(true), "of the variable");
}

#[test]
fn without_settings_everything_has_a_sane_value() {
    let folder = tempfile::tempdir().unwrap();
    let config = config(&[], &folder);
    assert_eq!(config.listen.to_string(), "127.0.0.1:3000");
    assert_eq!(config.data.to_str(), Some("data"));
    assert_eq!(config.policy, FixedSettings::default(), "nothing is fixed");
    assert_eq!(config.limits.package_bytes, 250_000_000);
    assert!(config.database.is_none() && config.public_url.is_none());
}

#[test]
fn beyond_this_machine_it_starts_only_protected_or_on_request() {
    let folder = tempfile::tempdir().unwrap();
    let (code, _, words) = finish(latchkey(&folder).args(["serve", "--listen", "0.0.0.0:0"]));
    assert_eq!(code, 2);
    for command in [
        "  latchkey serve --data data --listen 0.0.0.0:0 --public-url https://packages.example.com --tls-cert cert.pem --tls-key key.pem",
        "  latchkey serve --data data --listen 0.0.0.0:0 --public-url https://packages.example.com --trusted-proxy 10.0.0.2",
        "  latchkey serve --data data --listen 0.0.0.0:0 --insecure-http",
        "  latchkey serve --data data --listen 127.0.0.1:0",
    ] {
        assert!(words.lines().any(|line| line == command), "{words}");
    }
    assert!(!folder.path().join("data").exists());
}

#[test]
fn the_clock_can_be_set_only_for_data_made_for_tests() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("now"), "1803297600000").unwrap();
    let serve = |listen: &[&str]| {
        let mut command = latchkey(&folder);
        command.args(["serve", "--data", "data"]).args(listen).env("LATCHKEY_TEST_CLOCK", "now");
        command
    };
    let (code, _, words) = finish(&mut serve(&["--listen", "127.0.0.1:0"]));
    assert_eq!(code, 2);
    assert!(words.contains("latchkey test-data"), "{words}");

    let (code, _, words) = finish(latchkey(&folder).args(["test-data", "--data", "data"]));
    assert_eq!((code, words.as_str()), (0, ""));
    let open = ["--listen", "0.0.0.0:0", "--insecure-http"];
    let (code, _, words) = finish(&mut serve(&open));
    assert_eq!(code, 2);
    assert!(words.contains("loopback"), "{words}");

    let run = Run::start(serve(&["--listen", "127.0.0.1:0"]), folder);
    assert!(run.log().contains("LATCHKEY_TEST_CLOCK sets the time"));
}

#[test]
fn data_that_is_in_use_never_becomes_test_data() {
    let run = Run::serve(&[]);
    let (code, _, words) = finish(latchkey(&run.folder).args(["test-data", "--data", "data"]));
    assert_eq!(code, 1);
    assert!(words.contains("was not made for tests"), "{words}");
}

#[test]
fn help_tells_of_every_setting_and_gives_examples() {
    let folder = tempfile::tempdir().unwrap();
    let (code, help, _) = finish(latchkey(&folder).args(["serve", "--help"]));
    assert_eq!(code, 0);
    for part in [
        "--data",
        "--listen",
        "--public-url",
        "--database",
        "--key-file",
        "--insecure-http",
        "--trusted-proxy",
        "--config",
        "LATCHKEY_PUBLIC_URL",
        "latchkey.toml",
        "Examples:",
    ] {
        assert!(help.contains(part), "{part} is not in {help}");
    }
    assert!(!help.contains("TEST_CLOCK") && !help.contains("test-data"), "{help}");
}
