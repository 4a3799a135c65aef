//! What is gathered of the use of tokens, and the list of them.

use model::{
    decide::{TokenFacts, TokenState},
    id::{AccountId, FormId, SecretId, SessionId, TokenId},
    scope::Scope,
    timestamp::Timestamp,
    token::TokenKind,
};

use super::{NOW, account, feed, id, later};
use crate::storage::{
    Database, Source as _, sql,
    test_databases::on_both,
    tokens::{
        self, Creation, Secret,
        list::{self, Wanted},
    },
    usage::{self, Use},
};

const DAY: u64 = 86_400;

async fn token(database: &Database, owner: AccountId, kind: TokenKind, text: &str) -> TokenId {
    let facts = TokenFacts {
        state: TokenState::Active,
        state_since: None,
        not_before: None,
        expires_at: (text == "short").then(|| later(100)),
        networks: Vec::new(),
        scope: Scope::full(),
        is_pre_authenticated: false,
    };
    let token = id();
    let mut transaction = database.write().await.unwrap();
    let creation = Creation { at: NOW, by: "ana", from: "10.0.0.1", form: None };
    tokens::insert(&mut transaction, token, owner, kind, text, &facts, creation).await.unwrap();
    for (position, rule) in (0_i64..).zip(&facts.scope.rules) {
        tokens::insert_rule(&mut transaction, id(), token, position, rule).await.unwrap();
    }
    transaction.commit().await.unwrap();
    token
}

