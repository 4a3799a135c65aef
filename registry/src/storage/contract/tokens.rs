//! Tokens, secrets and rules.

use std::time::Duration;

use model::{
    action::ActionSet,
    decide::{TokenFacts, TokenState},
    id::{AccountId, FeedId, FormId, SecretId, SessionId, TokenId},
    scope::{Effect, FeedSet, Rule, Scope},
    token::TokenKind,
};
use uuid::Uuid;

use super::{NOW, account, feed, id, later};
use crate::storage::{
    Database, feeds, keys,
    test_databases::on_both,
    tokens::{self, Change, Creation, Secret},
    usage::{self, Use},
};

/// Facts with something in every part.
pub(super) fn facts(feed: FeedId) -> TokenFacts {
    let rule = |effect, actions, feeds, patterns: &[&str]| Rule {
        effect,
        actions,
        feeds,
        patterns: patterns.iter().map(|pattern| pattern.parse().unwrap()).collect(),
    };
    TokenFacts {
        state: TokenState::Active,
        state_since: Some(NOW),
        not_before: Some(NOW),
        expires_at: Some(later(100)),
        networks: vec!["10.0.0.0/8".parse().unwrap(), "2001:db8::/32".parse().unwrap()],
        scope: Scope {
            rules: vec![
                rule(Effect::Allow, ActionSet::READ, FeedSet::All, &[]),
                rule(Effect::Deny, ActionSet::ALL, FeedSet::All, &["npm|b*", "a*"]),
                rule(Effect::Allow, ActionSet::WRITE, FeedSet::Only(vec![feed]), &["c"]),
            ],
        },
        is_pre_authenticated: false,
    }
}

pub(super) async fn insert(
    database: &Database,
    owner: AccountId,
    kind: TokenKind,
    facts: &TokenFacts,
    form: Option<(FormId, SessionId)>,
) -> TokenId {
    let token = id();
    let mut transaction = database.write().await.unwrap();
    let creation = Creation { at: NOW, by: "ana", from: "10.0.0.1", form };
    tokens::insert(&mut transaction, token, owner, kind, "CI", facts, creation).await.unwrap();
    for (position, rule) in (0_i64..).zip(&facts.scope.rules) {
        tokens::insert_rule(&mut transaction, id::<Uuid>(), token, position, rule).await.unwrap();
    }
    transaction.commit().await.unwrap();
    token
}

pub(super) async fn add_secret(database: &Database, token: TokenId, generation: u8) -> SecretId {
    let secret = Secret {
        id: id(),
        token,
        generation: generation.into(),
        last4: format!("000{generation}"),
        sealed: Some(vec![generation; 60]),
        key_version: 1,
        created_at: NOW,
        first_used_at: None,
        stops_at: None,
        stops_after_first_use_ms: None,
    };
    let mut hash = [generation; 32];
    hash[..16].copy_from_slice(token.as_bytes());
    let mut transaction = database.write().await.unwrap();
    tokens::insert_secret(&mut transaction, &secret, &hash).await.unwrap();
    transaction.commit().await.unwrap();
    secret.id
}

