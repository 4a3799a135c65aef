//! People, and everybody's tokens, as administrators look at them.

use model::{
    id::{AccountId, TokenId},
    listing::{EveryonesQuery, PeopleQuery, PeopleRole, PeopleState, TokenEnd, TokenUseFilter},
    role::Role,
    token::TokenKind,
};

use super::{
    ADDRESS, NOW, account, feed, id, later,
    tokens::{add_secret, facts, insert},
};
use crate::storage::{
    Database, accounts, feeds,
    links::{self, Purpose},
    people,
    sessions::{self, NewSession},
    sql,
    test_databases::on_both,
    tokens::everyones::{self, Wanted},
};

/// An account whose first password has not been chosen.
async fn invited(database: &Database, name: &str) -> AccountId {
    let account = id();
    let mut transaction = database.write().await.unwrap();
    let (email, name) = (format!("{name}@example.com").parse().unwrap(), name.parse().unwrap());
    accounts::insert(&mut transaction, account, &name, &email, None, false, NOW).await.unwrap();
    let (purpose, of) = (Purpose::ChoosePassword, Some(account));
    links::insert(&mut transaction, id(), purpose, &[7; 32], of, NOW, later(60)).await.unwrap();
    transaction.commit().await.unwrap();
    account
}

async fn names(database: &Database, query: PeopleQuery) -> Vec<String> {
    let mut database = database;
    let rows = people::page(&mut database, &query, 50, 0).await.unwrap();
    let (_, found) = people::counts(&mut database, &query).await.unwrap();
    assert_eq!(found, i64::try_from(rows.len()).unwrap(), "both know what is wanted");
    rows.into_iter().map(|row| row.username).collect()
}

