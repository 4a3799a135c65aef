//! The policy, changed while servers run.

use std::time::{Duration, Instant};

use model::{
    policy::{Reveal, Setting, SignUp},
    token::RevealTo,
    views::{PolicyChange, SettingOrigin},
};
use registry::{Actor, Error, Program, Services};
use serde_json::json;

use crate::support::{
    World, draft, form_id, may_read, new_account, on_both, operator, origin, sign_in,
};

fn set(setting: Setting, text: &str) -> [(Setting, Option<String>); 1] {
    [(setting, Some(text.to_owned()))]
}

/// What becomes of a change on the operator's word.
async fn change(services: &Services, setting: Setting, text: &str) -> PolicyChange {
    let changes = set(setting, text);
    services.policies.change(&operator(), &changes, false).await.unwrap()
}

#[tokio::test]
async fn a_change_takes_effect_here_at_once_and_in_other_processes_soon() {
    on_both(async |world: World| {
        let services = world.open(Program::Server).await;
        let closed = services.accounts.sign_up(new_account("ana"), &origin()).await;
        assert!(matches!(closed, Err(Error::Forbidden(_))));
        let command = world.open(Program::Command).await;
        assert_eq!(change(&command, Setting::SignUp, "open").await, PolicyChange::Made(0));
        assert_eq!(command.policy().sign_up, SignUp::Open, "whoever changed it knows at once");
        let began = Instant::now();
        while services.policy().sign_up != SignUp::Open {
            assert!(began.elapsed() < Duration::from_secs(1), "the server never hears of it");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        services.accounts.sign_up(new_account("ana"), &origin()).await.unwrap();
        command.policies.change(&operator(), &[(Setting::SignUp, None)], false).await.unwrap();
        assert_eq!(command.policy().sign_up, SignUp::Closed);
        command.close().await;
        services.close().await;

        let services = world.open(Program::Server).await;
        change(&services, Setting::ShortestPassword, "20").await;
        services.close().await;
        let services = world.open(Program::Server).await;
        assert_eq!(services.policy().shortest_password, 20, "it is kept");
        assert_eq!(
            world.audited("policy.change").await[2]["changed"],
            json!([{ "setting": "shortest_password", "before": "15", "after": "20" }])
        );
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_is_told_setting_by_setting_and_changes_nothing() {
    on_both(async |mut world: World| {
        world.fix(Setting::FeedCreation, "admins");
        let services = world.open(Program::Server).await;
        let changes = [
            (Setting::ShortestPassword, Some("3".to_owned())),
            (Setting::FeedCreation, Some("everyone".to_owned())),
            (Setting::ConfirmationWindow, Some("1h".to_owned())),
        ];
        let done = services.policies.change(&operator(), &changes, false).await.unwrap();
        let PolicyChange::Wrong(wrong) = done else { panic!("{done:?}") };
        let settings: Vec<_> = wrong.iter().map(|(setting, _)| *setting).collect();
        assert_eq!(settings, [Setting::ShortestPassword, Setting::FeedCreation]);
        assert!(wrong[1].1.contains("--feed-creation"), "{wrong:?}");
        let alone = change(&services, Setting::SignUp, "domains").await;
        assert!(
            matches!(&alone, PolicyChange::Wrong(wrong) if wrong[0].0 == Setting::AllowedDomains)
        );
        let views = services.policies.list().await.unwrap();
        let fixed = SettingOrigin::Fixed("--feed-creation".to_owned());
        for view in views {
            let should = if view.setting == Setting::FeedCreation {
                &fixed
            } else {
                &SettingOrigin::Default
            };
            assert_eq!(&view.origin, should, "{view:?}");
        }
        assert!(world.audited("policy.change").await.is_empty());

        change(&services, Setting::AllowedDomains, "Example.com").await;
        change(&services, Setting::SignUp, "domains").await;
        assert!(services.policy().admits(&"ana@example.com".parse().unwrap()));
        let with_password = services.accounts.sign_up(new_account("ana"), &origin()).await;
        assert!(matches!(with_password, Err(Error::Forbidden(_))), "no provider vouches for it");
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn lowering_what_can_be_shown_asks_first_and_then_destroys_the_copies() {
    on_both(async |world: World| {
        let (services, _) = world.with_ana().await;
        let caller = sign_in(&services, "ana").await;
        let made =
            services.tokens.create(&caller, draft("CI"), form_id(), &origin()).await.unwrap();
        let value = made.secret.unwrap();
        assert_eq!(change(&services, Setting::Reveal, "primary").await, PolicyChange::Destroys(1));
        assert_eq!(change(&services, Setting::Reveal, "never").await, PolicyChange::Destroys(2));
        assert_eq!(services.policy().reveal, Reveal::All);
        let show =
            async || services.tokens.reveal(&caller, made.id, RevealTo::Screen, &origin()).await;
        show().await.unwrap();
        let never = set(Setting::Reveal, "never");
        let done = services.policies.change(&operator(), &never, true).await.unwrap();
        assert_eq!(done, PolicyChange::Made(2));
        assert!(matches!(show().await, Err(Error::Invalid(_))));
        may_read(&services, value.expose()).await.unwrap();
        assert_eq!(change(&services, Setting::Reveal, "all").await, PolicyChange::Made(0));
        assert!(matches!(show().await, Err(Error::Invalid(_))), "what is destroyed stays so");
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn only_a_confirmed_administrator_changes_it() {
    on_both(async |world: World| {
        let (services, _) = world.with_ana().await;
        services.accounts.create(&operator(), new_account("ada"), true).await.unwrap();
        let attempt = async |name: &str, later: Duration| {
            let caller = sign_in(&services, name).await;
            world.clock.advance(later);
            let page = services.policies.page(&caller).await.map(|_| ());
            let actor = Actor::Person(caller, origin());
            let changes = set(Setting::ShortestPassword, "12");
            (page, services.policies.change(&actor, &changes, false).await)
        };
        let (page, changed) = attempt("ana", Duration::ZERO).await;
        assert!(matches!(page, Err(Error::NotFound(_))));
        assert!(matches!(changed, Err(Error::NotFound(_))));
        let (page, changed) = attempt("ada", Duration::from_hours(3)).await;
        page.unwrap();
        assert!(matches!(changed, Err(Error::Unconfirmed)));
        let (_, changed) = attempt("ada", Duration::ZERO).await;
        assert_eq!(changed.unwrap(), PolicyChange::Made(0));
        assert_eq!(services.policy().shortest_password, 12);
        services.close().await;
    })
    .await;
}
