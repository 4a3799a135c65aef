//! A token's life as its owner leads it: new values, rest, the list, and what it was used for.

use std::time::Duration;

use model::{
    decide::TokenState,
    denial::Code,
    ecosystem::Ecosystem,
    id::{FormId, TokenId},
    listing::{Standing, TokenSort, TokensQuery},
    rotation::OldStops,
    token::{RevealTo, RevealedSecret, TokenKind},
    views::{Regenerated, TokenStatus},
};
use registry::{
    Caller, Error, Origin, Services,
    access::{AccessRequest, Credential, Wanted},
    tokens::Regeneration,
};

use crate::support::{
    World, ask, draft, may_read, new_account, on_both, operator, origin, sign_in,
};

const DAY: Duration = Duration::from_hours(24);

/// Opens the form and sends it: the use of the form, and what came of it.
async fn regenerate(
    services: &Services,
    caller: &Caller,
    id: TokenId,
    old: OldStops,
) -> (Regeneration, Result<Regenerated, Error>) {
    let page = services.tokens.begin_regeneration(caller, id).await.unwrap();
    let form = Regeneration { form: page.form, replaces: page.replaces, old };
    (form, services.tokens.regenerate(caller, id, form, &origin()).await)
}

async fn primary(services: &Services, caller: &Caller) -> TokenId {
    services.tokens.list(caller.account).await.unwrap()[0].id
}

/// Reads `demo` from `address` by npm, and lets the ledger be written.
async fn use_from(services: &Services, value: &RevealedSecret, address: &str) -> Result<(), Code> {
    let origin = Origin { address: address.parse().unwrap(), user_agent: "npm/11.19.1".to_owned() };
    let wanted = Wanted::Read(Ecosystem::Npm, "demo");
    let request = AccessRequest { feed: "main", wanted, origin: &origin };
    let credential = Credential::Token(value.expose().to_owned());
    let result = services.access.authorize(&credential, request).await;
    services.usage.flush().await.unwrap();
    match result {
        Ok(_) => Ok(()),
        Err(Error::Denied(denial)) => Err(denial.code),
        Err(error) => panic!("{error:?}"),
    }
}

