//! Commands beside a running server: what they change is in force there in under a second.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use model::{ecosystem::Ecosystem, policy::FixedSettings, views::Provider};
use registry::{
    Limits, Origin, Program, Services, Settings,
    access::{AccessRequest, Credential, Wanted},
    clock::SystemClock,
};

use super::{Cli, text};

/// The services of a server on the same data.
pub(super) async fn services_of(cli: &Cli) -> Arc<Services> {
    Services::open(Settings {
        data: cli.folder.path().join("data"),
        database: cli.database.clone(),
        blobs: None,
        key_file: None,
        policy: FixedSettings::default(),
        providers: vec![Provider {
            name: "contoso".to_owned(),
            label: "Contoso".to_owned(),
            can_confirm: true,
        }],
        limits: Limits { package_bytes: 1_000_000, document_bytes: 100_000 },
        public_url: "http://127.0.0.1:3000".to_owned(),
        clock: Arc::new(SystemClock),
        program: Program::Server,
    })
    .await
    .unwrap()
}

/// Whether the server lets this token read from `main`.
async fn reads(services: &Services, token: &str) -> bool {
    let origin = Origin { address: [127, 0, 0, 1].into(), user_agent: "test".to_owned() };
    let wanted = Wanted::Read(Ecosystem::Npm, "demo");
    let request = AccessRequest { feed: "main", wanted, origin: &origin };
    services.access.authorize(&Credential::Token(token.to_owned()), request).await.is_ok()
}

/// Asks until the server has heard; it has to within a second.
async fn soon(services: &Services, token: &str, expected: bool) {
    let started = Instant::now();
    while reads(services, token).await != expected {
        assert!(started.elapsed() < Duration::from_secs(1), "expected {expected}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_command_changes_is_in_force_in_under_a_second() {
    let cli = Cli::new();
    let services = services_of(&cli).await;
    let token = cli.does(&["token", "create", "--user", "bob", "--description", "CI"]);
    let id = text(&cli.tokens("bob")[1], "id").to_owned();
    soon(&services, &token, false).await;

    cli.does(&["feed", "member", "set", "main", "bob", "reader"]);
    soon(&services, &token, true).await;
    cli.does(&["token", "suspend", &id]);
    soon(&services, &token, false).await;
    cli.does(&["token", "resume", &id]);
    soon(&services, &token, true).await;
    cli.does(&["user", "disable", "bob"]);
    soon(&services, &token, false).await;
    cli.does(&["user", "enable", "bob"]);
    soon(&services, &token, true).await;

    let second = cli.does(&["token", "regenerate", &id, "--old-stops", "24h"]);
    soon(&services, &second, true).await;
    soon(&services, &token, true).await;
    let third = cli.does(&["token", "regenerate", &id]);
    soon(&services, &third, true).await;
    soon(&services, &second, false).await;
    soon(&services, &token, false).await;
    cli.does(&["token", "revoke", &id]);
    soon(&services, &third, false).await;
    services.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_made_by_a_command_can_be_shown_by_the_server() {
    let cli = Cli::new();
    let services = services_of(&cli).await;
    cli.token(&[]);
    let owner = services.accounts.id_of("ana").await.unwrap();
    let tokens = services.tokens.list(owner).await.unwrap();
    assert!(tokens.iter().all(|token| token.can_be_shown));
    services.close().await;
}
