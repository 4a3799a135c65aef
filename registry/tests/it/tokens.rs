//! Tokens through their life, as the gate sees them.

use std::time::Duration;

use model::{denial::Code, ecosystem::Ecosystem, policy::Setting, token::RevealTo};
use registry::{Error, Program, access::Wanted, tokens::OldSecret};

use crate::support::{
    World, ask, draft, form_id, may_read, on_both, operator, origin, password, publish, sign_in,
};

#[tokio::test]
async fn one_use_of_a_form_makes_one_token() {
    on_both(async |world: World| {
        let (services, ana) = world.with_ana().await;
        let caller = sign_in(&services, "ana").await;
        let create = async |caller| {
            services.tokens.create(caller, draft("CI"), form_id(), &origin()).await.unwrap()
        };
        let (first, again) = (create(&caller).await, create(&caller).await);
        assert_eq!(first.id, again.id);
        assert_eq!(first.secret, again.secret, "the same session sees the same result");
        let elsewhere = sign_in(&services, "ana").await;
        assert!(create(&elsewhere).await.secret.is_none());
        world.clock.advance(Duration::from_secs(601));
        assert!(create(&caller).await.secret.is_none());
        assert_eq!(services.tokens.list(ana).await.unwrap().len(), 2);
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn values_are_shown_to_their_confirmed_owner_alone() {
    on_both(async |world: World| {
        let (services, ana) = world.with_ana().await;
        let made = services.tokens.create_for(&operator(), ana, draft("CI")).await.unwrap();
        let caller = sign_in(&services, "ana").await;
        let shown =
            services.tokens.reveal(&caller, made.id, RevealTo::Screen, &origin()).await.unwrap();
        assert_eq!(Some(shown), made.secret);
        services
            .accounts
            .create(&operator(), crate::support::new_account("ben"), true)
            .await
            .unwrap();
        let ben = sign_in(&services, "ben").await;
        let other = services.tokens.reveal(&ben, made.id, RevealTo::Screen, &origin()).await;
        assert!(matches!(other, Err(Error::NotFound(_))), "administrators see no values");
        world.clock.advance(Duration::from_hours(2));
        let late = services.tokens.reveal(&caller, made.id, RevealTo::Screen, &origin()).await;
        assert!(matches!(late, Err(Error::Unconfirmed)));
        assert_eq!(services.audit.verify(None).await.unwrap().map(|tip| tip.seq > 3), Ok(true));
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_lowered_policy_destroys_copies() {
    on_both(async |mut world: World| {
        let (services, ana) = world.with_ana().await;
        let made = services.tokens.create_for(&operator(), ana, draft("CI")).await.unwrap();
        let secret = made.secret.unwrap();
        let primary = services.tokens.list(ana).await.unwrap()[0].id;
        services.close().await;

        world.fix(Setting::Reveal, "primary");
        let services = world.open(Program::Server).await;
        let caller = sign_in(&services, "ana").await;
        let gone = services.tokens.reveal(&caller, made.id, RevealTo::Screen, &origin()).await;
        assert!(matches!(gone, Err(Error::Invalid(_))));
        services.tokens.reveal(&caller, primary, RevealTo::Screen, &origin()).await.unwrap();
        may_read(&services, secret.expose()).await.unwrap();
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn what_another_process_changes_is_in_force_in_under_a_second() {
    on_both(async |world: World| {
        let (services, ana) = world.with_ana().await;
        let made = services.tokens.create_for(&operator(), ana, draft("CI")).await.unwrap();
        let secret = made.secret.unwrap();
        may_read(&services, secret.expose()).await.unwrap();
        let command = world.open(Program::Command).await;
        command.tokens.revoke_any(&operator(), made.id).await.unwrap();
        command.close().await;
        tokio::time::sleep(Duration::from_millis(990)).await;
        assert_eq!(may_read(&services, secret.expose()).await, Err(Code::Revoked));
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_revoked_token_fails_at_the_very_next_request() {
    on_both(async |world: World| {
        let (services, ana) = world.with_ana().await;
        for _ in 0..20 {
            let made = services.tokens.create_for(&operator(), ana, draft("CI")).await.unwrap();
            let secret = made.secret.unwrap();
            may_read(&services, secret.expose()).await.unwrap();
            services.tokens.revoke_any(&operator(), made.id).await.unwrap();
            assert_eq!(may_read(&services, secret.expose()).await, Err(Code::Revoked));
        }
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn an_old_secret_lives_as_long_as_was_chosen() {
    on_both(async |world: World| {
        let (services, ana) = world.with_ana().await;
        let made = services.tokens.create_for(&operator(), ana, draft("CI")).await.unwrap();
        let mut old = made.secret.unwrap();
        let mut regenerate = async |what| {
            let new = services.tokens.regenerate_any(&operator(), made.id, what).await.unwrap();
            std::mem::replace(&mut old, new.clone())
        };
        let works = async |secret: &model::token::RevealedSecret| {
            may_read(&services, secret.expose()).await
        };
        let first = regenerate(OldSecret::StopsNow).await;
        assert_eq!(works(&first).await, Err(Code::Rotated));

        let second = regenerate(OldSecret::StopsAfter(Duration::from_hours(24))).await;
        let grant = ask(&services, second.expose(), Wanted::Read(Ecosystem::Npm, "demo")).await;
        assert!(grant.unwrap().warning().unwrap().contains("was replaced"));
        world.clock.advance(Duration::from_hours(24));
        assert_eq!(works(&second).await, Err(Code::Rotated), "the deadline is met to the moment");

        let hour = Duration::from_hours(1);
        let third = regenerate(OldSecret::StopsAfterFirstUse(hour)).await;
        world.clock.advance(Duration::from_hours(48));
        works(&third).await.unwrap();
        let fourth = regenerate(OldSecret::StopsAfterFirstUse(hour)).await;
        assert_eq!(works(&third).await, Err(Code::Rotated), "at most two live");
        works(&fourth).await.unwrap();
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn first_use_of_the_new_starts_the_end_of_the_old() {
    on_both(async |world: World| {
        let (services, ana) = world.with_ana().await;
        let made = services.tokens.create_for(&operator(), ana, draft("CI")).await.unwrap();
        let old = made.secret.unwrap();
        let hour = OldSecret::StopsAfterFirstUse(Duration::from_hours(1));
        let new = services.tokens.regenerate_any(&operator(), made.id, hour).await.unwrap();
        world.clock.advance(Duration::from_hours(24 * 10));
        may_read(&services, old.expose()).await.unwrap();
        may_read(&services, new.expose()).await.unwrap();
        world.clock.advance(Duration::from_mins(59));
        may_read(&services, old.expose()).await.unwrap();
        world.clock.advance(Duration::from_mins(1));
        assert_eq!(may_read(&services, old.expose()).await, Err(Code::Rotated));
        may_read(&services, new.expose()).await.unwrap();
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn suspended_leaked_and_expired_tokens_come_back_as_they_should() {
    on_both(async |world: World| {
        let (services, ana) = world.with_ana().await;
        let mut short = draft("CI");
        short.expires_at = Some(services.now().plus(Duration::from_hours(24)));
        let made = services.tokens.create_for(&operator(), ana, short).await.unwrap();
        let secret = made.secret.unwrap();
        let read = async || may_read(&services, secret.expose()).await;
        services.tokens.set_suspended(&operator(), made.id, true).await.unwrap();
        assert_eq!(read().await, Err(Code::Suspended));
        services.tokens.set_suspended(&operator(), made.id, false).await.unwrap();
        read().await.unwrap();
        services.tokens.mark_leaked(&operator(), made.id).await.unwrap();
        assert_eq!(read().await, Err(Code::Leaked));
        let grace = OldSecret::StopsAfter(Duration::from_hours(24));
        let new = services.tokens.regenerate_any(&operator(), made.id, grace).await.unwrap();
        assert_eq!(read().await, Err(Code::Rotated), "what leaked gets no grace");
        may_read(&services, new.expose()).await.unwrap();
        world.clock.advance(Duration::from_hours(24));
        assert_eq!(may_read(&services, new.expose()).await, Err(Code::Expired));
        let renewed = services
            .tokens
            .regenerate_any(&operator(), made.id, OldSecret::StopsNow)
            .await
            .unwrap();
        may_read(&services, renewed.expose()).await.unwrap();
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn the_primary_token_is_regenerated_never_revoked() {
    on_both(async |world: World| {
        let (services, ana) = world.with_ana().await;
        let caller = sign_in(&services, "ana").await;
        let primary = services.tokens.list(ana).await.unwrap()[0].id;
        let revoked = services.tokens.revoke(&caller, primary, &origin()).await;
        assert!(matches!(revoked, Err(Error::Invalid(_))));
        let new = services
            .tokens
            .regenerate_any(&operator(), primary, OldSecret::StopsNow)
            .await
            .unwrap();
        assert!(new.expose().starts_with("lkp_"));
        publish(&services, new.expose(), "demo", "1.0.0").await.unwrap();
        let fresh = services.sessions.confirm(&caller, &password(), &origin()).await;
        fresh.unwrap();
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn the_last_use_is_noted_soon() {
    on_both(async |world: World| {
        let (services, ana) = world.with_ana().await;
        let made = services.tokens.create_for(&operator(), ana, draft("CI")).await.unwrap();
        let secret = made.secret.unwrap();
        may_read(&services, secret.expose()).await.unwrap();
        services.usage.flush().await.unwrap();
        let tokens = services.tokens.list(ana).await.unwrap();
        let used = tokens.iter().find(|token| token.id == made.id).unwrap().last_used.clone();
        let used = used.unwrap();
        assert_eq!((used.client.as_str(), used.address.as_str()), ("npm 11.19.1", "10.1.2.3"));
        assert_eq!((used.feed.as_deref(), used.at), (Some("main"), services.now()));
        services.close().await;
    })
    .await;
}
