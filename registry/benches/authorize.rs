//! The whole authentication step, from a token's text to leave to read a package, with few tokens in
//! the database (`SQLite`) and with many. Warm is a token that the server knows, cold is one that it has to
//! read.
#![expect(clippy::unwrap_used, reason = "what cannot be set up cannot be measured")]

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use criterion::Criterion;
use model::{
    action::ActionSet,
    ecosystem::Ecosystem,
    policy::FixedSettings,
    scope::{FeedSet, ScopeChoice},
    token::{RANDOM_DIGITS, TokenKind, TokenText},
    token_form::TokenDraft,
};
use registry::{
    Actor, Grant, Limits, Origin, Program, Services, Settings,
    access::{AccessRequest, Credential, Wanted},
    accounts::NewAccount,
    clock::SystemClock,
    feeds::NewFeed,
};
use sha2::{Digest as _, Sha256};
use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};
use tokio::runtime::Runtime;

/// Tokens whose text is known here, so that they can be presented.
const KNOWN: u64 = 1_000;
/// How often the server looks whether another process changed anything, and some time more.
const NOTICED: Duration = Duration::from_millis(300);

fn main() {
    let runtime = Runtime::new().unwrap();
    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("authorize");
    for tokens in [1_000, 1_000_000] {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        runtime.block_on(make(&data, tokens));
        let services = runtime.block_on(open(&data, Program::Server));
        group.bench_function(format!("warm, {tokens} tokens"), |bencher| {
            let credential = Credential::Token(text(1));
            bencher.iter(|| runtime.block_on(authorize(&services, &credential)));
        });
        let mut next = 0;
        group.sample_size(20).bench_function(format!("cold, {tokens} tokens"), |bencher| {
            bencher.iter_custom(|times| {
                let mut taken = Duration::ZERO;
                for _ in 0..times {
                    if next % KNOWN == 0 {
                        runtime.block_on(forget(&data));
                    }
                    next += 1;
                    let credential = Credential::Token(text(next % KNOWN + 1));
                    let began = Instant::now();
                    runtime.block_on(authorize(&services, &credential));
                    taken += began.elapsed();
                }
                taken
            });
        });
        runtime.block_on(services.close());
    }
    group.finish();
    criterion.final_summary();
}

async fn authorize(services: &Services, credential: &Credential) -> Grant {
    let origin = Origin { address: [10, 1, 2, 3].into(), user_agent: "npm/11.0.0".to_owned() };
    let wanted = Wanted::Read(Ecosystem::Npm, "@acme/demo");
    let request = AccessRequest { feed: "main", wanted, origin: &origin };
    services.access.authorize(credential, request).await.unwrap()
}

async fn open(data: &Path, program: Program) -> Arc<Services> {
    let settings = Settings {
        data: data.to_owned(),
        database: None,
        blobs: None,
        key_file: None,
        policy: FixedSettings::default(),
        providers: Vec::new(),
        limits: Limits { package_bytes: 1 << 20, document_bytes: 1 << 20 },
        public_url: "http://127.0.0.1".to_owned(),
        clock: Arc::new(SystemClock),
        program,
    };
    Services::open(settings).await.unwrap()
}

/// A database with so many tokens that read one feed. One is made as people make it, the others are
/// copies of its rows.
async fn make(data: &Path, tokens: u64) {
    let services = open(data, Program::Command).await;
    let operator = Actor::Operator("bench".to_owned());
    let account = NewAccount {
        username: "ana".parse().unwrap(),
        email: "ana@example.com".parse().unwrap(),
        password: None,
    };
    let (ana, _) = services.accounts.create(&operator, account, false).await.unwrap();
    let feed =
        NewFeed { name: "main".parse().unwrap(), description: String::new(), is_public: false };
    let main = services.feeds.create_for(&operator, ana, feed).await.unwrap();
    let choice = ScopeChoice {
        read: Some(FeedSet::Only(vec![main])),
        write: None,
        patterns: vec!["@acme/*".parse().unwrap()],
        read_any_package: false,
        extras: ActionSet::NONE,
    };
    let draft = TokenDraft {
        description: "seed".to_owned(),
        scope: choice.into_scope().unwrap(),
        not_before: None,
        expires_at: None,
        networks: Vec::new(),
        is_pre_authenticated: false,
    };
    services.tokens.create_for(&operator, ana, draft).await.unwrap();
    services.close().await;

    let mut connection = connect(data).await;
    let token = "(SELECT id FROM tokens WHERE description = 'seed')";
    let rule = format!("(SELECT id FROM token_rules WHERE token_id = {token})");
    // Ids that grow, as those of rows made one after the other do.
    let key = "CAST(printf('%016d', i) AS BLOB)";
    let mut statements = vec!["PRAGMA synchronous = OFF".to_owned(), "BEGIN".to_owned()];
    for (table, of, set) in [
        ("tokens", format!("t.id = {token}"), format!("id = {key}")),
        (
            "token_secrets",
            format!("t.token_id = {token}"),
            format!(
                "id = {key}, token_id = {key}, hash = CAST(printf('%032d', i) AS BLOB), \
                 first_used_at = created_at"
            ),
        ),
        ("token_rules", format!("t.token_id = {token}"), format!("id = {key}, token_id = {key}")),
        ("token_rule_feeds", format!("t.rule_id = {rule}"), format!("rule_id = {key}")),
        ("token_rule_patterns", format!("t.rule_id = {rule}"), format!("rule_id = {key}")),
    ] {
        statements.extend([
            format!(
                "CREATE TEMP TABLE copy AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 \
                 FROM n WHERE i < {tokens}) SELECT t.*, i FROM n, {table} AS t WHERE {of}"),
            format!("UPDATE copy SET {set}"),
            "ALTER TABLE copy DROP COLUMN i".to_owned(),
            format!("INSERT INTO {table} SELECT * FROM copy"),
            "DROP TABLE copy".to_owned(),
        ]);
    }
    for statement in statements {
        sqlx::query(AssertSqlSafe(statement)).execute(&mut connection).await.unwrap();
    }
    for number in 1..=KNOWN {
        sqlx::query("UPDATE token_secrets SET hash = $1 WHERE id = CAST($2 AS BLOB)")
            .bind(Sha256::digest(text(number)).to_vec())
            .bind(format!("{number:016}"))
            .execute(&mut connection)
            .await
            .unwrap();
    }
    sqlx::query("COMMIT").execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

/// Lets the server forget what it remembers, as a change made by another process does.
async fn forget(data: &Path) {
    let mut connection = connect(data).await;
    let bump = "UPDATE change_counter SET value = value + 1";
    sqlx::query(bump).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    tokio::time::sleep(NOTICED).await;
}

async fn connect(data: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(data.join("latchkey.db"));
    SqliteConnection::connect_with(&options).await.unwrap()
}

/// The text of the token of this number.
fn text(number: u64) -> String {
    let mut digits = [0; RANDOM_DIGITS];
    digits[..8].copy_from_slice(&number.to_be_bytes().map(|byte| byte % 62));
    digits[8..16].copy_from_slice(&number.to_be_bytes().map(|byte| byte / 62));
    TokenText::from_digits(TokenKind::Additional, &digits).expose().to_owned()
}
