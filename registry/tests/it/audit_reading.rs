//! Who sees what of the audit log.

use std::{sync::Arc, time::Duration};

use model::{
    listing::AuditQuery,
    role::Role,
    token::RevealTo,
    views::{AuditLine, AuditPage, AuditView, Doer},
};
use registry::{
    Caller, Services,
    audit::{Broken, LoggedAct, Reader},
    sessions::PasswordText,
};

use crate::support::{
    World, draft, form_id, new_account, on_both, operator, origin, publish, sign_in,
};

/// ana owns `main`, where ben may publish and did so; ada administers the server.
struct People {
    services: Arc<Services>,
    ana: Caller,
    ben: Caller,
    ada: Caller,
}

async fn people(world: &World) -> People {
    let (services, _) = world.with_ana().await;
    for (name, is_admin) in [("ben", false), ("ada", true)] {
        services.accounts.create(&operator(), new_account(name), is_admin).await.unwrap();
    }
    let ana = sign_in(&services, "ana").await;
    services.feeds.add_member(&ana, "main", "ben", Role::Contributor, &origin()).await.unwrap();
    let wrong = PasswordText::new("wrong");
    services.sessions.sign_in("ben", &wrong, &origin()).await.unwrap_err();
    let ben = sign_in(&services, "ben").await;
    let ada = sign_in(&services, "ada").await;
    let made = services.tokens.create(&ben, draft("CI"), form_id(), &origin()).await.unwrap();
    publish(&services, made.secret.unwrap().expose(), "demo", "1.0.0").await.unwrap();
    People { services, ana, ben, ada }
}

fn query(pairs: &[(&str, &str)]) -> AuditQuery {
    AuditQuery::from_pairs(pairs.iter().map(|(name, value)| (*name, (*value).to_owned())))
}

impl People {
    async fn page(&self, caller: &Caller, pairs: &[(&str, &str)]) -> AuditPage {
        self.services.audit.page(caller, &query(pairs)).await.unwrap()
    }

    /// The acts on a page, the newest first.
    async fn acts(&self, caller: &Caller, pairs: &[(&str, &str)]) -> Vec<String> {
        let lines = self.page(caller, pairs).await.lines;
        lines.into_iter().map(|line| line.act).collect()
    }

    /// The newest row of this act.
    async fn line(&self, caller: &Caller, act: &str) -> AuditLine {
        self.page(caller, &[("what", act)]).await.lines.swap_remove(0)
    }

    async fn exported(&self, reader: Reader, pairs: &[(&str, &str)]) -> Vec<LoggedAct> {
        let audit = &self.services.audit;
        let mut export = audit.export(&reader, &query(pairs)).await.unwrap();
        let mut acts = Vec::new();
        loop {
            let more = audit.next_of(&mut export).await.unwrap();
            if more.is_empty() {
                return acts;
            }
            acts.extend(more);
        }
    }
}

#[tokio::test]
async fn everybody_sees_what_they_did_and_what_concerns_them() {
    on_both(|world| async move {
        let people = people(&world).await;
        let ben = people.page(&people.ben, &[]).await;
        assert_eq!(ben.view, AuditView::OwnAccount);
        let acts: Vec<&str> = ben.lines.iter().map(|line| line.act.as_str()).collect();
        assert_eq!(
            acts,
            [
                "package.publish",
                "token.create",
                "session.begin",
                "session.fail",
                "feed.member",
                "account.create",
            ]
        );
        let [publish, .., fail, member, create] = ben.lines.as_slice() else { panic!("{acts:?}") };
        assert_eq!(
            (publish.subject.as_str(), publish.feed.as_deref()),
            ("npm demo 1.0.0", Some("main"))
        );
        assert_eq!((&fail.doer, fail.address.as_str()), (&Doer::Stranger, "10.1.2.3"));
        // Where others are, and who is at the machine, is not for everybody.
        assert_eq!(
            (&member.doer, member.address.as_str(), member.client.as_str()),
            (&Doer::Account("ana".to_owned()), "", "")
        );
        assert_eq!(create.doer, Doer::Operator(None));
        assert_eq!(create.doer.in_words(), "the operator");

        // What ana did to ben is hers too; what ben does for himself is not.
        let ana = people.acts(&people.ana, &[]).await;
        assert_eq!(ana, ["feed.member", "session.begin", "feed.create", "account.create"]);
        let member = people.line(&people.ana, "feed.member").await;
        assert_eq!(
            (member.concerns.as_deref(), member.address.as_str()),
            (Some("ben"), "10.1.2.3")
        );
        let details: Vec<_> = member
            .details
            .iter()
            .map(|detail| (detail.label.as_str(), detail.value.as_str()))
            .collect();
        assert_eq!(details, [("Member", "ben"), ("Role", "contributor")]);
        people.services.close().await;
    })
    .await;
}

