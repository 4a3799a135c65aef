//! Services on a database of their own.

use std::{net::IpAddr, path::PathBuf, sync::Arc};

use model::{
    action::ActionSet,
    denial::Code,
    ecosystem::Ecosystem,
    id::{AccountId, FormId},
    policy::{FixedSettings, Setting},
    scope::{FeedSet, ScopeChoice},
    timestamp::Timestamp,
    token_form::TokenDraft,
    views::Provider,
};
use registry::{
    Actor, Caller, Error, Grant, Limits, Origin, Program, Services, Settings,
    access::{AccessRequest, Credential, Wanted},
    accounts::NewAccount,
    clock::SetClock,
    feeds::NewFeed,
    packages::Release,
    sessions::PasswordText,
};
use sqlx::{
    Connection, PgConnection, SqliteConnection, postgres::PgConnectOptions,
    sqlite::SqliteConnectOptions,
};
use tempfile::TempDir;

pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// One data folder and database; services can be opened on it again and again.
pub(crate) struct World {
    pub(crate) clock: Arc<SetClock>,
    pub(crate) policy: FixedSettings,
    pub(crate) key_file: Option<PathBuf>,
    folder: TempDir,
    database: Option<String>,
}

/// Tells a story on SQLite, then on PostgreSQL.
pub(crate) async fn on_both<F: Future<Output = ()>>(story: impl Fn(World) -> F) {
    story(World::new(None)).await;
    let name = format!("services_{}", testing::database_name());
    let server: PgConnectOptions = testing::postgres().parse().unwrap();
    let mut connection = PgConnection::connect_with(&server.database("postgres")).await.unwrap();
    let create = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"));
    sqlx::query(create).execute(&mut connection).await.unwrap();
    story(World::new(Some(format!("{}/{name}", testing::postgres())))).await;
}

impl World {
    fn new(database: Option<String>) -> Self {
        Self {
            clock: Arc::new(SetClock::at(Timestamp::from_millis(1_795_521_600_000))),
            policy: FixedSettings::default(),
            key_file: None,
            folder: tempfile::tempdir().unwrap(),
            database,
        }
    }

    pub(crate) async fn open(&self, program: Program) -> Arc<Services> {
        let settings = Settings {
            data: self.folder.path().join("data"),
            database: self.database.clone(),
            blobs: None,
            key_file: self.key_file.clone(),
            policy: self.policy.clone(),
            providers: providers(),
            limits: Limits { package_bytes: 1 << 20, document_bytes: 1 << 20 },
            public_url: "https://feeds.example.com".to_owned(),
            clock: self.clock.clone(),
            program,
        };
        Services::open(settings).await.unwrap()
    }

    /// Sets something of the policy by a flag, for services that are opened from now on.
    pub(crate) fn fix(&mut self, setting: Setting, text: &str) {
        let place = format!("--{}", setting.key().replace('_', "-"));
        self.policy.fix(setting, text, place).unwrap();
    }

    /// The details of the acts of this name in the audit log, the oldest first.
    pub(crate) async fn audited(&self, act: &str) -> Vec<serde_json::Value> {
        let query = "SELECT details FROM audit_log WHERE act LIKE $1 ORDER BY seq";
        let rows = self.audit_rows(query, act).await;
        rows.iter().map(|row| serde_json::from_str(row).unwrap()).collect()
    }

    /// The names of all acts in the audit log, the oldest first.
    pub(crate) async fn acts(&self) -> Vec<String> {
        self.audit_rows("SELECT act FROM audit_log WHERE act LIKE $1 ORDER BY seq", "%").await
    }

    async fn audit_rows(&self, query: &'static str, act: &str) -> Vec<String> {
        if let Some(address) = &self.database {
            let mut connection = PgConnection::connect(address).await.unwrap();
            sqlx::query_scalar(query).bind(act).fetch_all(&mut connection).await.unwrap()
        } else {
            let file = self.folder.path().join("data/latchkey.db");
            let options = SqliteConnectOptions::new().filename(file);
            let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
            sqlx::query_scalar(query).bind(act).fetch_all(&mut connection).await.unwrap()
        }
    }

