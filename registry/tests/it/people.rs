//! Administrators and the accounts of others.

use std::time::{Duration, Instant};

use model::{
    denial::Code,
    listing::{EveryonesQuery, PeopleQuery},
    views::{LinkPurpose, PersonState},
};
use registry::{
    Actor, Caller, Error, Program, Services,
    accounts::{NewAccount, Stopped},
    feeds::NewFeed,
    sessions::PasswordText,
};

use crate::support::{
    World, draft, may_read, new_account, on_both, operator, origin, password, sign_in,
};

const INVITE: &str = "https://feeds.example.com/invite/";
const RESET: &str = "https://feeds.example.com/reset/";

fn person(caller: &Caller) -> Actor {
    Actor::Person(caller.clone(), origin())
}

/// Ana, who owns the feed `main`, and the administrator ada, signed in.
async fn with_ada(world: &World) -> (std::sync::Arc<Services>, Caller) {
    let (services, _) = world.with_ana().await;
    services.accounts.create(&operator(), new_account("ada"), true).await.unwrap();
    let ada = sign_in(&services, "ada").await;
    (services, ada)
}

fn without_password(name: &str) -> NewAccount {
    NewAccount { password: None, ..new_account(name) }
}

async fn state(services: &Services, ada: &Caller, name: &str) -> PersonState {
    services.accounts.person(ada, name).await.unwrap().person.state
}

