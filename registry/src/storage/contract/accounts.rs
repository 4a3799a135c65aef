//! Accounts, sessions, links and throttles.

use std::time::Duration;

use model::role::Role;

use super::{ADDRESS, NOW, account, feed, id, later};
use crate::storage::{
    accounts,
    feeds::members,
    links::{self, Purpose},
    people,
    sessions::{self, NewSession},
    test_databases::on_both,
    throttles::{self, Failures},
};

const DAY: Duration = Duration::from_hours(24);

#[tokio::test]
async fn accounts_are_found_by_id_name_and_address() {
    on_both(async |database| {
        let mut source = &database;
        assert!(!accounts::any(&mut source).await.unwrap());
        let ana = account(&database, "ana").await;
        account(&database, "ben").await;
        assert!(accounts::any(&mut source).await.unwrap());
        let found = accounts::by_id(&mut source, ana).await.unwrap().unwrap();
        assert_eq!((found.username.as_str(), found.email.as_str()), ("ana", "ana@example.com"));
        assert_eq!((found.is_admin, found.disabled_at), (false, None));
        for name in ["ana", "ana@example.com"] {
            assert_eq!(accounts::by_name(&mut source, name).await.unwrap().unwrap().id, ana);
        }
        assert!(accounts::by_name(&mut source, "cid").await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn names_and_addresses_are_taken_once() {
    on_both(async |database| {
        let mut source = &database;
        account(&database, "ana").await;
        let taken = async |name: &str| {
            accounts::username_taken(&mut &database, &name.parse().unwrap()).await.unwrap()
        };
        assert!(taken("ana").await && !taken("ben").await);
        let email = "ANA@example.com".parse().unwrap();
        assert!(accounts::email_taken(&mut source, &email).await.unwrap());
        let mut transaction = database.write().await.unwrap();
        let email = "other@example.com".parse().unwrap();
        let name = "ana".parse().unwrap();
        let twice = accounts::insert(&mut transaction, id(), &name, &email, None, false, NOW);
        assert!(twice.await.is_err());
    })
    .await;
}

#[tokio::test]
async fn passwords_and_disabling_are_kept() {
    on_both(async |database| {
        let ana = account(&database, "ana").await;
        let mut transaction = database.write().await.unwrap();
        accounts::set_password(&mut transaction, ana, "other", later(1)).await.unwrap();
        accounts::set_disabled(&mut transaction, ana, Some(later(2))).await.unwrap();
        transaction.commit().await.unwrap();
        let found = accounts::by_id(&mut &database, ana).await.unwrap().unwrap();
        assert_eq!(found.password_hash.as_deref(), Some("other"));
        assert_eq!(found.disabled_at, Some(later(2)));
    })
    .await;
}

#[tokio::test]
async fn what_people_are_called_and_reached_by_changes() {
    on_both(async |database| {
        let ana = account(&database, "ana").await;
        let mut transaction = database.write().await.unwrap();
        accounts::set_display_name(&mut transaction, ana, "Ana Pérez").await.unwrap();
        let email = "Ana@Elsewhere.example".parse().unwrap();
        accounts::set_email(&mut transaction, ana, &email).await.unwrap();
        transaction.commit().await.unwrap();
        let key = "ana@elsewhere.example";
        let found = accounts::by_name(&mut &database, key).await.unwrap().unwrap();
        assert_eq!(found.display_name, "Ana Pérez");
        assert_eq!(found.email, "Ana@Elsewhere.example");
        assert!(accounts::by_name(&mut &database, "ana@example.com").await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn of_a_deleted_account_its_name_is_left() {
    on_both(async |database| {
        let mut source = &database;
        let (ana, ben) = (account(&database, "ana").await, account(&database, "ben").await);
        let (main, own) =
            (feed(&database, "main", ben, false).await, feed(&database, "own", ana, false).await);
        let mut transaction = database.write().await.unwrap();
        members::set(&mut transaction, main, ben, Role::Owner, NOW).await.unwrap();
        members::set(&mut transaction, main, ana, Role::Owner, NOW).await.unwrap();
        members::set(&mut transaction, own, ana, Role::Owner, NOW).await.unwrap();
        transaction.commit().await.unwrap();
        let held = accounts::held(&mut source, ana).await.unwrap();
        assert_eq!((held.tokens, held.memberships), (0, 2));

        let mut transaction = database.write().await.unwrap();
        accounts::delete(&mut transaction, ana, later(1)).await.unwrap();
        transaction.commit().await.unwrap();
        for name in ["ana", "ana@example.com"] {
            assert!(accounts::by_name(&mut source, name).await.unwrap().is_none(), "{name}");
        }
        assert_eq!(people::by_username(&mut source, "ana").await.unwrap().map(|row| row.id), None);
        let gone = accounts::by_id(&mut source, ana).await.unwrap().unwrap();
        assert_eq!((gone.username.as_str(), gone.email.as_str()), ("ana", ""));
        assert_eq!((gone.password_hash, gone.disabled_at), (None, Some(later(1))));
        assert!(accounts::username_taken(&mut source, &"ana".parse().unwrap()).await.unwrap());
        let email = "ana@example.com".parse().unwrap();
        assert!(!accounts::email_taken(&mut source, &email).await.unwrap(), "free for another");
        assert_eq!(members::role(&mut source, main, ana).await.unwrap(), None);
        // A second one does not stand in the way of the first.
        let mut transaction = database.write().await.unwrap();
        accounts::delete(&mut transaction, ben, later(2)).await.unwrap();
        transaction.commit().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn sessions_live_and_end() {
    on_both(async |database| {
        let ana = account(&database, "ana").await;
        let mut ids = Vec::new();
        let mut transaction = database.write().await.unwrap();
        for number in 1..=3_u8 {
            let session = id();
            ids.push(session);
            let new = NewSession {
                id: session,
                secret_hash: &[number; 32],
                account_id: ana,
                now: NOW,
                confirmed_at: NOW,
                ends_at: later(100),
                address: ADDRESS.to_string(),
                client: "browser".to_owned(),
                identity: None,
                provider_session: None,
            };
            sessions::insert(&mut transaction, new).await.unwrap();
        }
        sessions::confirm(&mut transaction, ids[0], &[9; 32], later(5)).await.unwrap();
        let confirmed = sessions::by_secret(&mut transaction, &[9; 32]).await.unwrap().unwrap();
        sessions::seen(&mut transaction, &confirmed, "10.1.2.3", later(7)).await.unwrap();
        transaction.commit().await.unwrap();
        let listed = sessions::of_account(&mut &database, ana, NOW, later(0).minus(DAY)).await;
        let listed = listed.unwrap();
        assert_eq!(listed.len(), 3);
        let used = &listed[0];
        assert_eq!((used.id, used.last_seen_at), (ids[0].into(), later(7).as_millis()));
        assert_eq!((used.address.as_str(), used.last_address.as_str()), ("127.0.0.1", "10.1.2.3"));
        assert_eq!((used.client.as_str(), used.created_at), ("browser", NOW.as_millis()));
        let of = async |now, idle| {
            sessions::of_account(&mut &database, ana, now, idle).await.unwrap().len()
        };
        assert_eq!((of(later(100), NOW.minus(DAY)).await, of(NOW, later(6)).await), (0, 1));
        let find = async |byte| sessions::by_secret(&mut &database, &[byte; 32]).await.unwrap();
        assert!(find(1).await.is_none(), "a confirmed session has a new secret");
        let session = find(9).await.unwrap();
        assert_eq!(
            (session.id, session.account_id, session.username.as_str()),
            (ids[0], ana, "ana")
        );
        assert_eq!((session.confirmed_at, session.last_seen_at), (later(5), later(7)));
        assert!(!session.account_disabled && !session.is_admin && session.has_password);
        let mut transaction = database.write().await.unwrap();
        sessions::delete(&mut transaction, ids[1]).await.unwrap();
        transaction.commit().await.unwrap();
        assert!(find(2).await.is_none() && find(3).await.is_some());
        let ben = account(&database, "ben").await;
        let mut transaction = database.write().await.unwrap();
        assert!(!sessions::delete_of(&mut transaction, ben, ids[2]).await.unwrap(), "not ben's");
        assert!(!sessions::delete_of(&mut transaction, ana, ids[1]).await.unwrap(), "ended");
        transaction.commit().await.unwrap();
        let mut transaction = database.write().await.unwrap();
        let ended = sessions::delete_others(&mut transaction, ana, Some(ids[0])).await.unwrap();
        assert_eq!(ended, 1);
        transaction.commit().await.unwrap();
        assert!(find(3).await.is_none() && find(9).await.is_some());
        let mut transaction = database.write().await.unwrap();
        assert_eq!(sessions::sweep(&mut transaction, later(50), NOW).await.unwrap(), 0);
        assert_eq!(sessions::sweep(&mut transaction, later(100), NOW).await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn links_work_once_and_in_time() {
    on_both(async |database| {
        let ana = account(&database, "ana").await;
        let purpose = Purpose::ChoosePassword;
        let mut transaction = database.write().await.unwrap();
        for (byte, account) in [(1, Some(ana)), (2, Some(ana)), (3, None)] {
            let purpose = if account.is_some() { purpose } else { Purpose::SetUp };
            links::insert(&mut transaction, id(), purpose, &[byte; 32], account, NOW, later(10))
                .await
                .unwrap();
        }
        links::use_up(&mut transaction, &[1; 32], later(1)).await.unwrap();
        transaction.commit().await.unwrap();
        let find = async |purpose, byte, at| {
            links::find(&mut &database, purpose, &[byte; 32], at).await.unwrap()
        };
        assert_eq!(find(purpose, 1, later(2)).await, None);
        assert_eq!(find(purpose, 2, later(2)).await, Some(Some(ana)));
        assert_eq!(find(purpose, 2, later(10)).await, None);
        assert_eq!(find(Purpose::SetUp, 2, later(2)).await, None);
        assert_eq!(find(Purpose::SetUp, 3, later(2)).await, Some(None));
        let mut transaction = database.write().await.unwrap();
        links::withdraw(&mut transaction, purpose, Some(ana)).await.unwrap();
        links::withdraw(&mut transaction, Purpose::SetUp, None).await.unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(find(purpose, 2, later(2)).await, None);
        assert_eq!(find(Purpose::SetUp, 3, later(2)).await, None);
        let mut transaction = database.write().await.unwrap();
        let reset = Purpose::ResetPassword;
        links::insert(&mut transaction, id(), reset, &[4; 32], Some(ana), NOW, later(10))
            .await
            .unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(find(reset, 4, later(2)).await, Some(Some(ana)));
        assert_eq!(find(purpose, 4, later(2)).await, None, "it is for something else");
        let mut transaction = database.write().await.unwrap();
        links::withdraw_all(&mut transaction, ana).await.unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(find(reset, 4, later(2)).await, None);
    })
    .await;
}

#[tokio::test]
async fn failures_are_counted_and_forgotten() {
    on_both(async |database| {
        let ana = account(&database, "ana").await;
        let get = async || throttles::get(&mut &database, "a").await.unwrap();
        assert_eq!(get().await, None);
        let mut transaction = database.write().await.unwrap();
        for count in 1..=2 {
            let failures = Failures { count, last_at: later(u64::from(count)) };
            throttles::put(&mut transaction, "a", failures).await.unwrap();
        }
        throttles::remember_network(&mut transaction, ana, "10.0.0.0/24", NOW).await.unwrap();
        throttles::remember_network(&mut transaction, ana, "10.0.0.0/24", later(9)).await.unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(get().await, Some(Failures { count: 2, last_at: later(2) }));
        let knows = async |network, since| {
            throttles::knows_network(&mut &database, ana, network, since).await.unwrap()
        };
        assert!(knows("10.0.0.0/24", later(9)).await);
        assert!(!knows("10.0.0.0/24", later(10)).await && !knows("10.0.1.0/24", NOW).await);
        let mut transaction = database.write().await.unwrap();
        assert_eq!(throttles::sweep(&mut transaction, later(2)).await.unwrap(), 0);
        throttles::clear(&mut transaction, "a").await.unwrap();
        assert_eq!(throttles::sweep_networks(&mut transaction, later(9)).await.unwrap(), 0);
        transaction.commit().await.unwrap();
        assert_eq!(get().await, None);
        assert!(knows("10.0.0.0/24", later(9)).await);
        let mut transaction = database.write().await.unwrap();
        assert_eq!(throttles::sweep_networks(&mut transaction, later(10)).await.unwrap(), 1);
        transaction.commit().await.unwrap();
        assert!(!knows("10.0.0.0/24", NOW).await);
    })
    .await;
}