#[tokio::test]
async fn one_use_of_the_form_makes_one_value() {
    on_both(async |world: World| {
        let (services, _) = world.with_ana().await;
        let ana = sign_in(&services, "ana").await;
        let id = primary(&services, &ana).await;
        let before = services.tokens.reveal(&ana, id, RevealTo::Screen, &origin()).await.unwrap();
        let (form, first) = regenerate(&services, &ana, id, OldStops::Now).await;
        let first = first.unwrap();
        let value = first.secret.unwrap();
        assert!(first.old.is_none() && first.can_be_shown);
        assert_eq!(may_read(&services, before.expose()).await, Err(Code::Rotated));
        may_read(&services, value.expose()).await.unwrap();

        let again = async |caller: &Caller| {
            services.tokens.regenerate(caller, id, form, &origin()).await.unwrap().secret
        };
        assert_eq!(again(&ana).await, Some(value.clone()), "a reload shows the same");
        let elsewhere = sign_in(&services, "ana").await;
        assert_eq!(again(&elsewhere).await, None);
        world.clock.advance(Duration::from_secs(601));
        assert_eq!(again(&ana).await, None);
        may_read(&services, value.expose()).await.unwrap();

        // The same use for another token makes nothing there.
        let made = services.tokens.create_for(&operator(), ana.account, draft("CI")).await.unwrap();
        let other = services.tokens.regenerate(&ana, made.id, form, &origin()).await;
        assert!(matches!(other, Err(Error::Invalid(_))));
        may_read(&services, made.secret.unwrap().expose()).await.unwrap();
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn of_two_windows_the_second_is_told() {
    on_both(async |world: World| {
        let (services, _) = world.with_ana().await;
        let ana = sign_in(&services, "ana").await;
        let id = primary(&services, &ana).await;
        let (left, right) = (
            services.tokens.begin_regeneration(&ana, id).await.unwrap(),
            services.tokens.begin_regeneration(&ana, id).await.unwrap(),
        );
        let send = async |form: FormId, replaces| {
            let regeneration = Regeneration { form, replaces, old: OldStops::Day };
            services.tokens.regenerate(&ana, id, regeneration, &origin()).await
        };
        let value = send(left.form, left.replaces).await.unwrap().secret.unwrap();
        let told = send(right.form, right.replaces).await;
        assert!(matches!(told, Err(Error::Taken(_))), "{told:?}");
        may_read(&services, value.expose()).await.unwrap();
        // Sent at the same moment, one of them wins.
        let one = services.tokens.begin_regeneration(&ana, id).await.unwrap();
        let other = services.tokens.begin_regeneration(&ana, id).await.unwrap();
        let (one, other) =
            tokio::join!(send(one.form, one.replaces), send(other.form, other.replaces));
        assert_eq!([one, other].iter().filter(|result| result.is_ok()).count(), 1);
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn only_a_confirmed_owner_gives_new_values_and_not_without_end() {
    on_both(async |world: World| {
        let (services, _) = world.with_ana().await;
        services.accounts.create(&operator(), new_account("ben"), true).await.unwrap();
        let (ana, ben) = (sign_in(&services, "ana").await, sign_in(&services, "ben").await);
        let id = primary(&services, &ana).await;
        let theirs = services.tokens.begin_regeneration(&ben, id).await;
        assert!(matches!(theirs, Err(Error::NotFound(_))));
        let page = services.tokens.begin_regeneration(&ana, id).await.unwrap();
        let form = Regeneration { form: page.form, replaces: page.replaces, old: OldStops::Now };
        let stolen = services.tokens.regenerate(&ben, id, form, &origin()).await;
        assert!(matches!(stolen, Err(Error::NotFound(_))));
        for _ in 0..30 {
            regenerate(&services, &ana, id, OldStops::Now).await.1.unwrap();
        }
        let tired = regenerate(&services, &ana, id, OldStops::Now).await.1;
        assert!(matches!(tired, Err(Error::Throttled(_))));
        world.clock.advance(Duration::from_hours(2));
        let late = regenerate(&services, &ana, id, OldStops::Now).await.1;
        assert!(matches!(late, Err(Error::Unconfirmed)));
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn while_both_values_work_the_page_tells_who_uses_the_old_one() {
    on_both(async |world: World| {
        let (services, account) = world.with_ana().await;
        let ana = sign_in(&services, "ana").await;
        let made = services.tokens.create_for(&operator(), account, draft("CI")).await.unwrap();
        let old = made.secret.unwrap();
        use_from(&services, &old, "10.0.0.1").await.unwrap();
        let page = services.tokens.begin_regeneration(&ana, made.id).await.unwrap();
        assert_eq!(page.used_by[0].address, "10.0.0.1");
        world.clock.advance(Duration::from_mins(1));
        let new = regenerate(&services, &ana, made.id, OldStops::Day).await.1.unwrap();
        let new = new.secret.unwrap();
        let detail = async || services.tokens.detail(&ana, made.id).await.unwrap();
        let shown = detail().await.old.unwrap();
        assert_eq!(shown.last4, old.expose()[36..]);
        assert_eq!(shown.stops_at, services.now().plus(DAY));
        assert!(shown.used_by.is_empty(), "what was before the new value is past");

        world.clock.advance(Duration::from_mins(1));
        use_from(&services, &old, "10.0.0.2").await.unwrap();
        use_from(&services, &new, "10.0.0.3").await.unwrap();
        let shown = detail().await.old.unwrap();
        assert_eq!(shown.used_by.len(), 1);
        assert_eq!(shown.used_by[0].address, "10.0.0.2");
        assert_eq!(shown.used_by[0].client, "npm 11.19.1");
        let list = services.tokens.page(&ana, &TokensQuery::default(), None).await.unwrap();
        assert_eq!(list.replaced.first.len(), 1);
        assert_eq!(list.replaced.first[0].old.as_ref().unwrap(), &shown);
        let wanted = Wanted::Read(Ecosystem::Npm, "demo");
        let grant = ask(&services, old.expose(), wanted).await.unwrap();
        assert!(grant.warning().unwrap().contains("was replaced"));

        services.tokens.stop_old(&ana, made.id, &origin()).await.unwrap();
        world.clock.advance(Duration::from_mins(1));
        assert_eq!(use_from(&services, &old, "10.0.0.4").await, Err(Code::Rotated));
        use_from(&services, &new, "10.0.0.3").await.unwrap();
        let page = detail().await;
        assert!(page.old.is_none());
        assert_eq!(page.stragglers.len(), 1);
        assert_eq!(page.stragglers[0].used_by.address, "10.0.0.4");
        let list = services.tokens.page(&ana, &TokensQuery::default(), None).await.unwrap();
        let told = list.replaced.first[0].old.as_ref().unwrap_err();
        assert_eq!(told, &page.stragglers[0]);
        // A week without a try, and there is nothing to tell any more.
        world.clock.advance(DAY * 7);
        let ana = sign_in(&services, "ana").await;
        assert!(services.tokens.detail(&ana, made.id).await.unwrap().stragglers.is_empty());
        let list = services.tokens.page(&ana, &TokensQuery::default(), None).await.unwrap();
        assert!(list.replaced.first.is_empty());
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn what_leaked_ends_now_and_what_expired_is_renewed() {
    on_both(async |world: World| {
        let (services, account) = world.with_ana().await;
        let mut short = draft("CI");
        short.expires_at = Some(services.now().plus(DAY));
        let made = services.tokens.create_for(&operator(), account, short).await.unwrap();
        let old = made.secret.unwrap();
        services.tokens.mark_leaked(&operator(), made.id).await.unwrap();
        let ana = sign_in(&services, "ana").await;
        let new = regenerate(&services, &ana, made.id, OldStops::Week).await.1.unwrap();
        assert!(new.old.is_none());
        assert_eq!(may_read(&services, old.expose()).await, Err(Code::Rotated));
        let new = new.secret.unwrap();
        may_read(&services, new.expose()).await.unwrap();

        world.clock.advance(DAY * 2);
        let ana = sign_in(&services, "ana").await;
        assert_eq!(may_read(&services, new.expose()).await, Err(Code::Expired));
        let page = services.tokens.begin_regeneration(&ana, made.id).await.unwrap();
        assert_eq!(page.renewed_until, Some(services.now().plus(DAY)));
        let newer = regenerate(&services, &ana, made.id, OldStops::Now).await.1.unwrap();
        may_read(&services, newer.secret.unwrap().expose()).await.unwrap();
        services.tokens.revoke(&ana, made.id, &origin()).await.unwrap();
        let over = services.tokens.begin_regeneration(&ana, made.id).await;
        assert!(matches!(over, Err(Error::Invalid(_))));
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn an_owner_puts_tokens_to_rest_and_wakes_them() {
    on_both(async |world: World| {
        let (services, account) = world.with_ana().await;
        let ana = sign_in(&services, "ana").await;
        let made = services.tokens.create_for(&operator(), account, draft("CI")).await.unwrap();
        let value = made.secret.unwrap();
        services.tokens.suspend(&ana, made.id, &origin()).await.unwrap();
        services.tokens.suspend(&ana, made.id, &origin()).await.unwrap();
        assert_eq!(may_read(&services, value.expose()).await, Err(Code::Suspended));
        let view = services.tokens.detail(&ana, made.id).await.unwrap().token;
        assert_eq!((view.status, view.stopped_at), (TokenStatus::Suspended, Some(services.now())));
        services.tokens.resume(&ana, made.id, &origin()).await.unwrap();
        may_read(&services, value.expose()).await.unwrap();

        services.tokens.suspend(&ana, made.id, &origin()).await.unwrap();
        world.clock.advance(Duration::from_hours(2));
        let late = services.tokens.resume(&ana, made.id, &origin()).await;
        assert!(matches!(late, Err(Error::Unconfirmed)));
        let id = primary(&services, &ana).await;
        let refused = services.tokens.suspend(&ana, id, &origin()).await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "not the primary one");
        services.accounts.create(&operator(), new_account("ben"), true).await.unwrap();
        let ben = sign_in(&services, "ben").await;
        for refused in [
            services.tokens.suspend(&ben, made.id, &origin()).await,
            services.tokens.resume(&ben, made.id, &origin()).await,
            services.tokens.stop_old(&ben, made.id, &origin()).await,
        ] {
            assert!(matches!(refused, Err(Error::NotFound(_))));
        }
        assert!(services.audit.verify(None).await.unwrap().is_ok());
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn the_list_is_filtered_sorted_and_paged() {
    on_both(async |world: World| {
        let (services, account) = world.with_ana().await;
        let mut ids = Vec::new();
        for (number, name) in ["zeta", "Ärger 100%", "alpha_1"].into_iter().enumerate() {
            let mut wish = draft(name);
            if number == 2 {
                wish.expires_at = Some(services.now().plus(DAY * 3));
            }
            let made = services.tokens.create_for(&operator(), account, wish).await.unwrap();
            ids.push((made.id, made.secret.unwrap()));
            world.clock.advance(Duration::from_mins(1));
        }
        use_from(&services, &ids[0].1, "10.0.0.1").await.unwrap();
        let ana = sign_in(&services, "ana").await;
        let find = async |query: TokensQuery| {
            let page = services.tokens.page(&ana, &query, None).await.unwrap();
            assert_eq!(page.primary.kind, TokenKind::Primary);
            let names = page.others.iter().map(|token| token.description.clone());
            (names.collect::<Vec<_>>(), page.found, page.total)
        };
        let text = |text: &str| TokensQuery { text: text.to_owned(), ..TokensQuery::default() };
        let sort = |sort| TokensQuery { sort, ..TokensQuery::default() };
        let standing = |standing| TokensQuery { standing, ..TokensQuery::default() };
        assert_eq!(find(TokensQuery::default()).await.0, ["zeta", "alpha_1", "Ärger 100%"]);
        assert_eq!(find(sort(TokenSort::Created)).await.0, ["alpha_1", "Ärger 100%", "zeta"]);
        assert_eq!(find(sort(TokenSort::Expires)).await.0[0], "alpha_1");
        let by_name = find(sort(TokenSort::Name)).await.0;
        assert!(
            by_name.iter().position(|name| name == "alpha_1")
                < by_name.iter().position(|name| name == "zeta")
        );
        assert_eq!(find(text("ALPHA")).await, (vec!["alpha_1".to_owned()], 1, 3));
        assert_eq!(find(text("Ärger")).await.1, 1);
        assert_eq!(find(text("%")).await.0, ["Ärger 100%"], "signs are signs");
        assert_eq!(find(text("_")).await.0, ["alpha_1"]);
        assert_eq!(find(text("nothing")).await, (Vec::new(), 0, 3));
        let last4 = &ids[1].1.expose()[36..];
        assert_eq!(find(text(last4)).await.0, ["Ärger 100%"]);
        assert_eq!(find(standing(Standing::Soon)).await.0, ["alpha_1"]);
        assert_eq!(find(standing(Standing::Active)).await.1, 3);
        assert_eq!(find(standing(Standing::Unused)).await.1, 0);

        services.tokens.suspend(&ana, ids[0].0, &origin()).await.unwrap();
        services.tokens.revoke(&ana, ids[1].0, &origin()).await.unwrap();
        assert_eq!(find(standing(Standing::Suspended)).await.0, ["zeta"]);
        assert_eq!(find(sort(TokenSort::Name)).await.0.last().unwrap(), "Ärger 100%", "it sank");
        let page = services.tokens.page(&ana, &TokensQuery::default(), Some(ids[1].0)).await;
        assert_eq!(page.unwrap().revoked.as_deref(), Some("Ärger 100%"));
        let page = services.tokens.page(&ana, &TokensQuery::default(), Some(ids[0].0)).await;
        let page = page.unwrap();
        assert_eq!(page.revoked, None, "it was not");
        assert_eq!(page.expiring.first[0].description, "alpha_1");

        services.tokens.resume(&ana, ids[0].0, &origin()).await.unwrap();
        world.clock.advance(DAY * 91);
        assert_eq!(find(standing(Standing::Unused)).await.0, ["zeta"]);
        assert_eq!(find(standing(Standing::Expired)).await.0, ["alpha_1"]);
        assert_eq!(
            find(TokensQuery::default()).await,
            (vec!["zeta".to_owned(), "alpha_1".to_owned()], 2, 2)
        );
        let page = services.tokens.page(&ana, &TokensQuery::default(), None).await.unwrap();
        assert!(page.others[0].is_unused && !page.others[1].is_unused);
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn pages_hold_fifty_and_tell_of_what_feeds_their_tokens_are_for() {
    on_both(async |world: World| {
        let (services, account) = world.with_ana().await;
        for number in 0..120 {
            let mut wish = draft(&format!("token {number:03}"));
            wish.expires_at = (number < 5).then(|| services.now().plus(DAY * (1 + number)));
            services.tokens.create_for(&operator(), account, wish).await.unwrap();
        }
        let ana = sign_in(&services, "ana").await;
        let page = async |page| {
            let query = TokensQuery { sort: TokenSort::Name, page, ..TokensQuery::default() };
            services.tokens.page(&ana, &query, None).await.unwrap()
        };
        let first = page(1).await;
        assert_eq!((first.others.len(), first.pages, first.query.page), (50, 3, 1));
        assert_eq!((first.expiring.first.len(), first.expiring.more), (3, 2));
        assert_eq!(first.expiring.first[0].description, "token 000");
        assert!(first.others.iter().all(|token| token.sentence.contains("every feed")));
        let last = page(99).await;
        assert_eq!((last.others.len(), last.query.page), (20, 3), "beyond the last is the last");
        assert_eq!(last.others[19].description, "token 119");
        assert_eq!(page(2).await.others[0].description, "token 050");
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_token_tells_what_it_was_used_for() {
    on_both(async |world: World| {
        let (services, account) = world.with_ana().await;
        let made = services.tokens.create_for(&operator(), account, draft("CI")).await.unwrap();
        let value = made.secret.unwrap();
        for _ in 0..3 {
            use_from(&services, &value, "10.0.0.1").await.unwrap();
        }
        world.clock.advance(DAY);
        for number in 2..=8 {
            use_from(&services, &value, &format!("10.0.0.{number}")).await.unwrap();
            world.clock.advance(Duration::from_secs(1));
        }
        services.tokens.set_suspended(&operator(), made.id, true).await.unwrap();
        assert_eq!(use_from(&services, &value, "10.0.0.8").await, Err(Code::Suspended));
        let ana = sign_in(&services, "ana").await;
        let used = services.tokens.detail(&ana, made.id).await.unwrap().used;
        assert_eq!(used.days.len(), 30);
        let counts: Vec<_> = used.days.iter().map(|day| (day.accepted, day.refused)).collect();
        assert_eq!((counts[28], counts[29]), ((3, 0), (7, 1)));
        assert!(counts[..28].iter().all(|count| *count == (0, 0)));
        let addresses: Vec<_> = used.sources.iter().map(|by| by.address.as_str()).collect();
        assert_eq!(addresses, ["10.0.0.8", "10.0.0.7", "10.0.0.6", "10.0.0.5", "10.0.0.4"]);
        assert_eq!(used.recent.len(), 11);
        let newest = &used.recent[0];
        assert_eq!(newest.refused.as_deref(), Some("LK-SUSPENDED"));
        assert_eq!(
            (newest.feed.as_deref(), newest.package.as_deref()),
            (Some("main"), Some("demo"))
        );
        assert_eq!(used.recent[1].refused, None);
        assert_eq!(used.recent[1].action.as_deref(), Some("read"));
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_feed_out_of_reach_is_not_named_where_it_was_tried() {
    on_both(async |world: World| {
        let (services, _) = world.with_ana().await;
        let (ben, _) =
            services.accounts.create(&operator(), new_account("ben"), false).await.unwrap();
        let made = services.tokens.create_for(&operator(), ben, draft("curious")).await.unwrap();
        let value = made.secret.unwrap();
        assert_eq!(use_from(&services, &value, "10.0.0.1").await, Err(Code::Feed));
        let ben = sign_in(&services, "ben").await;
        let page = services.tokens.detail(&ben, made.id).await.unwrap();
        assert_eq!(page.used.recent[0].feed, None);
        assert_eq!(page.token.last_used.unwrap().feed, None);
        let list = services.tokens.page(&ben, &TokensQuery::default(), None).await.unwrap();
        assert_eq!(list.others[0].last_used.as_ref().unwrap().feed, None);
        services.close().await;
    })
    .await;
}

#[test]
fn states_have_the_names_that_the_list_asks_for() {
    for (standing, state) in [
        (Standing::Active, TokenState::Active),
        (Standing::Suspended, TokenState::Suspended),
        (Standing::Leaked, TokenState::Leaked),
        (Standing::Revoked, TokenState::Revoked),
    ] {
        assert_eq!(standing.word(), state.name());
    }
}
