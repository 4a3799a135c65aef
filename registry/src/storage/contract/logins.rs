//! Sign-ins that terminals began.

use model::{
    decide::{TokenFacts, TokenState},
    id::TokenId,
    scope::Scope,
    token::TokenKind,
};
use uuid::Uuid;

use super::{NOW, account, id, later};
use crate::storage::{
    logins::{self, LoginState, NewWebLogin},
    test_databases::on_both,
    tokens::{self, Creation},
};

fn new<'a>(hashes: &'a [[u8; 32]; 2], network: &'a str, ends_after: u64) -> NewWebLogin<'a> {
    NewWebLogin {
        id: id::<Uuid>(),
        feed: "main",
        login_hash: &hashes[0],
        done_hash: &hashes[1],
        address: "10.1.2.3".to_owned(),
        network,
        client: "npm 11.19.1".to_owned(),
        now: NOW,
        ends_at: later(ends_after),
    }
}

#[tokio::test]
async fn a_sign_in_is_found_by_either_secret_and_decided() {
    on_both(async |database| {
        let ana = account(&database, "ana").await;
        let mut transaction = database.write().await.unwrap();
        logins::insert(&mut transaction, new(&[[1; 32], [2; 32]], "10.1.2.0/24", 600))
            .await
            .unwrap();
        let login = logins::by_login(&mut transaction, &[1; 32]).await.unwrap().unwrap();
        let done = logins::by_done(&mut transaction, &[2; 32]).await.unwrap().unwrap();
        assert_eq!((login.id, login.state, login.account), (done.id, LoginState::Open, None));
        assert_eq!((login.feed.as_str(), login.address.as_str()), ("main", "10.1.2.3"));
        assert_eq!((login.client.as_str(), login.created_at), ("npm 11.19.1", NOW));
        assert_eq!((login.ends_at, login.choice.as_str()), (later(600), ""));
        assert!(logins::by_login(&mut transaction, &[2; 32]).await.unwrap().is_none());
        assert!(logins::by_done(&mut transaction, &[1; 32]).await.unwrap().is_none());
        let approved = LoginState::Approved;
        logins::decide(&mut transaction, login.id, approved, ana, "{}").await.unwrap();
        let login = logins::by_done(&mut transaction, &[2; 32]).await.unwrap().unwrap();
        assert_eq!(
            (login.state, login.account, login.choice.as_str()),
            (approved, Some(ana), "{}")
        );
        for state in [LoginState::Denied, LoginState::Over] {
            logins::set_state(&mut transaction, login.id, state).await.unwrap();
            let login = logins::by_done(&mut transaction, &[2; 32]).await.unwrap().unwrap();
            assert_eq!((login.state, login.account), (state, Some(ana)));
        }
        transaction.commit().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn those_that_wait_are_counted_and_the_old_swept() {
    on_both(async |database| {
        let mut transaction = database.write().await.unwrap();
        for (number, network, ends_after) in [(1, "a", 10), (3, "a", 20), (5, "b", 30)] {
            let hashes = [[number; 32], [number + 1; 32]];
            logins::insert(&mut transaction, new(&hashes, network, ends_after)).await.unwrap();
        }
        let all = logins::waiting(&mut transaction, None, NOW).await.unwrap();
        assert_eq!(all, (3, Some(later(10))));
        let of = async |transaction: &mut _, network, now| {
            logins::waiting(transaction, Some(network), now).await.unwrap()
        };
        assert_eq!(of(&mut transaction, "a", NOW).await, (2, Some(later(10))));
        assert_eq!(of(&mut transaction, "a", later(10)).await, (1, Some(later(20))));
        assert_eq!(of(&mut transaction, "c", NOW).await, (0, None));
        let login = logins::by_login(&mut transaction, &[3; 32]).await.unwrap().unwrap();
        logins::set_state(&mut transaction, login.id, LoginState::Over).await.unwrap();
        assert_eq!(of(&mut transaction, "a", NOW).await, (1, Some(later(10))));
        assert_eq!(logins::sweep(&mut transaction, later(20)).await.unwrap(), 1);
        assert!(logins::by_login(&mut transaction, &[1; 32]).await.unwrap().is_none());
        assert!(logins::by_login(&mut transaction, &[3; 32]).await.unwrap().is_some());
        transaction.commit().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn tokens_bear_the_mark_they_were_given() {
    on_both(async |database| {
        let ana = account(&database, "ana").await;
        let facts = TokenFacts {
            state: TokenState::Active,
            state_since: None,
            not_before: None,
            expires_at: None,
            networks: Vec::new(),
            scope: Scope::full(),
            is_pre_authenticated: false,
        };
        let mut transaction = database.write().await.unwrap();
        let ids: [TokenId; 2] = [id(), id()];
        for token in ids {
            let creation = Creation { at: NOW, by: "ana", from: "", form: None };
            let kind = TokenKind::Additional;
            tokens::insert(&mut transaction, token, ana, kind, "x", &facts, creation)
                .await
                .unwrap();
        }
        logins::mark(&mut transaction, ids[0]).await.unwrap();
        assert!(logins::is_marked(&mut transaction, ids[0]).await.unwrap());
        assert!(!logins::is_marked(&mut transaction, ids[1]).await.unwrap());
        transaction.commit().await.unwrap();
    })
    .await;
}
