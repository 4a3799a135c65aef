//! The audit log, read in pieces: each row that was asked for and no other, by an index.

use model::{audit::Act, id::AccountId, timestamp::Timestamp};
use uuid::Uuid;

use super::NOW;
use crate::storage::{
    Database, Source, Statement,
    audit::{
        self, AuditRow,
        pages::{self, Lead, Slice, Somebody},
    },
    sql,
    test_databases::on_both,
};

const DAY: i64 = 86_400_000;

fn number(id: u128) -> Uuid {
    Uuid::from_u128(id)
}

fn row(seq: i64) -> AuditRow {
    AuditRow {
        seq,
        at: NOW.as_millis(),
        actor_kind: "operator".to_owned(),
        actor_id: None,
        actor_name: "root".to_owned(),
        account_id: None,
        act: Act::TokenCreate.name().to_owned(),
        subject: "CI".to_owned(),
        feed_id: None,
        address: String::new(),
        client: String::new(),
        details: "{}".to_owned(),
        prev_hash: vec![0; 32],
        hash: vec![1; 32],
    }
}

async fn write(database: &Database, rows: impl IntoIterator<Item = AuditRow>) {
    let mut transaction = database.write().await.unwrap();
    for row in rows {
        audit::insert(&mut transaction, row).await.unwrap();
    }
    transaction.commit().await.unwrap();
}

async fn seqs(mut database: &Database, slice: &Slice, below: i64, most: i64) -> Vec<i64> {
    let rows = pages::piece(&mut database, slice, below, most).await.unwrap();
    rows.iter().map(|row| row.seq).collect()
}

#[tokio::test]
async fn each_part_of_a_slice_narrows_it() {
    on_both(async |database| {
        let (ana, ben, feed) = (number(1), number(2), number(9));
        let act = |act: Act| act.name().to_owned();
        write(
            &database,
            [
                AuditRow { account_id: Some(ana), ..row(1) },
                AuditRow { account_id: Some(ben), actor_id: Some(ana), ..row(2) },
                AuditRow { actor_name: "ana".to_owned(), feed_id: Some(feed), ..row(3) },
                AuditRow { act: act(Act::FeedCreate), feed_id: Some(feed), ..row(4) },
                AuditRow { account_id: Some(ben), act: act(Act::FeedCreate), ..row(5) },
                AuditRow { account_id: Some(ana), feed_id: Some(feed), ..row(6) },
            ],
        )
        .await;
        let account = || Lead::Account(ana.into());
        let actor = || Lead::Actor(ana.into());
        let who = |name: &str, account: Option<Uuid>| {
            Some(Somebody { name: name.to_owned(), account: account.map(AccountId::from) })
        };
        let all = Slice::everything;
        let (create, feed) = (Some(Act::FeedCreate), Some(feed.into()));
        for (slice, expected) in [
            (all(), &[6, 5, 4, 3, 2, 1][..]),
            (Slice { above: 2, last: 4, ..all() }, &[4, 3]),
            (Slice { act: create, ..all() }, &[5, 4]),
            (Slice { lead: account(), ..all() }, &[6, 1]),
            (Slice { lead: actor(), ..all() }, &[2]),
            (Slice { lead: actor(), act: create, ..all() }, &[]),
            (Slice { lead: account(), feed, ..all() }, &[6]),
            (Slice { lead: account(), act: Some(Act::TokenCreate), ..all() }, &[6, 1]),
            (Slice { lead: Lead::Feed, feed, ..all() }, &[6, 4, 3]),
            (Slice { lead: Lead::Feed, feed, act: create, ..all() }, &[4]),
            (Slice { lead: Lead::Name("ana".to_owned()), ..all() }, &[3]),
            (Slice { who: who("ana", Some(ana)), ..all() }, &[6, 3, 2, 1]),
            (Slice { lead: Lead::Account(ben.into()), who: who("ana", Some(ana)), ..all() }, &[2]),
            (Slice { who: who("ana", None), ..all() }, &[3]),
        ] {
            assert_eq!(seqs(&database, &slice, i64::MAX, 99).await, expected, "{slice:?}");
        }
        assert_eq!(seqs(&database, &all(), 5, 2).await, [4, 3]);
    })
    .await;
}