#[tokio::test]
async fn administrators_see_everything() {
    on_both(|world| async move {
        let people = people(&world).await;
        let all = people.page(&people.ada, &[]).await;
        let seqs: Vec<i64> = all.lines.iter().map(|line| line.seq).collect();
        assert_eq!(all.view, AuditView::Everything);
        assert_eq!(seqs, (1..=11).rev().collect::<Vec<_>>());
        let member = people.line(&people.ada, "feed.member").await;
        assert_eq!(member.address, "10.1.2.3");
        let create = people.line(&people.ada, "account.create").await;
        assert_eq!(create.doer, Doer::Operator(Some("root".to_owned())));
        let acts = async |pairs| people.acts(&people.ada, pairs).await;
        assert_eq!(acts(&[("who", "Ben")]).await.len(), 6);
        assert_eq!(acts(&[("who", "root")]).await.len(), 4);
        assert_eq!(acts(&[("who", "nobody")]).await.len(), 0);
        assert_eq!(
            acts(&[("who", "ben@example.com")]).await.len(),
            0,
            "addresses are not looked up"
        );
        assert_eq!(
            acts(&[("what", "sign-in")]).await,
            ["session.begin", "session.begin", "session.fail", "session.begin"]
        );
        assert_eq!(acts(&[("who", "ben"), ("what", "tokens")]).await, ["token.create"]);
        assert_eq!(
            acts(&[("feed", "main")]).await,
            ["package.publish", "feed.member", "feed.create"]
        );
        assert_eq!(acts(&[("feed", "main"), ("who", "ana")]).await, ["feed.member", "feed.create"]);
        assert_eq!(acts(&[("feed", "absent")]).await.len(), 0);
        people.services.close().await;
    })
    .await;
}

#[tokio::test]
async fn owners_see_what_happens_in_their_feed() {
    on_both(|world| async move {
        let people = people(&world).await;
        let page = people.page(&people.ana, &[("feed", "main")]).await;
        assert_eq!(page.view, AuditView::OwnFeed);
        let publish = &page.lines[0];
        assert_eq!((publish.act.as_str(), publish.address.as_str()), ("package.publish", ""));
        // A contributor does not.
        let acts = people.acts(&people.ben, &[("feed", "main")]).await;
        assert_eq!(acts, ["package.publish", "feed.member"]);
        // Of a feed that is gone everybody keeps what was theirs.
        people.services.feeds.delete(&people.ana, "main", "main", &origin()).await.unwrap();
        let acts = people.acts(&people.ana, &[("feed", "main")]).await;
        assert_eq!(acts, ["feed.delete", "feed.member", "feed.create"]);
        let acts = people.acts(&people.ada, &[("feed", "main")]).await;
        assert_eq!(acts, ["feed.delete", "package.publish", "feed.member", "feed.create"]);
        people.services.close().await;
    })
    .await;
}

