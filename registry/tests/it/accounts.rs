//! Accounts, sessions and the slowing-down of guesses.

use std::time::Duration;

use model::policy::Setting;
use registry::{Error, Program, sessions::PasswordText};

use crate::support::{World, may_read, new_account, on_both, operator, origin, password, sign_in};

#[tokio::test]
async fn of_several_set_ups_at_once_one_wins() {
    on_both(async |world: World| {
        let services = world.open(Program::Server).await;
        assert!(services.accounts.none_exist().await.unwrap());
        let old = services.accounts.issue_setup_code().await.unwrap().unwrap();
        let code = services.accounts.issue_setup_code().await.unwrap().unwrap();
        let origin = origin();
        let early = services.accounts.set_up(&old, new_account("eve"), &origin).await;
        assert!(matches!(early, Err(Error::Invalid(_))), "a newer code ends the older");
        let names = ["ana", "ben", "cid", "dan"];
        let tries = names.map(|name| services.accounts.set_up(&code, new_account(name), &origin));
        let made = futures::future::join_all(tries).await;
        assert_eq!(made.iter().filter(|made| made.is_ok()).count(), 1);
        let accounts = services.accounts.list().await.unwrap();
        assert_eq!(accounts.len(), 1);
        assert!(accounts[0].person.is_admin);
        assert!(services.accounts.issue_setup_code().await.unwrap().is_none());
        let tokens = services.tokens.list(accounts[0].id).await.unwrap();
        assert_eq!(tokens.len(), 1, "the primary token is there from the start");
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn signing_in_takes_name_or_address_and_tells_nothing_else() {
    on_both(async |world: World| {
        let (services, _) = world.with_ana().await;
        let origin = origin();
        for name in ["ana", " ANA ", "Ana@Example.com"] {
            services.sessions.sign_in(name, &password(), &origin).await.unwrap();
        }
        for name in ["ana", "nobody"] {
            let wrong = PasswordText::new("wrong horse battery staple");
            let answer = services.sessions.sign_in(name, &wrong, &origin).await;
            assert!(matches!(answer, Err(Error::WrongPassword)), "{name}");
        }
        services.accounts.set_disabled(&operator(), "ana", true).await.unwrap();
        let answer = services.sessions.sign_in("ana", &password(), &origin).await;
        assert!(matches!(answer, Err(Error::WrongPassword)));
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn guessing_is_slowed_and_strangers_slow_nobody_at_home() {
    on_both(async |world: World| {
        let (services, _) = world.with_ana().await;
        let home = origin();
        let mut away = origin();
        away.address = "203.0.113.7".parse().unwrap();
        services.sessions.sign_in("ana", &password(), &home).await.unwrap();
        let wrong = PasswordText::new("wrong horse battery staple");
        let mut throttled = None;
        for _ in 0..12 {
            match services.sessions.sign_in("ana", &wrong, &away).await {
                Err(Error::WrongPassword) => {}
                Err(Error::Throttled(wait)) => throttled = Some(wait),
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(throttled, Some(Duration::from_secs(1)), "the sixth failure costs a second");
        let right = services.sessions.sign_in("ana", &password(), &away).await;
        assert!(matches!(right, Err(Error::Throttled(_))), "while it lasts nobody gets in there");
        services.sessions.sign_in("ana", &password(), &home).await.unwrap();
        world.clock.advance(Duration::from_secs(2));
        services.sessions.sign_in("ana", &password(), &away).await.unwrap();
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_confirmed_identity_lasts_two_hours_and_confirming_changes_the_secret() {
    on_both(async |world: World| {
        let (services, _) = world.with_ana().await;
        let sessions = &services.sessions;
        let secret = sessions.sign_in("ana", &password(), &origin()).await.unwrap();
        let resolve =
            async |secret: &str| sessions.resolve(secret, origin().address).await.unwrap();
        let caller = resolve(secret.expose()).await.unwrap();
        sessions.require_confirmed(&caller).unwrap();
        world.clock.advance(Duration::from_hours(2));
        let caller = resolve(secret.expose()).await.unwrap();
        assert!(matches!(sessions.require_confirmed(&caller), Err(Error::Unconfirmed)));
        let fresh = sessions.confirm(&caller, &password(), &origin()).await.unwrap();
        assert!(resolve(secret.expose()).await.is_none(), "the old secret is dead");
        sessions.require_confirmed(&resolve(fresh.expose()).await.unwrap()).unwrap();
        world.clock.advance(Duration::from_hours(12));
        assert!(resolve(fresh.expose()).await.is_none(), "it slept too long");
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn changing_the_password_ends_other_sessions_and_keeps_tokens() {
    on_both(async |world: World| {
        let (services, ana) = world.with_ana().await;
        let token = services
            .tokens
            .create_for(&operator(), ana, crate::support::draft("CI"))
            .await
            .unwrap()
            .secret
            .unwrap();
        let other = services.sessions.sign_in("ana", &password(), &origin()).await.unwrap();
        let caller = sign_in(&services, "ana").await;
        let next = PasswordText::new("some entirely other phrase here");
        let change = |current: PasswordText, next: PasswordText| {
            let (services, caller) = (&services, &caller);
            async move {
                services.accounts.change_password(caller, &current, &next, &origin()).await
            }
        };
        let short = change(password(), PasswordText::new("short")).await;
        assert!(matches!(short, Err(Error::Invalid(_))));
        let own = change(password(), PasswordText::new("ana@example.com ana@example.com")).await;
        assert!(matches!(own, Err(Error::Invalid(_))), "made of the account's own words");
        let ours = change(password(), PasswordText::new("feeds.example.com latchkey")).await;
        assert!(matches!(ours, Err(Error::Invalid(_))), "made of the server's words");
        let wrong = change(next.clone(), next.clone()).await;
        assert!(matches!(wrong, Err(Error::WrongPassword)));
        change(password(), next.clone()).await.unwrap();
        assert!(services.sessions.resolve(other.expose(), origin().address).await.unwrap().is_none());
        assert!(services.sessions.sign_in("ana", &password(), &origin()).await.is_err());
        services.sessions.sign_in("ana", &next, &origin()).await.unwrap();
        may_read(&services, token.expose()).await.unwrap();
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn an_account_without_a_password_is_opened_by_its_link_once() {
    on_both(async |world: World| {
        let services = world.open(Program::Server).await;
        let mut new = new_account("ana");
        new.password = None;
        let (_, link) = services.accounts.create(&operator(), new, true).await.unwrap();
        let link = link.unwrap().url;
        let code = link.strip_prefix("https://feeds.example.com/invite/").unwrap();
        assert_eq!(services.accounts.invited(code).await.unwrap().as_deref(), Some("ana"));
        let accept =
            async || services.accounts.accept_invitation(code, &password(), &origin()).await;
        accept().await.unwrap();
        assert!(matches!(accept().await, Err(Error::NotFound(_))));
        assert_eq!(services.accounts.invited(code).await.unwrap(), None);
        services.sessions.sign_in("ana", &password(), &origin()).await.unwrap();
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn signing_up_follows_the_policy() {
    on_both(async |mut world: World| {
        let services = world.open(Program::Server).await;
        let closed = services.accounts.sign_up(new_account("ana"), &origin()).await;
        assert!(matches!(closed, Err(Error::Forbidden(_))));
        services.close().await;
        world.fix(Setting::SignUp, "open");
        let services = world.open(Program::Server).await;
        services.accounts.sign_up(new_account("ana"), &origin()).await.unwrap();
        let twice = services.accounts.sign_up(new_account("ana"), &origin()).await;
        assert!(matches!(twice, Err(Error::Taken(_))));
        let mut same_address = new_account("ben");
        same_address.email = "ANA@example.com".parse().unwrap();
        let Err(Error::Taken(text)) = services.accounts.sign_up(same_address, &origin()).await
        else {
            panic!("an address has one account")
        };
        assert!(!text.contains("mail"), "nobody learns which addresses are known: {text}");
        services.close().await;
    })
    .await;
}