#[tokio::test]
async fn a_token_comes_back_as_it_was_stored() {
    on_both(async |database| {
        let ana = account(&database, "ana").await;
        let main = feed(&database, "main", ana, false).await;
        let stored = facts(main);
        let token = insert(&database, ana, TokenKind::Additional, &stored, None).await;
        let found = tokens::by_id(&mut &database, token).await.unwrap().unwrap();
        assert_eq!(found.facts, stored);
        assert_eq!(
            (found.owner, found.kind, found.description.as_str()),
            (ana, TokenKind::Additional, "CI")
        );
        assert_eq!(
            (found.created_at, found.created_by.as_str(), found.created_from.as_str()),
            (NOW, "ana", "10.0.0.1")
        );
        assert_eq!(found.life, Some(std::time::Duration::from_secs(100)));
        assert_eq!((found.last_used_at, found.last_used_feed), (None, None));
        let all = tokens::of_owner(&mut &database, ana).await.unwrap();
        assert_eq!(all.iter().map(|token| &token.facts).collect::<Vec<_>>(), [&stored]);
        let named = feeds::named_by_tokens_of(&mut &database, ana).await.unwrap();
        assert_eq!(named, [(main, "main".to_owned())]);
        assert!(tokens::by_id(&mut &database, id()).await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn an_account_has_one_primary_token() {
    on_both(async |database| {
        let ana = account(&database, "ana").await;
        let stored = TokenFacts { networks: Vec::new(), ..facts(id()) };
        insert(&database, ana, TokenKind::Primary, &stored, None).await;
        insert(&database, ana, TokenKind::Additional, &stored, None).await;
        let mut transaction = database.write().await.unwrap();
        let creation = Creation { at: NOW, by: "ana", from: "", form: None };
        let second = tokens::insert(
            &mut transaction,
            id(),
            ana,
            TokenKind::Primary,
            "Primary",
            &stored,
            creation,
        );
        assert!(second.await.is_err());
    })
    .await;
}

#[tokio::test]
async fn secrets_are_found_and_stopped() {
    on_both(async |database| {
        let ana = account(&database, "ana").await;
        let token = insert(&database, ana, TokenKind::Additional, &facts(id()), None).await;
        let first = add_secret(&database, token, 1).await;
        let second = add_secret(&database, token, 2).await;
        let mut hash = [2; 32];
        hash[..16].copy_from_slice(token.as_bytes());
        let found = tokens::secret_by_hash(&mut &database, &hash).await.unwrap().unwrap();
        assert_eq!((found.id, found.token, found.last4.as_str()), (second, token, "0002"));
        assert!(tokens::secret_by_hash(&mut &database, &[7; 32]).await.unwrap().is_none());
        let newest = tokens::newest_secrets(&mut &database, ana).await.unwrap();
        assert_eq!(newest[&token].id, second);
        let mut transaction = database.write().await.unwrap();
        tokens::set_stop(&mut transaction, first, later(9), Some(3_600_000), NOW).await.unwrap();
        assert!(tokens::first_used(&mut transaction, second, later(1)).await.unwrap());
        assert!(!tokens::first_used(&mut transaction, second, later(2)).await.unwrap());
        transaction.commit().await.unwrap();
        let secrets = tokens::secrets(&mut &database, token).await.unwrap();
        let ids: Vec<_> = secrets.iter().map(|secret| secret.id).collect();
        assert_eq!(ids, [second, first], "newest first");
        assert_eq!(secrets[0].first_used_at, Some(later(1)));
        assert_eq!(
            (secrets[1].stops_at, secrets[1].stops_after_first_use_ms),
            (Some(later(9)), Some(3_600_000))
        );
        assert!(secrets[1].sealed.is_some());
        let mut transaction = database.write().await.unwrap();
        tokens::set_stop(&mut transaction, first, NOW, None, NOW).await.unwrap();
        transaction.commit().await.unwrap();
        let secrets = tokens::secrets(&mut &database, token).await.unwrap();
        assert!(secrets[1].sealed.is_none(), "what stopped is not shown again");
    })
    .await;
}

#[tokio::test]
async fn states_dates_and_copies_change() {
    on_both(async |database| {
        let ana = account(&database, "ana").await;
        let additional = insert(&database, ana, TokenKind::Additional, &facts(id()), None).await;
        let primary = insert(&database, ana, TokenKind::Primary, &facts(id()), None).await;
        add_secret(&database, additional, 1).await;
        add_secret(&database, primary, 1).await;
        let sealed =
            async |token| tokens::secrets(&mut &database, token).await.unwrap()[0].sealed.is_some();
        let mut transaction = database.write().await.unwrap();
        assert_eq!(tokens::drop_sealed(&mut transaction, false).await.unwrap(), 1);
        transaction.commit().await.unwrap();
        assert!(!sealed(additional).await && sealed(primary).await);
        let mut transaction = database.write().await.unwrap();
        tokens::set_state(
            &mut transaction,
            additional,
            TokenState::Suspended,
            "the operator",
            later(1),
        )
        .await
        .unwrap();
        tokens::set_state(&mut transaction, primary, TokenState::Revoked, "", later(1))
            .await
            .unwrap();
        let end = Some(later(7));
        tokens::set_dates(&mut transaction, additional, None, end, later(3)).await.unwrap();
        transaction.commit().await.unwrap();
        assert!(!sealed(primary).await, "what is revoked is not shown again");
        let found = tokens::by_id(&mut &database, additional).await.unwrap().unwrap();
        assert_eq!(found.facts.state, TokenState::Suspended);
        assert_eq!(found.stopped_by, "the operator");
        assert_eq!((found.facts.not_before, found.facts.expires_at), (None, Some(later(7))));
        assert_eq!((found.revision, found.changed_at), (3, later(3)));
        let mut transaction = database.write().await.unwrap();
        assert_eq!(tokens::drop_sealed(&mut transaction, true).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn a_form_and_the_last_use_are_remembered() {
    on_both(async |database| {
        let ana = account(&database, "ana").await;
        let main = feed(&database, "main", ana, false).await;
        let (form, session): (FormId, SessionId) = (id(), id());
        let made = Some((form, session));
        let token = insert(&database, ana, TokenKind::Additional, &facts(main), made).await;
        let made = tokens::MadeByForm { token, owner: ana, at: NOW, session: Some(session) };
        assert_eq!(tokens::by_form(&mut &database, form).await.unwrap(), Some(made));
        assert_eq!(tokens::by_form(&mut &database, id()).await.unwrap(), None);
        let entry = |at| Use {
            id: id(),
            first_at: at,
            at,
            times: 1,
            account: ana,
            token: Some((token, id())),
            address: "10.0.0.9".to_owned(),
            client: "npm 11".to_owned(),
            feed: Some(main),
            ecosystem: None,
            package: None,
            action: None,
            result: Use::ACCEPTED,
        };
        let mut transaction = database.write().await.unwrap();
        usage::note_last(&mut transaction, &entry(later(5))).await.unwrap();
        usage::note_last(&mut transaction, &entry(later(3))).await.unwrap();
        transaction.commit().await.unwrap();
        let found = tokens::by_id(&mut &database, token).await.unwrap().unwrap();
        assert_eq!((found.last_used_at, found.last_used_feed), (Some(later(5)), Some(main)));
        assert_eq!(found.last_used_client.as_deref(), Some("npm 11"));
        assert_eq!(found.last_used_from.as_deref(), Some("10.0.0.9"));
    })
    .await;
}

#[tokio::test]
async fn rules_networks_and_description_change() {
    on_both(async |database| {
        let ana = account(&database, "ana").await;
        let before = facts(id());
        let token = insert(&database, ana, TokenKind::Additional, &before, None).await;
        let other = insert(&database, ana, TokenKind::Additional, &before, None).await;
        let mut transaction = database.write().await.unwrap();
        let change = Change {
            description: "laptop",
            not_before: None,
            expires_at: Some(later(9)),
            life_ms: Some(9_000),
            is_pre_authenticated: true,
            at: later(1),
        };
        tokens::update(&mut transaction, token, change).await.unwrap();
        tokens::delete_rules(&mut transaction, token).await.unwrap();
        let networks = ["10.2.0.0/16", "2001:db8::/32", "10.2.0.0/16"];
        let networks = networks.map(|text| text.parse().unwrap());
        tokens::set_networks(&mut transaction, token, &networks).await.unwrap();
        transaction.commit().await.unwrap();
        let found = tokens::by_id(&mut &database, token).await.unwrap().unwrap();
        assert_eq!((found.description.as_str(), found.revision), ("laptop", 2));
        assert_eq!((found.life, found.changed_at), (Some(Duration::from_secs(9)), later(1)));
        assert_eq!(found.facts.expires_at, Some(later(9)));
        assert!(found.facts.scope.rules.is_empty());
        assert_eq!(found.facts.networks, networks[..2]);
        assert!(found.facts.is_pre_authenticated);
        let other = tokens::by_id(&mut &database, other).await.unwrap().unwrap();
        assert_eq!((other.revision, other.facts), (1, before));
    })
    .await;
}

#[tokio::test]
async fn sealed_copies_are_walked_and_replaced_and_tokens_counted_by_state() {
    on_both(async |database| {
        let ana = account(&database, "ana").await;
        let feed = feed(&database, "main", ana, false).await;
        let token = insert(&database, ana, TokenKind::Additional, &facts(feed), None).await;
        let secrets =
            [add_secret(&database, token, 1).await, add_secret(&database, token, 2).await];
        let rows = keys::sealed_after(&mut &database, Uuid::nil()).await.unwrap();
        let mut ids = secrets.map(Uuid::from);
        ids.sort();
        assert_eq!(rows.iter().map(|row| Uuid::from(row.id)).collect::<Vec<_>>(), ids);
        assert!(rows.iter().all(|row| (row.token_id, row.owner_id) == (token, ana)));

        let mut transaction = database.write().await.unwrap();
        keys::reseal(&mut transaction, rows[0].id, Some(vec![9]), 2).await.unwrap();
        keys::reseal(&mut transaction, rows[1].id, None, 2).await.unwrap();
        transaction.commit().await.unwrap();
        let left = keys::sealed_after(&mut &database, Uuid::nil()).await.unwrap();
        assert_eq!(left.len(), 1);
        assert_eq!((left[0].sealed.as_slice(), left[0].key_version), (&[9_u8][..], 2));
        assert!(keys::sealed_after(&mut &database, ids[0]).await.unwrap().is_empty());

        let counted = async |now| tokens::count_by_state(&mut &database, now).await.unwrap();
        assert_eq!(counted(later(99)).await, [("active".to_owned(), 1)]);
        assert_eq!(counted(later(100)).await, [("expired".to_owned(), 1)]);
    })
    .await;
}