#[tokio::test]
async fn pages_and_days_leave_nothing_out() {
    on_both(|world| async move {
        let people = people(&world).await;
        let days = |days: u64| Duration::from_hours(24 * days);
        world.clock.advance(days(1));
        for _ in 0..60 {
            sign_in(&people.services, "ben").await;
        }
        world.clock.advance(days(1));
        sign_in(&people.services, "ben").await;
        let all = people.exported(Reader::Operator, &[]).await;
        assert_eq!(all.len(), 72);
        for caller in [&people.ada, &people.ben] {
            let (mut seqs, mut before) = (Vec::new(), None);
            loop {
                let asked = before.map(|before: i64| before.to_string()).unwrap_or_default();
                let page = people.page(caller, &[("before", &asked)]).await;
                seqs.extend(page.lines.iter().map(|line| line.seq));
                before = page.older;
                if before.is_none() {
                    break;
                }
                assert_eq!(page.lines.len(), 50);
            }
            let exported = people.exported(Reader::Person(caller.clone()), &[]).await;
            assert_eq!(seqs, exported.iter().map(|act| act.seq).collect::<Vec<_>>());
            assert_eq!(seqs.len(), if caller.is_admin { 72 } else { 67 });
        }
        // It began on 24 November 2026.
        let count = async |from: &str, to: &str| {
            people.exported(Reader::Operator, &[("from", from), ("to", to)]).await.len()
        };
        assert_eq!(count("", "2026-11-24").await, 11);
        assert_eq!(count("2026-11-25", "2026-11-25").await, 60);
        assert_eq!(count("2026-11-26", "").await, 1);
        assert_eq!(count("2026-11-27", "").await, 0);
        assert_eq!(count("", "2026-11-23").await, 0);
        people.services.close().await;
    })
    .await;
}

#[tokio::test]
async fn an_export_is_a_chain_for_those_who_see_everything() {
    on_both(|world| async move {
        let people = people(&world).await;
        let all = people.exported(Reader::Operator, &[]).await;
        for pair in all.windows(2) {
            let [newer, older] = pair else { panic!("two at a time") };
            assert!(older.hash.is_some());
            assert_eq!((newer.seq, &newer.prev_hash), (older.seq + 1, &older.hash));
        }
        let tip = people.services.audit.verify(None).await.unwrap().unwrap();
        assert_eq!((Some(tip.hash.clone()), tip.seq), (all[0].hash.clone(), all[0].seq));
        let own = people.exported(Reader::Person(people.ben.clone()), &[]).await;
        assert!(own.iter().all(|act| act.hash.is_none() && act.prev_hash.is_none()));
        assert!(own.iter().all(|act| act.actor_name != "root"));

        // What was noted down is looked for again.
        let verify =
            async |seq, hash: &str| people.services.audit.verify(Some((seq, hash))).await.unwrap();
        assert_eq!(verify(tip.seq, &tip.hash).await, Ok(tip.clone()));
        assert_eq!(verify(tip.seq, &tip.hash[..12]).await, Ok(tip.clone()));
        assert_eq!(verify(tip.seq + 1, &tip.hash).await, Err(Broken::Short(tip.seq)));
        assert_eq!(verify(tip.seq - 1, &tip.hash).await, Err(Broken::Other(tip.seq - 1)));
        people.services.close().await;
    })
    .await;
}

#[tokio::test]
async fn recent_events_are_those_of_the_account() {
    on_both(|world| async move {
        let people = people(&world).await;
        let (services, ben) = (&people.services, &people.ben);
        let (form, _) = services.tokens.new_form().unwrap();
        let made = services.tokens.create(ben, draft("laptop"), form, &origin()).await.unwrap();
        for to in [RevealTo::Screen, RevealTo::Clipboard] {
            services.tokens.reveal(ben, made.id, to, &origin()).await.unwrap();
        }
        services.tokens.set_suspended(&operator(), made.id, true).await.unwrap();
        services.tokens.revoke(ben, made.id, &origin()).await.unwrap();
        let recent = services.audit.recent(ben).await.unwrap();
        let acts: Vec<_> =
            recent.lines.iter().map(|line| (line.words.clone(), line.doer.in_words())).collect();
        let acts: Vec<_> = acts.iter().map(|(words, by)| (words.as_str(), by.as_str())).collect();
        assert_eq!(
            acts,
            [
                ("Token revoked", "ben"),
                ("Token suspended", "the operator"),
                ("Token copied", "ben"),
                ("Token shown", "ben"),
                ("Token made", "ben"),
                ("Token made", "ben"),
                ("Signed in", "ben"),
                ("Sign-in failed", "not signed in"),
                ("Account made", "the operator"),
            ]
        );
        let from: Vec<_> =
            recent.lines.iter().map(|line| (line.address.as_str(), line.client.as_str())).collect();
        assert!(from.iter().all(|from| [("", ""), ("10.1.2.3", "npm 11.19.1")].contains(from)));
        assert_eq!(from[7], ("10.1.2.3", "npm 11.19.1"));
        people.services.close().await;
    })
    .await;
}
