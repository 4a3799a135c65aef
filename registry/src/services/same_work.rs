//! Whoever tries a name learns nothing by how much is done: a password is hashed once, whether or not
//! there is such an account, whether or not it could be opened by one.

use std::{net::Ipv4Addr, sync::Arc};

use model::{
    ecosystem::Ecosystem,
    policy::{FixedSettings, Setting},
    timestamp::Timestamp,
};

use crate::{
    Actor, Limits, Origin, Program, Services, Settings,
    access::{AccessRequest, Credential, Wanted},
    accounts::NewAccount,
    clock::SetClock,
    sessions::PasswordText,
};

const PASSWORD: &str = "correct horse battery staple";
const WRONG: &str = "not the password at all";

fn new(name: &str, email: &str, password: Option<&str>) -> NewAccount {
    NewAccount {
        username: name.parse().unwrap(),
        email: format!("{email}@example.com").parse().unwrap(),
        password: password.map(PasswordText::new),
    }
}

/// ben has a password, dora is disabled, ivan has chosen none yet; nobody is called nemo.
const EVERYBODY: [&str; 4] = ["ben", "dora", "ivan", "nemo"];

/// What a server is opened with in a folder.
pub(crate) fn settings(folder: &tempfile::TempDir) -> Settings {
    let mut policy = FixedSettings::default();
    policy.fix(Setting::SignUp, "open", "here".to_owned()).unwrap();
    Settings {
        data: folder.path().join("data"),
        database: None,
        blobs: None,
        key_file: None,
        policy,
        providers: Vec::new(),
        limits: Limits { package_bytes: 1 << 20, document_bytes: 1 << 20 },
        public_url: "http://127.0.0.1:3000".to_owned(),
        clock: Arc::new(SetClock::at(Timestamp::from_millis(1_800_000_000_000))),
        program: Program::Server,
    }
}

async fn services(folder: &tempfile::TempDir) -> Arc<Services> {
    let services = Services::open(settings(folder)).await.unwrap();
    let operator = Actor::Operator("root".to_owned());
    for (name, password) in [("ben", Some(PASSWORD)), ("dora", Some(PASSWORD)), ("ivan", None)] {
        services.accounts.create(&operator, new(name, name, password), false).await.unwrap();
    }
    services.accounts.set_disabled(&operator, "dora", true).await.unwrap();
    services
}

fn origin() -> Origin {
    Origin { address: Ipv4Addr::LOCALHOST.into(), user_agent: String::new() }
}

#[tokio::test]
async fn a_password_is_hashed_once_whoever_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let services = services(&folder).await;
    let (core, origin) = (&services.core, origin());
    let wrong = PasswordText::new(WRONG);
    core.passwords.runs();
    for name in EVERYBODY {
        for name in [name.to_owned(), format!("{name}@example.com")] {
            services.sessions.sign_in(&name, &wrong, &origin).await.unwrap_err();
            assert_eq!(core.passwords.runs(), 1, "{name} at the sign-in");
        }
        let password = PasswordText::new(&format!("{WRONG}, {name}"));
        let credential = Credential::Password { name: name.to_owned(), password };
        // Sent again it is known to be wrong, whoever is named, unless an epoch ended between the two.
        let wanted = Wanted::Read(Ecosystem::Npm, "demo");
        let request = AccessRequest { feed: "main", wanted, origin: &origin };
        services.access.authorize(&credential, request).await.unwrap_err();
        assert_eq!(core.passwords.runs(), 1, "{name} at a feed");
    }
    services.close().await;
}

#[tokio::test]
async fn a_password_is_hashed_once_whether_or_not_an_account_can_be_made() {
    let folder = tempfile::tempdir().unwrap();
    let services = services(&folder).await;
    let origin = origin();
    services.core.passwords.runs();
    for (name, email, is_made) in [
        ("ben", "lea", false),
        ("dora", "lea", false),
        ("lea", "ben", false),
        ("lea", "dora", false),
        ("lea", "ivan", false),
        ("lea", "lea", true),
    ] {
        let made = services.accounts.sign_up(new(name, email, Some(PASSWORD)), &origin).await;
        assert_eq!(made.is_ok(), is_made, "{name} {email}");
        assert_eq!(services.core.passwords.runs(), 1, "{name} {email}");
    }
    services.close().await;
}
