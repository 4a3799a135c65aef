//! Denials, usage and the audit log.

use std::sync::Arc;

use super::{NOW, account, id, later};
use crate::storage::{
    audit::{self, AuditRow},
    denials::{self, DenialRecord},
    test_databases::on_both,
    usage::{self, Use},
};

#[tokio::test]
async fn denials_merge_and_are_their_owners() {
    on_both(async |database| {
        let (ana, ben) = (account(&database, "ana").await, account(&database, "ben").await);
        let mut record = DenialRecord {
            id: "4fJ".to_owned(),
            account: ana,
            token: Some(id()),
            token_last4: Some("91c2".to_owned()),
            code: "LK-SCOPE".to_owned(),
            action: Some("read".to_owned()),
            feed: "main".to_owned(),
            ecosystem: Some("npm".to_owned()),
            package: Some("demo".to_owned()),
            address: "10.0.0.1".to_owned(),
            client: "npm 11".to_owned(),
            explanation: "{}".to_owned(),
            first_at: NOW,
            last_at: NOW,
            times: 1,
        };
        let mut transaction = database.write().await.unwrap();
        denials::upsert(&mut transaction, &record).await.unwrap();
        (record.last_at, record.address, record.times) = (later(5), "10.0.0.2".to_owned(), 2);
        denials::upsert(&mut transaction, &record).await.unwrap();
        transaction.commit().await.unwrap();
        let find =
            async |who, since| denials::find(&mut &database, "4fJ", who, since).await.unwrap();
        let found = find(ana, NOW).await.unwrap();
        assert_eq!((found.times, found.first_at, found.last_at), (3, NOW, later(5)));
        assert_eq!((found.address.as_str(), found.token), ("10.0.0.2", record.token));
        assert_eq!((found.code, found.package), (record.code, record.package));
        assert!(find(ben, NOW).await.is_none() && find(ana, later(6)).await.is_none());
        let mut transaction = database.write().await.unwrap();
        assert_eq!(denials::sweep(&mut transaction, later(5)).await.unwrap(), 0);
        assert_eq!(denials::sweep(&mut transaction, later(6)).await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn uses_are_kept_for_a_while() {
    on_both(async |database| {
        let ana = account(&database, "ana").await;
        let entry = Use {
            id: id(),
            first_at: NOW,
            at: NOW,
            times: 1,
            account: ana,
            token: Some((id(), id())),
            address: "10.0.0.1".to_owned(),
            client: "npm 11".to_owned(),
            feed: None,
            ecosystem: None,
            package: None,
            action: None,
            result: Use::ACCEPTED,
        };
        let mut transaction = database.write().await.unwrap();
        usage::insert(&mut transaction, &entry).await.unwrap();
        usage::note_last(&mut transaction, &entry).await.unwrap();
        assert_eq!(usage::sweep(&mut transaction, NOW).await.unwrap(), 0);
        assert_eq!(usage::sweep(&mut transaction, later(1)).await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn the_audit_log_is_read_in_order() {
    on_both(async |database| {
        assert!(audit::newest(&mut &database).await.unwrap().is_none());
        let mut transaction = database.write().await.unwrap();
        for seq in 1..=3_u8 {
            let row = AuditRow {
                seq: seq.into(),
                at: NOW.as_millis(),
                actor_kind: "operator".to_owned(),
                actor_id: None,
                actor_name: "root".to_owned(),
                account_id: Some(id()),
                act: "token.create".to_owned(),
                subject: "CI".to_owned(),
                feed_id: None,
                address: String::new(),
                client: String::new(),
                details: "{}".to_owned(),
                prev_hash: vec![seq - 1; 32],
                hash: vec![seq; 32],
            };
            audit::insert(&mut transaction, row).await.unwrap();
        }
        transaction.commit().await.unwrap();
        assert_eq!(audit::newest(&mut &database).await.unwrap(), Some((3, vec![3; 32])));
        let rows = audit::after(&mut &database, 1).await.unwrap();
        let seqs: Vec<_> = rows.iter().map(|row| (row.seq, row.prev_hash[0])).collect();
        assert_eq!(seqs, [(2, 1), (3, 2)]);
    })
    .await;
}

/// The ledger of uses and the ledger of acts never share a lock with readers.
#[tokio::test]
async fn reading_goes_on_while_something_writes() {
    on_both(async |database| {
        account(&database, "ana").await;
        let database = Arc::new(database);
        let transaction = database.write().await.unwrap();
        let found = crate::storage::accounts::by_name(&mut &*database, "ana").await.unwrap();
        assert!(found.is_some());
        drop(transaction);
    })
    .await;
}