#[tokio::test]
async fn somebody_is_invited_again_and_withdrawn() {
    on_both(async |world: World| {
        let (services, ada) = with_ada(&world).await;
        let (accounts, actor) = (&services.accounts, person(&ada));
        let (_, link) = accounts.create(&actor, without_password("ben"), false).await.unwrap();
        let first = link.unwrap();
        assert_eq!(first.purpose, LinkPurpose::Invitation);
        assert_eq!(state(&services, &ada, "ben").await, PersonState::Invited);
        let code = first.url.strip_prefix(INVITE).unwrap();
        let second = accounts.invite_again(&actor, "ben").await.unwrap();
        assert_eq!(accounts.invited(code).await.unwrap(), None, "the old one is dead");
        let code = second.url.strip_prefix(INVITE).unwrap();
        assert!(accounts.resetting(code).await.unwrap().is_none(), "it is for one thing");
        accounts.withdraw_invitation(&actor, "ben").await.unwrap();
        assert_eq!(accounts.invited(code).await.unwrap(), None);
        let gone = accounts.person(&ada, "ben").await;
        assert!(matches!(gone, Err(Error::NotFound(_))));

        accounts.create(&actor, without_password("ben"), false).await.unwrap();
        let third = accounts.invite_again(&actor, "ben").await.unwrap();
        let code = third.url.strip_prefix(INVITE).unwrap();
        accounts.accept_invitation(code, &password(), &origin()).await.unwrap();
        assert_eq!(state(&services, &ada, "ben").await, PersonState::Active);
        for late in [
            accounts.withdraw_invitation(&actor, "ben").await.err(),
            accounts.invite_again(&actor, "ben").await.err(),
        ] {
            assert!(matches!(late, Some(Error::Invalid(_))), "{late:?}");
        }
        let audited = ["account.create", "account.invite", "account.withdraw"];
        let acts = world.acts().await;
        assert!(audited.iter().all(|act| acts.iter().any(|known| known == act)), "{acts:?}");
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn an_invitation_is_not_withdrawn_once_something_hangs_on_it() {
    on_both(async |world: World| {
        let services = world.open(Program::Server).await;
        let accounts = &services.accounts;
        let (ben, _) = accounts.create(&operator(), without_password("ben"), false).await.unwrap();
        services.tokens.create_for(&operator(), ben, draft("CI")).await.unwrap();
        let refused = accounts.withdraw_invitation(&operator(), "ben").await;
        assert!(matches!(refused, Err(Error::Invalid(_))));
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_disabled_account_stops_at_once_and_comes_back() {
    on_both(async |world: World| {
        let (services, ada) = with_ada(&world).await;
        let ana = services.accounts.id_of("ana").await.unwrap();
        let token = services.tokens.create_for(&operator(), ana, draft("CI")).await.unwrap();
        let token = token.secret.unwrap();
        let session = services.sessions.sign_in("ana", &password(), &origin()).await.unwrap();
        let (accounts, actor) = (&services.accounts, person(&ada));
        let reset = accounts.reset_link(&actor, "ana").await.unwrap();
        let page = accounts.person(&ada, "ana").await.unwrap();
        assert_eq!((page.tokens.len(), page.sessions), (2, 1));
        assert!(page.feeds[0].name == "main" && page.feeds[0].is_alone);
        may_read(&services, token.expose()).await.unwrap();

        let stopped = accounts.set_disabled(&actor, "ana", true).await.unwrap();
        let main = vec!["main".to_owned()];
        assert_eq!(stopped, Stopped { tokens: 2, sessions: 1, feeds: main });
        assert_eq!(may_read(&services, token.expose()).await, Err(Code::Disabled));
        assert!(
            services.sessions.resolve(session.expose(), origin().address).await.unwrap().is_none()
        );
        let code = reset.url.strip_prefix(RESET).unwrap();
        assert_eq!(accounts.resetting(code).await.unwrap(), None);
        let refused = accounts.reset_link(&actor, "ana").await;
        assert!(matches!(refused, Err(Error::Invalid(_))));
        let again = accounts.set_disabled(&actor, "ana", true).await.unwrap();
        assert_eq!(again, Stopped::default(), "it is so already");

        accounts.set_disabled(&actor, "ana", false).await.unwrap();
        may_read(&services, token.expose()).await.unwrap();
        sign_in(&services, "ana").await;
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn there_is_always_an_administrator_and_nobody_disables_themselves() {
    on_both(async |world: World| {
        let (services, ada) = with_ada(&world).await;
        let (accounts, actor) = (&services.accounts, person(&ada));
        let last = [
            accounts.set_admin(&actor, "ada", false).await.err(),
            accounts.set_admin(&operator(), "ada", false).await.err(),
            accounts.set_disabled(&operator(), "ada", true).await.err(),
        ];
        for refused in last {
            let Some(Error::Invalid(words)) = refused else { panic!("{refused:?}") };
            assert!(words.contains("only administrator"), "{words}");
        }
        // Somebody who was only invited cannot take over.
        accounts.create(&actor, without_password("ben"), true).await.unwrap();
        assert!(accounts.set_admin(&actor, "ada", false).await.is_err());
        accounts.set_admin(&actor, "ana", true).await.unwrap();
        let own = accounts.set_disabled(&actor, "ada", true).await;
        assert!(matches!(own, Err(Error::Invalid(_))));
        accounts.set_admin(&actor, "ada", false).await.unwrap();
        let former = accounts.set_admin(&actor, "ada", true).await;
        assert!(matches!(former, Err(Error::NotFound(_))), "the session is still the same");
        let roles = world.audited("account.role").await;
        assert_eq!(
            (&roles[0]["administrator"], &roles[0]["before"]),
            (&true.into(), &false.into())
        );
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_reset_link_works_once_in_time_and_ends_the_sessions() {
    on_both(async |world: World| {
        let (services, _) = with_ada(&world).await;
        let ana = services.accounts.id_of("ana").await.unwrap();
        let token = services.tokens.create_for(&operator(), ana, draft("CI")).await.unwrap();
        let session = services.sessions.sign_in("ana", &password(), &origin()).await.unwrap();
        let accounts = &services.accounts;
        let link = async || {
            let link = accounts.reset_link(&operator(), "ana").await.unwrap();
            link.url.strip_prefix(RESET).unwrap().to_owned()
        };
        let next = PasswordText::new("some entirely other phrase here");
        let (old, code) = (link().await, link().await);
        assert_eq!(accounts.resetting(&old).await.unwrap(), None, "a newer one was made");
        assert_eq!(accounts.resetting(&code).await.unwrap().as_deref(), Some("ana"));
        services.sessions.resolve(session.expose(), origin().address).await.unwrap().unwrap();
        let easy = PasswordText::new("ana@example.com ana@example.com");
        let refused = accounts.reset_password(&code, &easy, &origin()).await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "the link is not used up by that");
        accounts.reset_password(&code, &next, &origin()).await.unwrap();
        assert!(
            services.sessions.resolve(session.expose(), origin().address).await.unwrap().is_none()
        );
        assert!(services.sessions.sign_in("ana", &password(), &origin()).await.is_err());
        services.sessions.sign_in("ana", &next, &origin()).await.unwrap();
        may_read(&services, token.secret.unwrap().expose()).await.unwrap();
        let twice = accounts.reset_password(&code, &next, &origin()).await;
        assert!(matches!(twice, Err(Error::NotFound(_))));
        let late = link().await;
        world.clock.advance(Duration::from_mins(30));
        assert_eq!(accounts.resetting(&late).await.unwrap(), None);
        let acts = world.acts().await;
        for act in ["account.reset-link", "account.reset-password"] {
            assert!(acts.iter().any(|known| known == act), "{act}: {acts:?}");
        }
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn nobody_but_a_confirmed_administrator_sees_or_does_any_of_it() {
    on_both(async |world: World| {
        let (services, ada) = with_ada(&world).await;
        let ana = sign_in(&services, "ana").await;
        let primary = services.tokens.list(ana.account).await.unwrap()[0].id;
        let (accounts, tokens) = (&services.accounts, &services.tokens);
        let attempts = async |caller: &Caller| {
            let actor = person(caller);
            [
                accounts.create(&actor, without_password("eve"), true).await.err(),
                accounts.set_admin(&actor, "ana", true).await.err(),
                accounts.set_disabled(&actor, "ada", true).await.err(),
                accounts.end_sessions(&actor, "ana").await.err(),
                accounts.reset_link(&actor, "ana").await.err(),
                accounts.invite_again(&actor, "ana").await.err(),
                accounts.withdraw_invitation(&actor, "ana").await.err(),
                tokens.revoke_any(&actor, primary).await.err(),
                tokens.set_suspended(&actor, primary, true).await.err(),
            ]
        };
        for refused in attempts(&ana).await {
            assert!(matches!(refused, Some(Error::NotFound("page"))), "{refused:?}");
        }
        let hidden = [
            accounts.people(&ana, &PeopleQuery::default()).await.err(),
            accounts.person(&ana, "ana").await.err(),
            tokens.everyones(&ana, &EveryonesQuery::default()).await.err(),
        ];
        for refused in hidden {
            assert!(matches!(refused, Some(Error::NotFound("page"))), "{refused:?}");
        }
        world.clock.advance(Duration::from_hours(3));
        for refused in attempts(&ada).await {
            assert!(matches!(refused, Some(Error::Unconfirmed)), "{refused:?}");
        }
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn an_administrator_ends_a_token_and_its_owner_reads_who_it_was() {
    on_both(async |world: World| {
        let (services, ada) = with_ada(&world).await;
        let (actor, tokens) = (person(&ada), &services.tokens);
        let ana = sign_in(&services, "ana").await;
        let made = tokens.create_for(&operator(), ana.account, draft("CI")).await.unwrap();
        let value = made.secret.unwrap();
        let all = tokens.everyones(&ada, &EveryonesQuery::default()).await.unwrap();
        assert_eq!(all.total, 3);
        let listed = all.tokens.iter().find(|token| token.id == made.id).unwrap();
        assert_eq!((listed.owner.as_str(), listed.description.as_str()), ("ana", "CI"));
        assert!(!format!("{all:?}").contains(value.expose()));

        tokens.revoke_any(&actor, made.id).await.unwrap();
        assert_eq!(may_read(&services, value.expose()).await, Err(Code::Revoked));
        let page = tokens.detail(&ana, made.id).await.unwrap();
        assert_eq!(page.token.stopped_by, "the administrator ada");
        let primary = tokens.list(ana.account).await.unwrap()[0].id;
        assert!(matches!(tokens.revoke_any(&actor, primary).await, Err(Error::Invalid(_))));
        tokens.set_suspended(&actor, primary, true).await.unwrap();
        assert!(tokens.resume(&ana, primary, &origin()).await.is_err());
        tokens.set_suspended(&actor, primary, false).await.unwrap();
        let page = tokens.detail(&ana, primary).await.unwrap();
        assert_eq!((page.token.stopped_at, page.token.stopped_by.as_str()), (None, ""));
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn five_hundred_people_are_listed_without_waiting() {
    on_both(async |world: World| {
        let (services, ada) = with_ada(&world).await;
        for number in 0..500 {
            let new = without_password(&format!("person-{number:03}"));
            services.accounts.create(&operator(), new, false).await.unwrap();
        }
        let ana = services.accounts.id_of("ana").await.unwrap();
        for number in 0..40 {
            let name = format!("feed-{number}").parse().unwrap();
            let feed = NewFeed { name, description: String::new(), is_public: false };
            services.feeds.create_for(&operator(), ana, feed).await.unwrap();
        }
        let began = Instant::now();
        let page = services.accounts.people(&ada, &PeopleQuery::default()).await.unwrap();
        let took = began.elapsed();
        assert_eq!((page.total, page.people.len(), page.pages), (502, 50, 11));
        assert!(took < Duration::from_millis(250), "{took:?}");
        let last = PeopleQuery { page: 99, ..PeopleQuery::default() };
        let last = services.accounts.people(&ada, &last).await.unwrap();
        assert_eq!((last.query.page, last.people.len()), (11, 2));
        services.close().await;
    })
    .await;
}