    /// A server on which ana owns the feed `main`.
    pub(crate) async fn with_ana(&self) -> (Arc<Services>, AccountId) {
        let services = self.open(Program::Server).await;
        let (ana, _) =
            services.accounts.create(&operator(), new_account("ana"), false).await.unwrap();
        let feed =
            NewFeed { name: "main".parse().unwrap(), description: String::new(), is_public: false };
        services.feeds.create_for(&operator(), ana, feed).await.unwrap();
        (services, ana)
    }
}

/// Two that vouch for people; one of them cannot confirm anything later.
fn providers() -> Vec<Provider> {
    [("contoso", "Contoso", true), ("github", "GitHub", false)]
        .map(|(name, label, can_confirm)| Provider {
            name: name.to_owned(),
            label: label.to_owned(),
            can_confirm,
        })
        .to_vec()
}

pub(crate) fn operator() -> Actor {
    Actor::Operator("root".to_owned())
}

pub(crate) fn origin() -> Origin {
    let address: IpAddr = "10.1.2.3".parse().unwrap();
    Origin { address, user_agent: "npm/11.19.1 node/v20".to_owned() }
}

pub(crate) fn password() -> PasswordText {
    PasswordText::new(PASSWORD)
}

pub(crate) fn new_account(name: &str) -> NewAccount {
    NewAccount {
        username: name.parse().unwrap(),
        email: format!("{name}@example.com").parse().unwrap(),
        password: Some(password()),
    }
}

pub(crate) async fn sign_in(services: &Services, name: &str) -> Caller {
    let secret = services.sessions.sign_in(name, &password(), &origin()).await.unwrap();
    services.sessions.resolve(secret.expose(), origin().address).await.unwrap().unwrap()
}

/// A token that may read and write every feed.
pub(crate) fn draft(description: &str) -> TokenDraft {
    let choice = ScopeChoice {
        read: Some(FeedSet::All),
        write: Some(FeedSet::All),
        patterns: Vec::new(),
        read_any_package: false,
        extras: ActionSet::NONE,
    };
    TokenDraft {
        description: description.to_owned(),
        scope: choice.into_scope().unwrap(),
        not_before: None,
        expires_at: None,
        networks: Vec::new(),
        is_pre_authenticated: false,
    }
}

pub(crate) fn form_id() -> FormId {
    "0190f3c1-6d2e-7a54-9b1c-2f6f0f3a9d11".parse().unwrap()
}

/// What becomes of a request in the feed `main` with this token.
pub(crate) async fn ask(
    services: &Services,
    token: &str,
    wanted: Wanted<'_>,
) -> Result<Grant, Code> {
    let origin = origin();
    let request = AccessRequest { feed: "main", wanted, origin: &origin };
    match services.access.authorize(&Credential::Token(token.to_owned()), request).await {
        Ok(grant) => Ok(grant),
        Err(Error::Denied(denial)) => Err(denial.code),
        Err(error) => panic!("{error:?}"),
    }
}

pub(crate) async fn may_read(services: &Services, token: &str) -> Result<(), Code> {
    ask(services, token, Wanted::Read(Ecosystem::Npm, "demo")).await.map(|_| ())
}

pub(crate) fn release(name: &str, version: &str) -> Release {
    Release {
        name: name.to_owned(),
        version: version.to_owned(),
        version_key: version.to_owned(),
        manifest: "{}".to_owned(),
        manifest_short: "{}".to_owned(),
        readme: String::new(),
        tags: vec!["latest".to_owned()],
        file_name: format!("{name}-{version}.tgz"),
    }
}

/// Publishes a version with this token.
pub(crate) async fn publish(
    services: &Services,
    token: &str,
    name: &str,
    version: &str,
) -> Result<(), Error> {
    publish_release(services, token, &release(name, version)).await
}

/// The same for a release of one's own making.
pub(crate) async fn publish_release(
    services: &Services,
    token: &str,
    release: &Release,
) -> Result<(), Error> {
    let origin = origin();
    let wanted = Wanted::Push(Ecosystem::Npm, &release.name);
    let request = AccessRequest { feed: "main", wanted, origin: &origin };
    let grant = services.access.authorize(&Credential::Token(token.to_owned()), request).await?;
    let mut staging = services.packages.stage(&grant)?;
    staging.write(b"archive").await?;
    services.packages.publish(&grant, release, &staging.finish().await?).await
}