#[tokio::test]
async fn days_are_found_although_the_clock_went_back() {
    on_both(async |database| {
        let noon = |day: i64| day * DAY + DAY / 2;
        // The third row was written by a clock that was a day late, the fifth by one far ahead.
        let days = [10, 11, 10, 12, 90, 13];
        let rows =
            days.into_iter().zip(1..).map(|(day, seq)| AuditRow { at: noon(day), ..row(seq) });
        write(&database, rows).await;
        let mut source = &database;
        for (day, first, last) in [
            (9, Some(1), None),
            (10, Some(1), Some(3)),
            (11, Some(2), Some(3)),
            (12, Some(4), Some(4)),
            (13, Some(5), Some(6)),
            (89, Some(5), Some(6)),
            (91, None, Some(6)),
        ] {
            let at = Timestamp::from_millis(noon(day));
            assert_eq!(pages::first_from(&mut source, at).await.unwrap(), first, "{day}");
            assert_eq!(pages::last_up_to(&mut source, at).await.unwrap(), last, "{day}");
        }
        // Between the two what does not belong there is left out.
        let slice = Slice {
            from: Some(Timestamp::from_millis(11 * DAY)),
            until: Some(Timestamp::from_millis(12 * DAY)),
            above: 1,
            last: 3,
            ..Slice::everything()
        };
        assert_eq!(seqs(&database, &slice, i64::MAX, 99).await, [2]);
    })
    .await;
}

#[tokio::test]
async fn a_deleted_feed_is_found_by_its_name() {
    on_both(async |database| {
        let (old, new) = (number(7), number(8));
        let about = |seq, act: Act, feed| AuditRow {
            act: act.name().to_owned(),
            subject: "main".to_owned(),
            feed_id: Some(feed),
            ..row(seq)
        };
        write(
            &database,
            [
                about(1, Act::FeedCreate, old),
                about(2, Act::FeedDelete, old),
                about(3, Act::FeedCreate, new),
            ],
        )
        .await;
        let mut source = &database;
        assert_eq!(pages::deleted_feeds(&mut source, "main").await.unwrap(), [old.into()]);
        assert!(pages::deleted_feeds(&mut source, "other").await.unwrap().is_empty());
        let name = pages::feed_name(&mut source, old.into()).await.unwrap();
        assert_eq!(name.as_deref(), Some("main"));
        assert!(pages::feed_name(&mut source, number(5).into()).await.unwrap().is_none());
    })
    .await;
}