async fn secret(database: &Database, token: TokenId, generation: u8, at: Timestamp) -> SecretId {
    let secret = Secret {
        id: id(),
        token,
        generation: generation.into(),
        last4: format!("000{generation}"),
        sealed: None,
        key_version: 1,
        created_at: at,
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

fn entry(account: AccountId, of: (TokenId, SecretId), at: Timestamp, address: &str) -> Use {
    Use {
        id: id(),
        first_at: at,
        at,
        times: 1,
        account,
        token: Some(of),
        address: address.to_owned(),
        client: "npm 11".to_owned(),
        feed: None,
        ecosystem: None,
        package: None,
        action: None,
        result: Use::ACCEPTED,
    }
}

#[tokio::test]
async fn days_add_up_and_are_kept_for_a_while() {
    on_both(async |database| {
        let token: TokenId = id();
        let day = usage::days_since_epoch(NOW);
        let mut transaction = database.write().await.unwrap();
        usage::add_to_day(&mut transaction, token, day, 2, 1).await.unwrap();
        usage::add_to_day(&mut transaction, token, day, 3, 0).await.unwrap();
        usage::add_to_day(&mut transaction, token, day - 1, 1, 1).await.unwrap();
        transaction.commit().await.unwrap();
        let days = async |from| usage::days(&mut &database, token, from).await.unwrap();
        assert_eq!(days(day - 9).await, [(day - 1, 1, 1), (day, 5, 1)]);
        assert_eq!(days(day).await, [(day, 5, 1)]);
        let mut transaction = database.write().await.unwrap();
        usage::sweep(&mut transaction, NOW).await.unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(days(0).await, [(day, 5, 1)]);
    })
    .await;
}

#[tokio::test]
async fn sources_are_merged_and_the_newest_hundred_stay() {
    on_both(async |database| {
        let ana = account(&database, "ana").await;
        let of: (TokenId, SecretId) = (id(), id());
        let mut transaction = database.write().await.unwrap();
        for number in 0..105_u64 {
            let used = entry(ana, of, later(number), &format!("10.0.0.{number}"));
            usage::note_source(&mut transaction, &used, NOW, 1).await.unwrap();
        }
        // What is written late does not bring the last use back.
        let late = entry(ana, of, NOW, "10.0.0.104");
        usage::note_source(&mut transaction, &late, NOW, 1).await.unwrap();
        usage::insert(&mut transaction, &late).await.unwrap();
        transaction.commit().await.unwrap();
        let sources = usage::sources(&mut &database, of.0).await.unwrap();
        assert_eq!(sources.len(), 100);
        assert_eq!(sources[0].last_at, later(104));
        assert_eq!((sources[0].address.as_str(), sources[0].secret), ("10.0.0.104", of.1));
        let recent = usage::recent(&mut &database, of.0, 9).await.unwrap();
        assert_eq!((recent.len(), recent[0].address.as_str()), (1, "10.0.0.104"));

        let count = async || {
            let kept = sql("SELECT COUNT(*) FROM token_sources WHERE token_id = $1").bind(of.0);
            (&database).count(kept).await.unwrap()
        };
        assert_eq!(count().await, 105);
        let mut transaction = database.write().await.unwrap();
        usage::sweep(&mut transaction, NOW).await.unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(count().await, 100);
        let mut transaction = database.write().await.unwrap();
        usage::sweep(&mut transaction, later(100)).await.unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(count().await, 5);
    })
    .await;
}

#[tokio::test]
async fn a_use_of_a_form_leads_to_its_secret() {
    on_both(async |database| {
        let ana = account(&database, "ana").await;
        let token = token(&database, ana, TokenKind::Primary, "Primary").await;
        let made = secret(&database, token, 1, NOW).await;
        let (form, session): (FormId, SessionId) = (id(), id());
        let find = async || tokens::secret_by_form(&mut &database, form).await.unwrap();
        assert!(find().await.is_none());
        let mut transaction = database.write().await.unwrap();
        tokens::note_form(&mut transaction, made, form, session).await.unwrap();
        transaction.commit().await.unwrap();
        let (found, in_session) = find().await.unwrap();
        assert_eq!((found.id, in_session), (made, Some(session)));
    })
    .await;
}

#[tokio::test]
async fn a_page_of_the_list_and_what_stands_above_it() {
    on_both(async |database| {
        let ana = account(&database, "ana").await;
        let main = feed(&database, "main", ana, false).await;
        let mut made = Vec::new();
        for (kind, text) in [
            (TokenKind::Primary, "Primary"),
            (TokenKind::Additional, "CI"),
            (TokenKind::Additional, "short"),
        ] {
            let token = token(&database, ana, kind, text).await;
            made.push((token, secret(&database, token, 1, NOW).await));
        }
        let wanted = |text| Wanted {
            owner: ana,
            text,
            standing: "",
            sort: "name",
            now: later(1),
            soon: later(DAY),
            unused_since: NOW,
            revoked_since: NOW,
        };
        let mut database_source = &database;
        assert_eq!(list::counts(&mut database_source, &wanted("ci")).await.unwrap(), (2, 1));
        let (page, names) = list::page(&database, &wanted(""), 0).await.unwrap();
        let found: Vec<_> = page.iter().map(|listed| listed.token.id).collect();
        assert_eq!(found, [made[0].0, made[1].0, made[2].0], "the primary one stands above");
        assert!(
            names.is_empty() && page.iter().all(|listed| listed.token.facts.scope == Scope::full())
        );
        assert_eq!(page[1].newest.id, made[1].1);
        let soon = list::expiring(&mut database_source, ana, later(1), later(DAY)).await.unwrap();
        assert_eq!(soon, [(made[2].0, "short".to_owned(), later(100), 1)]);

        let (token, first) = made[1];
        let second = secret(&database, token, 2, later(10)).await;
        let mut transaction = database.write().await.unwrap();
        tokens::set_stop(&mut transaction, first, later(50), None, later(10)).await.unwrap();
        let mut used = entry(ana, (token, first), later(20), "10.0.0.2");
        used.feed = Some(main);
        usage::note_source(&mut transaction, &used, later(20), 1).await.unwrap();
        usage::note_last(&mut transaction, &used).await.unwrap();
        transaction.commit().await.unwrap();
        let replaced = async |now| list::replaced(&mut &database, ana, now, NOW).await.unwrap();
        let [living] = &replaced(later(30)).await[..] else { panic!("one works") };
        assert_eq!((living.token, living.secret, living.stops_at), (token, first, later(50)));
        assert_eq!(living.used_by.as_ref().unwrap().address, "10.0.0.2");
        assert!(replaced(later(60)).await.is_empty(), "nobody has sent it since it stopped");
        let (page, _) = list::page(&database, &wanted(""), 0).await.unwrap();
        assert_eq!(page[1].newest.id, second);
        assert_eq!(page[1].last_used_feed.as_deref(), Some("main"));
    })
    .await;
}
