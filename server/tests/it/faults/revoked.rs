//! A storm of revocations while many connections read with the very tokens that are revoked.

use std::{
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread,
};

use model::{action::ActionSet, id::TokenId, role::Role};

use super::{
    counted, figure,
    wire::{Connection, account, operator, sign_in},
};
use crate::{
    npm::world::{allow, draft},
    operation::data::{Data, both_databases, publish},
};

const CONNECTIONS: usize = 64;
/// How far from the token that is revoked next those are that are read with.
const AROUND: usize = 4;

/// A token, and whether its revocation was acknowledged.
struct Token {
    id: TokenId,
    value: String,
    is_revoked: AtomicBool,
}

/// So many tokens of rob's, who reads the feed.
async fn tokens(data: &Data, count: usize) -> Vec<Token> {
    let services = data.services().await;
    let rob = account(&services, "rob").await;
    services.feeds.set_member(&operator(), "main", "rob", Role::Reader).await.unwrap();
    let mut tokens = Vec::new();
    for _ in 0..count {
        let draft = draft(vec![allow(ActionSet::READ, &[], &[])]);
        let made = services.tokens.create_for(&operator(), rob, draft).await.unwrap();
        let value = made.secret.unwrap().expose().to_owned();
        tokens.push(Token { id: made.id, value, is_revoked: AtomicBool::new(false) });
    }
    services.close().await;
    tokens
}

async fn storm(data: Data, count: usize) {
    const PATH: &str = "/F/main/npm/demo/-/demo-1.0.0.tgz";
    let (write, tokens) = (data.token(), tokens(&data, count).await);
    let run = data.serve(&[]);
    let address = run.address;
    assert!(publish(address, &write, "demo", "1.0.0"));
    let cookie = sign_in(address, "rob");
    // What is remembered of each token is what a revocation has to reach.
    let mut connection = Connection::open(address);
    for token in &tokens {
        assert_eq!(connection.get(PATH, &token.value).status, 200);
    }

    let (next, is_over) = (AtomicUsize::new(0), AtomicBool::new(false));
    let (served, refused, late) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
    let hammer = |number: usize| {
        let mut connection = Connection::open(address);
        let mut at = number;
        while !is_over.load(Ordering::Relaxed) {
            // One after the other around the one that is revoked at this moment.
            at += 1;
            let around = next.load(Ordering::Relaxed) + at % (2 * AROUND + 1);
            let token = &tokens[around.saturating_sub(AROUND).min(tokens.len() - 1)];
            let was_revoked = token.is_revoked.load(Ordering::SeqCst);
            let status = connection.get(PATH, &token.value).status;
            assert!(status == 200 || status == 401, "{status}");
            match (was_revoked, status) {
                (true, 200) => late.fetch_add(1, Ordering::Relaxed),
                (_, 200) => served.fetch_add(1, Ordering::Relaxed),
                _ => refused.fetch_add(1, Ordering::Relaxed),
            };
        }
    };
    thread::scope(|scope| {
        let hammer = &hammer;
        for number in 0..CONNECTIONS {
            scope.spawn(move || hammer(number));
        }
        let mut browser = Connection::open(address);
        for (number, token) in tokens.iter().enumerate() {
            next.store(number, Ordering::Relaxed);
            let reply = browser.post(&format!("/profile/tokens/{}/revoke", token.id), &cookie, "");
            assert_eq!(reply.status, 303, "{}", reply.text());
            token.is_revoked.store(true, Ordering::SeqCst);
        }
        is_over.store(true, Ordering::Relaxed);
    });
    // The first one has been idle for longer than such are kept.
    let mut connection = Connection::open(address);
    for token in &tokens {
        assert_eq!(connection.get(PATH, &token.value).status, 401, "at rest");
    }
    let [served, refused, late] = [served, refused, late].map(AtomicUsize::into_inner);
    assert_eq!(late, 0, "served after their token's revocation was acknowledged");
    assert!(served > count && refused > count, "{served} served, {refused} refused");
    figure(&format!(
        "revoke storm, {}: {count} revocations amid {CONNECTIONS} connections; {served} reads served, {refused} \
         refused, {late} served that began after the revocation was acknowledged",
        if data.database.is_some() { "PostgreSQL" } else { "SQLite" }
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_served_once_a_revocation_is_acknowledged() {
    for database in both_databases().await {
        storm(Data::new(database), counted(100, 1_000)).await;
    }
}