#[tokio::test]
async fn people_are_listed_with_what_is_theirs() {
    on_both(async |database| {
        let ana = account(&database, "ana").await;
        let ben = invited(&database, "ben").await;
        let cid = account(&database, "cid").await;
        let main = feed(&database, "main", ana, false).await;
        feed(&database, "tools", ana, false).await;
        let token = insert(&database, ana, TokenKind::Primary, &facts(main), None).await;
        insert(&database, ana, TokenKind::Additional, &facts(main), None).await;
        let mut transaction = database.write().await.unwrap();
        people::set_admin(&mut transaction, ana, true).await.unwrap();
        accounts::set_disabled(&mut transaction, cid, Some(later(1))).await.unwrap();
        feeds::members::set(&mut transaction, main, cid, Role::Owner, NOW).await.unwrap();
        let session = NewSession {
            id: id(),
            secret_hash: &[1; 32],
            account_id: ana,
            now: later(5),
            confirmed_at: later(5),
            ends_at: later(100),
            address: ADDRESS.to_string(),
            client: "browser".to_owned(),
            identity: None,
            provider_session: None,
        };
        sessions::insert(&mut transaction, session).await.unwrap();
        let used = sql("UPDATE tokens SET last_used_at = $1 WHERE id = $2");
        transaction.execute(used.bind(later(9)).bind(token)).await.unwrap();
        transaction.commit().await.unwrap();

        let mut source = &database;
        let row = people::by_username(&mut source, "ana").await.unwrap().unwrap();
        assert_eq!((row.id, row.is_admin, row.state.as_str()), (ana.into(), true, "active"));
        assert_eq!((row.tokens, row.feeds, row.invited_until), (2, 2, None));
        let seen = (row.last_seen_at, row.token_used_at);
        assert_eq!(seen, (Some(later(5).as_millis()), Some(later(9).as_millis())));
        let row = people::by_username(&mut source, "ben").await.unwrap().unwrap();
        assert_eq!((row.state.as_str(), row.last_seen_at), ("invited", None));
        assert_eq!(row.invited_until, Some(later(60).as_millis()));
        assert_eq!(people::state(&mut source, cid).await.unwrap().as_deref(), Some("disabled"));

        let all = PeopleQuery::default;
        assert_eq!(names(&database, all()).await, ["ana", "ben", "cid"]);
        let of_state = |state| PeopleQuery { state, ..all() };
        assert_eq!(names(&database, of_state(PeopleState::Invited)).await, ["ben"]);
        assert_eq!(names(&database, of_state(PeopleState::Disabled)).await, ["cid"]);
        let of_role = |role| PeopleQuery { role, ..all() };
        assert_eq!(names(&database, of_role(PeopleRole::Admin)).await, ["ana"]);
        assert_eq!(names(&database, of_role(PeopleRole::User)).await, ["ben", "cid"]);
        let called = |text: &str| PeopleQuery { text: text.to_owned(), ..all() };
        assert_eq!(names(&database, called("CID@exam")).await, ["cid"]);
        assert!(names(&database, called("_")).await.is_empty(), "it is no pattern");

        let feeds = people::owned_feeds(&mut source, ana).await.unwrap();
        let alone = [("main".to_owned(), true), ("tools".to_owned(), true)];
        assert_eq!(feeds, alone, "a disabled owner does not count");
        let sessions =
            async |idle| people::sessions(&mut &database, ana, later(50), idle).await.unwrap();
        assert_eq!((sessions(NOW).await, sessions(later(5)).await), (1, 0));
        assert_eq!(people::working_tokens(&mut source, ana, NOW).await.unwrap(), 2);
        assert!(!people::is_untouched(&mut source, ana).await.unwrap());
        assert!(people::is_untouched(&mut source, ben).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn an_administrator_who_cannot_sign_in_is_none() {
    on_both(async |database| {
        let ana = account(&database, "ana").await;
        let ben = invited(&database, "ben").await;
        let others = async || people::other_administrators(&mut &database, ana).await.unwrap();
        let mut transaction = database.write().await.unwrap();
        for administrator in [ana, ben] {
            people::set_admin(&mut transaction, administrator, true).await.unwrap();
        }
        transaction.commit().await.unwrap();
        assert_eq!(others().await, 0, "ben has no password");
        let mut transaction = database.write().await.unwrap();
        let link =
            "INSERT INTO identities (id, account_id, provider, issuer, subject, label, linked_at)
             VALUES ($1, $2, 'p', 'i', 's', 'l', 0)";
        let link = sql(link).bind(id::<uuid::Uuid>()).bind(ben);
        transaction.execute(link).await.unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(others().await, 1, "an identity signs in as well");
        let mut transaction = database.write().await.unwrap();
        accounts::set_disabled(&mut transaction, ben, Some(NOW)).await.unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(others().await, 0);
        let mut transaction = database.write().await.unwrap();
        people::remove(&mut transaction, ben).await.unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(people::state(&mut &database, ben).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn everybodys_tokens_are_found_by_owner_use_and_end() {
    on_both(async |database| {
        let ana = account(&database, "ana").await;
        let ben = account(&database, "ben").await;
        let main = feed(&database, "main", ana, false).await;
        let primary = insert(&database, ana, TokenKind::Primary, &facts(main), None).await;
        let used = insert(&database, ana, TokenKind::Additional, &facts(main), None).await;
        let mut endless = facts(main);
        endless.expires_at = None;
        let endless = insert(&database, ben, TokenKind::Additional, &endless, None).await;
        for token in [primary, used, endless] {
            add_secret(&database, token, 1).await;
        }
        let mut transaction = database.write().await.unwrap();
        let statement = sql("UPDATE tokens SET last_used_at = $1 WHERE id = $2");
        transaction.execute(statement.bind(later(3)).bind(used)).await.unwrap();
        transaction.commit().await.unwrap();
        let find = async |query: EveryonesQuery, unused_since| -> Vec<TokenId> {
            let wanted =
                Wanted { query: &query, now: NOW, soon: NOW, unused_since, revoked_since: NOW };
            let (listed, names) = everyones::page(&mut &database, &wanted, 0).await.unwrap();
            assert!(listed.is_empty() || names.get(&main).is_some_and(|name| name == "main"));
            let (total, found) = everyones::counts(&mut &database, &wanted).await.unwrap();
            assert_eq!((total, found), (3, i64::try_from(listed.len()).unwrap()));
            listed.into_iter().map(|listed| listed.token.id).collect()
        };
        let all = EveryonesQuery::default;
        assert_eq!(find(all(), NOW).await, [primary, used, endless], "by owner, the primary first");
        let of_ben = EveryonesQuery { owner: "ben".to_owned(), ..all() };
        assert_eq!(find(of_ben, NOW).await, [endless]);
        let with = |used| EveryonesQuery { used, ..all() };
        assert_eq!(find(with(TokenUseFilter::Never), NOW).await, [primary, endless]);
        assert_eq!(find(with(TokenUseFilter::Unused), later(2)).await, [primary, endless]);
        assert!(find(with(TokenUseFilter::Unused), NOW).await.is_empty());
        let ends = EveryonesQuery { end: TokenEnd::None, ..all() };
        assert_eq!(find(ends, NOW).await, [endless]);
        let by_name = EveryonesQuery { text: "BEN".to_owned(), ..all() };
        assert_eq!(find(by_name, NOW).await, [endless]);
        let none = EveryonesQuery { text: "%".to_owned(), ..all() };
        assert!(find(none, NOW).await.is_empty());
    })
    .await;
}