/// Many rows by many people, so that PostgreSQL would rather use an index than not.
const MANY: &str = "INSERT INTO audit_log (seq, at, actor_kind, actor_id, actor_name, account_id, act,
     subject, feed_id, address, client, details, prev_hash, hash)
     WITH RECURSIVE n(i) AS (SELECT CAST($1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
     SELECT n.i, n.i * 3600000, 'session', a.id, 'name ' || (n.i % 200), a.id, CASE n.i % 3 WHEN 0 THEN 'token.create' ELSE 'act ' || (n.i % 50) END, '', a.id,
     '', '', '{}', $2, $2 FROM n JOIN some_ids AS a ON a.i = n.i % 200";

/// How the database would run the statement.
async fn plan(database: &Database, statement: Statement) -> String {
    let mut transaction = database.write().await.unwrap();
    let rows: Vec<String> = if database.is_postgres() {
        transaction.execute(sql("SET LOCAL enable_seqscan = off")).await.unwrap();
        let rows: Vec<(String,)> = transaction.all(statement.explained("EXPLAIN")).await.unwrap();
        rows.into_iter().map(|(line,)| line).collect()
    } else {
        let statement = statement.explained("EXPLAIN QUERY PLAN");
        let rows: Vec<(i64, i64, i64, String)> = transaction.all(statement).await.unwrap();
        rows.into_iter().map(|(.., line)| line).collect()
    };
    rows.join("\n")
}

#[tokio::test]
async fn every_way_to_narrow_the_log_is_led_by_an_index() {
    on_both(async |database| {
        let mut transaction = database.write().await.unwrap();
        let id_type = if database.is_postgres() { "UUID" } else { "BLOB" };
        let table: &'static str = format!("CREATE TABLE some_ids (i INTEGER, id {id_type})").leak();
        transaction.execute(sql(table)).await.unwrap();
        for i in 0..200_u8 {
            let insert = sql("INSERT INTO some_ids (i, id) VALUES ($1, $2)");
            transaction.execute(insert.bind(i64::from(i)).bind(number(i.into()))).await.unwrap();
        }
        transaction.execute(sql(MANY).bind(1).bind(vec![0; 32])).await.unwrap();
        // PostgreSQL does this by itself; nobody does it on SQLite.
        if database.is_postgres() {
            transaction.execute(sql("ANALYZE audit_log")).await.unwrap();
        }
        transaction.commit().await.unwrap();

        let (id, all) = (number(150), Slice::everything);
        let account = || Lead::Account(id.into());
        let actor = || Lead::Actor(id.into());
        let name = || Lead::Name("name 150".to_owned());
        let who = Some(Somebody { name: "name 120".to_owned(), account: Some(number(120).into()) });
        let (act, feed) = (Some(Act::TokenCreate), Some(id.into()));
        for (slice, index) in [
            (all(), ""),
            (Slice { act, ..all() }, "audit_by_act"),
            (Slice { lead: Lead::Feed, feed, ..all() }, "audit_by_feed"),
            (Slice { lead: Lead::Feed, feed, act, ..all() }, "audit_by_feed_act"),
            (Slice { lead: account(), ..all() }, "audit_by_account"),
            (Slice { lead: account(), act, ..all() }, "audit_by_account_act"),
            (Slice { lead: account(), feed, ..all() }, "audit_by_account"),
            (Slice { lead: account(), who: who.clone(), ..all() }, "audit_by_account"),
            (
                Slice { lead: account(), who: who.clone(), act, feed, ..all() },
                "audit_by_account_act",
            ),
            (Slice { lead: actor(), ..all() }, "audit_by_actor"),
            (Slice { lead: actor(), act, ..all() }, "audit_by_actor_act"),
            (Slice { lead: actor(), feed, ..all() }, "audit_by_actor"),
            (Slice { lead: actor(), who, ..all() }, "audit_by_actor"),
            (Slice { lead: name(), ..all() }, "audit_by_name"),
            (Slice { lead: name(), act, feed, ..all() }, "audit_by_name"),
        ] {
            for most in [20, 51] {
                let plan = plan(&database, slice.statement(i64::MAX, most)).await;
                assert!(led_by(&plan, index), "{slice:?}:\n{plan}");
            }
        }
        for text in [pages::LAST_UP_TO, pages::FIRST_FROM] {
            let plan = plan(&database, sql(text).bind(100)).await;
            // PostgreSQL tells of two of the three look-ups.
            assert!(plan.matches("audit_by_day").count() >= 2, "{plan}");
            assert!(!plan.contains("Seq Scan"), "{plan}");
        }
    })
    .await;
}

/// Whether the rows come from an index in their order, so that the first of them are enough. Where two
/// would do, PostgreSQL takes the one that it knows to be better.
fn led_by(plan: &str, index: &str) -> bool {
    let is_led = if index.is_empty() {
        plan.contains("INTEGER PRIMARY KEY") || plan.contains("audit_log_pkey")
    } else {
        plan.contains(&format!("USING INDEX {index} "))
            || plan.contains("Index Scan Backward using audit_by_")
    };
    is_led && !plan.contains("TEMP B-TREE") && !plan.contains("Sort")
}
