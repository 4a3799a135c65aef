//! Linked identities, the sessions they began, and logout tokens.

use model::{
    id::{AccountId, IdentityId, SessionId},
    timestamp::Timestamp,
};

use super::{ADDRESS, NOW, account, id, later};
use crate::storage::{
    Database,
    identities::{self, Key},
    sessions::{self, NewSession},
    test_databases::on_both,
};

const KEY: Key<'static> =
    Key { provider: "contoso", issuer: "https://login.contoso.example", subject: "248289761001" };

async fn link(database: &Database, account: AccountId, key: Key<'_>) -> IdentityId {
    link_at(database, account, key, NOW).await
}

async fn link_at(
    database: &Database,
    account: AccountId,
    key: Key<'_>,
    at: Timestamp,
) -> IdentityId {
    let identity = id();
    let mut transaction = database.write().await.unwrap();
    identities::insert(&mut transaction, identity, account, key, "ada", at).await.unwrap();
    transaction.commit().await.unwrap();
    identity
}

async fn begin(
    database: &Database,
    account: AccountId,
    identity: Option<IdentityId>,
    there: Option<&str>,
    byte: u8,
) -> SessionId {
    let session = id();
    let new = NewSession {
        id: session,
        secret_hash: &[byte; 32],
        account_id: account,
        now: NOW,
        confirmed_at: later(byte.into()),
        ends_at: later(100),
        address: ADDRESS.to_string(),
        client: "browser".to_owned(),
        identity,
        provider_session: there,
    };
    let mut transaction = database.write().await.unwrap();
    sessions::insert(&mut transaction, new).await.unwrap();
    transaction.commit().await.unwrap();
    session
}

#[tokio::test]
async fn an_identity_is_its_provider_issuer_and_subject() {
    on_both(async |database| {
        let (ana, ben) = (account(&database, "ana").await, account(&database, "ben").await);
        let first = link(&database, ana, KEY).await;
        let other = Key { issuer: "https://other.example", ..KEY };
        let second = link_at(&database, ana, other, later(1)).await;
        let find = async |key| identities::by_key(&mut &database, key).await.unwrap();
        let found = find(KEY).await.unwrap();
        assert_eq!((found.id, found.account_id, found.linked_at), (first, ana, NOW));
        assert_eq!((found.label.as_str(), found.last_used_at), ("ada", None));
        assert_eq!((found.provider.as_str(), found.issuer.as_str()), (KEY.provider, KEY.issuer));
        for key in [
            Key { provider: "fabrikam", ..KEY },
            Key { issuer: "https://login.contoso.example/", ..KEY },
            Key { subject: "248289761002", ..KEY },
        ] {
            assert!(find(key).await.is_none(), "{key:?}");
        }
        let mut transaction = database.write().await.unwrap();
        assert!(identities::insert(&mut transaction, id(), ben, KEY, "b", NOW).await.is_err());
        drop(transaction);
        let mut transaction = database.write().await.unwrap();
        identities::used(&mut transaction, first, "ada l", later(5)).await.unwrap();
        transaction.commit().await.unwrap();
        let all = identities::of_account(&mut &database, ana).await.unwrap();
        assert_eq!(all.iter().map(|one| one.id).collect::<Vec<_>>(), [first, second]);
        assert_eq!((all[0].label.as_str(), all[0].last_used_at), ("ada l", Some(later(5))));
        let mut transaction = database.write().await.unwrap();
        identities::delete(&mut transaction, first).await.unwrap();
        transaction.commit().await.unwrap();
        assert!(find(KEY).await.is_none());
        assert_eq!(identities::of_account(&mut &database, ana).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn sessions_know_the_identity_that_began_them() {
    on_both(async |database| {
        let (ana, ben) = (account(&database, "ana").await, account(&database, "ben").await);
        let of_ana = link(&database, ana, KEY).await;
        let of_ben = link(&database, ben, Key { subject: "2", ..KEY }).await;
        let by_password = begin(&database, ana, None, None, 1).await;
        let one = begin(&database, ana, Some(of_ana), Some("one"), 2).await;
        let other = begin(&database, ana, Some(of_ana), None, 3).await;
        let bens = begin(&database, ben, Some(of_ben), Some("two"), 4).await;
        let found = sessions::by_secret(&mut &database, &[2; 32]).await.unwrap().unwrap();
        assert_eq!((found.id, found.confirmed_at, found.last_seen_at), (one, later(2), NOW));

        let begun = async |identity| {
            let begun = sessions::begun_by(&mut &database, identity).await.unwrap();
            let mut ids: Vec<_> = begun.into_iter().map(|begun| begun.id).collect();
            ids.sort();
            ids
        };
        assert_eq!(begun(of_ana).await.len(), 2);
        let named = sessions::begun_in(&mut &database, KEY.provider, KEY.issuer, "one").await;
        let named = named.unwrap();
        assert_eq!((named.len(), named[0].id, named[0].account), (1, one, ana));
        assert_eq!(named[0].username, "ana");
        for (provider, issuer, there) in [
            ("fabrikam", KEY.issuer, "one"),
            (KEY.provider, "https://other.example", "one"),
            (KEY.provider, KEY.issuer, "three"),
        ] {
            let none = sessions::begun_in(&mut &database, provider, issuer, there).await.unwrap();
            assert!(none.is_empty(), "{provider} {issuer} {there}");
        }

        let mut transaction = database.write().await.unwrap();
        sessions::delete_begun_by(&mut transaction, of_ana, other).await.unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(begun(of_ana).await, [other]);
        assert_eq!(begun(of_ben).await, [bens]);
        let mut transaction = database.write().await.unwrap();
        identities::delete(&mut transaction, of_ana).await.unwrap();
        transaction.commit().await.unwrap();
        for (byte, session) in [(1, by_password), (3, other)] {
            let left = sessions::by_secret(&mut &database, &[byte; 32]).await.unwrap().unwrap();
            assert_eq!(left.id, session, "a session outlives the identity that began it");
        }
    })
    .await;
}

#[tokio::test]
async fn a_logout_token_counts_once() {
    on_both(async |database| {
        let mut transaction = database.write().await.unwrap();
        assert!(identities::is_first(&mut transaction, &[1; 32], later(10)).await.unwrap());
        assert!(!identities::is_first(&mut transaction, &[1; 32], later(20)).await.unwrap());
        assert!(identities::is_first(&mut transaction, &[2; 32], later(20)).await.unwrap());
        assert_eq!(identities::sweep(&mut transaction, later(10)).await.unwrap(), 1);
        assert!(!identities::is_first(&mut transaction, &[2; 32], later(20)).await.unwrap());
        transaction.commit().await.unwrap();
    })
    .await;
}
