//! The form that makes and changes tokens.

use std::time::Duration;

use model::{
    action::{Action, ActionSet},
    denial::Code,
    ecosystem::Ecosystem,
    id::{FormId, TokenId},
    role::Role,
    scope::{Effect, FeedSet, Rule, Scope, ScopeChoice},
    token_form::{Field, TokenDraft, TokenForm},
    views::{Edited, TokenEditStart},
};
use registry::{Caller, Error, Services, access::Wanted, feeds::NewFeed};
use serde_json::json;

use crate::support::{
    World, ask, draft, may_read, new_account, on_both, operator, origin, publish, sign_in,
};

const HOUR: Duration = Duration::from_hours(1);

/// The page of the form, opened as a link asks.
async fn open(
    services: &Services,
    caller: &Caller,
    id: TokenId,
    asked: &[(&str, &str)],
) -> TokenEditStart {
    let asked: Vec<_> =
        asked.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let feeds = services.feeds.list(caller).await.unwrap();
    services.tokens.begin_edit(caller, id, &asked, feeds).await.unwrap()
}

/// The form as the page shows it.
async fn form(services: &Services, caller: &Caller, id: TokenId) -> TokenForm {
    open(services, caller, id, &[]).await.start.form
}

async fn send(
    services: &Services,
    caller: &Caller,
    id: TokenId,
    form: &TokenForm,
) -> Result<Edited, Error> {
    services.tokens.edit(caller, id, form, &origin()).await
}

/// Sends the form and agrees to whatever gets wider: what that was.
async fn agree(services: &Services, caller: &Caller, id: TokenId, form: TokenForm) -> Vec<String> {
    let Edited::Widens(lines) = send(services, caller, id, &form).await.unwrap() else {
        panic!("nothing gets wider")
    };
    let agreed = TokenForm { agreed: lines.join("\r\n"), ..form };
    assert_eq!(send(services, caller, id, &agreed).await.unwrap(), Edited::Saved);
    lines
}

fn problems(result: Result<Edited, Error>) -> Vec<Field> {
    match result {
        Err(Error::Problems(problems)) => problems.iter().map(|problem| problem.field).collect(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn narrowing_needs_nobody_and_holds_at_the_next_request() {
    on_both(async |world: World| {
        let (services, ana) = world.with_ana().await;
        let made = services.tokens.create_for(&operator(), ana, draft("CI")).await.unwrap();
        let value = made.secret.unwrap();
        let caller = sign_in(&services, "ana").await;
        publish(&services, value.expose(), "demo", "1.0.0").await.unwrap();
        world.clock.advance(HOUR * 3);
        let narrow = TokenForm {
            access: "read".to_owned(),
            description: "laptop".to_owned(),
            ..form(&services, &caller, made.id).await
        };
        assert_eq!(send(&services, &caller, made.id, &narrow).await.unwrap(), Edited::Saved);
        may_read(&services, value.expose()).await.unwrap();
        let push = Wanted::Push(Ecosystem::Npm, "demo");
        assert_eq!(ask(&services, value.expose(), push).await.err(), Some(Code::Scope));

        let rows = world.audited("token.edit").await;
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0]["token"], json!(made.id.to_string()));
        let parts = |state: &str| {
            (rows[0][state]["description"].clone(), rows[0][state]["scope"][0]["actions"].clone())
        };
        assert_eq!(parts("before"), (json!("CI"), json!(7)));
        assert_eq!(parts("after"), (json!("laptop"), json!(1)));
        assert!(rows[0]["after"].get("expires_at").is_none(), "what stays is not told");

        // What is as it was is no change.
        let same = form(&services, &caller, made.id).await;
        assert_eq!(send(&services, &caller, made.id, &same).await.unwrap(), Edited::Saved);
        assert_eq!(form(&services, &caller, made.id).await.revision, same.revision);
        assert_eq!(world.audited("token.edit").await.len(), 1);
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn widening_is_told_agreed_to_and_confirmed() {
    on_both(async |world: World| {
        let (services, ana) = world.with_ana().await;
        let choice = ScopeChoice {
            read: Some(FeedSet::All),
            write: None,
            patterns: Vec::new(),
            read_any_package: false,
            extras: ActionSet::NONE,
        };
        let reads = TokenDraft { scope: choice.into_scope().unwrap(), ..draft("CI") };
        let made = services.tokens.create_for(&operator(), ana, reads).await.unwrap();
        let value = made.secret.unwrap();
        let caller = sign_in(&services, "ana").await;
        let wide = TokenForm {
            access: "both".to_owned(),
            may_unlist: "true".to_owned(),
            ..form(&services, &caller, made.id).await
        };
        let lines =
            ["It may also publish and unlist packages in every feed, whatever their names."];
        let expected = Edited::Widens(lines.map(str::to_owned).to_vec());
        assert_eq!(send(&services, &caller, made.id, &wide).await.unwrap(), expected);
        // Agreeing to something else is agreeing to nothing.
        let other = TokenForm { agreed: "It never expires.".to_owned(), ..wide.clone() };
        assert_eq!(send(&services, &caller, made.id, &other).await.unwrap(), expected);
        let wider =
            TokenForm { may_delete: "true".to_owned(), agreed: lines.join("\n"), ..wide.clone() };
        let again = send(&services, &caller, made.id, &wider).await.unwrap();
        assert!(matches!(again, Edited::Widens(lines) if lines[0].contains("delete")));
        assert!(world.audited("token.edit").await.is_empty());

        world.clock.advance(HOUR * 3);
        let agreed = TokenForm { agreed: lines.join("\n"), ..wide.clone() };
        let late = send(&services, &caller, made.id, &agreed).await;
        assert!(matches!(late, Err(Error::Unconfirmed)));
        let push = Wanted::Push(Ecosystem::Npm, "demo");
        assert_eq!(ask(&services, value.expose(), push).await.err(), Some(Code::Scope));
        let caller = sign_in(&services, "ana").await;
        // The page that is opened again asks at once.
        let pairs: Vec<_> = agreed.link().collect();
        let page = open(&services, &caller, made.id, &pairs).await;
        assert_eq!(page.asked, lines);
        assert_eq!(agree(&services, &caller, made.id, wide).await, lines);
        publish(&services, value.expose(), "demo", "1.0.0").await.unwrap();
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn the_second_of_two_tabs_is_told_and_loses_nothing() {
    on_both(async |world: World| {
        let (services, ana) = world.with_ana().await;
        let made = services.tokens.create_for(&operator(), ana, draft("CI")).await.unwrap();
        let caller = sign_in(&services, "ana").await;
        let tab = form(&services, &caller, made.id).await;
        let first = TokenForm { description: "first".to_owned(), ..tab.clone() };
        assert_eq!(send(&services, &caller, made.id, &first).await.unwrap(), Edited::Saved);
        world.clock.advance(HOUR);

        let second = TokenForm { access: "write".to_owned(), ..tab };
        let told = send(&services, &caller, made.id, &second).await.unwrap();
        let Edited::Changed(changed) = told else { panic!("{told:?}") };
        assert_eq!(changed.at, services.now().minus(HOUR));
        assert_eq!(changed.description, "first");
        assert!(changed.sentence.contains("read and publish"), "{changed:?}");
        assert_eq!(world.audited("token.edit").await.len(), 1);

        // Without script the page is made anew of what was typed.
        let pairs = Vec::<(String, String)>::from(second.clone());
        let pairs: Vec<_> = pairs.iter().map(|(name, value)| (&**name, &**value)).collect();
        let page = open(&services, &caller, made.id, &pairs).await;
        assert_eq!(page.changed.as_ref(), Some(&changed));
        assert_eq!(page.start.form.access, "write");
        assert_eq!(page.start.form.description, "CI");
        assert_eq!(page.start.form.revision, changed.revision);
        let on_top = page.start.form;
        assert_eq!(send(&services, &caller, made.id, &on_top).await.unwrap(), Edited::Saved);
        let now = form(&services, &caller, made.id).await;
        assert_eq!((now.description.as_str(), now.access.as_str()), ("CI", "write"));
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_feed_out_of_reach_stays_until_it_is_removed() {
    on_both(async |world: World| {
        let (services, ana) = world.with_ana().await;
        let tools = NewFeed {
            name: "tools".parse().unwrap(),
            description: String::new(),
            is_public: false,
        };
        services.feeds.create_for(&operator(), ana, tools).await.unwrap();
        let (ben, _) =
            services.accounts.create(&operator(), new_account("ben"), false).await.unwrap();
        for feed in ["main", "tools"] {
            services.feeds.set_member(&operator(), feed, "ben", Role::Contributor).await.unwrap();
        }
        let ids = services.feeds.ids_of(ben, &["main".into(), "tools".into()]).await.unwrap();
        let mut sorted = ids.clone();
        sorted.sort_unstable();
        let choice = ScopeChoice {
            read: Some(FeedSet::Only(sorted)),
            write: None,
            patterns: Vec::new(),
            read_any_package: false,
            extras: ActionSet::NONE,
        };
        let scope = choice.into_scope().unwrap();
        let reads = TokenDraft { scope: scope.clone(), ..draft("CI") };
        let made = services.tokens.create_for(&operator(), ben, reads).await.unwrap();
        services.feeds.remove_member_for(&operator(), "tools", "ben").await.unwrap();

        let caller = sign_in(&services, "ben").await;
        let page = open(&services, &caller, made.id, &[]).await;
        assert_eq!(page.start.feeds.len(), 1);
        let lost = &page.start.lost_feeds;
        assert_eq!((lost[0].id, lost[0].name.as_deref()), (ids[1], Some("tools")));
        let renamed = TokenForm { description: "build".to_owned(), ..page.start.form };
        assert_eq!(send(&services, &caller, made.id, &renamed).await.unwrap(), Edited::Saved);
        assert_eq!(services.tokens.as_draft(made.id).await.unwrap().1.scope, scope);

        // Removed, it does not come back.
        let mut without = form(&services, &caller, made.id).await;
        without.feed.retain(|id| *id != ids[1].to_string());
        assert_eq!(send(&services, &caller, made.id, &without).await.unwrap(), Edited::Saved);
        let mut with = form(&services, &caller, made.id).await;
        with.feed.push(ids[1].to_string());
        assert_eq!(problems(send(&services, &caller, made.id, &with).await), [Field::Feeds]);
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn rules_that_the_form_cannot_say_are_never_changed_by_the_way() {
    on_both(async |world: World| {
        let (services, ana) = world.with_ana().await;
        let rule = |effect, actions| Rule {
            effect,
            actions,
            feeds: FeedSet::All,
            patterns: vec!["acme-*".parse().unwrap()],
        };
        let scope = Scope {
            rules: vec![
                rule(Effect::Allow, ActionSet::ALL),
                rule(Effect::Deny, ActionSet::of(&[Action::Delete])),
            ],
        };
        let by_rules = TokenDraft { scope: scope.clone(), ..draft("by rules") };
        let made = services.tokens.create_for(&operator(), ana, by_rules).await.unwrap();
        let caller = sign_in(&services, "ana").await;
        let page = open(&services, &caller, made.id, &[("add", "read"), ("package", "x")]).await;
        let rules = [
            "Allows to read, publish, unlist and delete packages named acme-* in every feed",
            "Forbids to delete packages named acme-* in every feed",
        ];
        assert_eq!(page.rules.unwrap(), rules);
        assert!(!page.start.is_prefilled);
        let renamed = TokenForm {
            description: "renamed".to_owned(),
            networks: "listed".to_owned(),
            network: vec!["10.1.2.3".to_owned()],
            ..page.start.form
        };
        assert_eq!(send(&services, &caller, made.id, &renamed).await.unwrap(), Edited::Saved);
        let after = services.tokens.as_draft(made.id).await.unwrap().1;
        assert_eq!((after.scope, after.networks.len()), (scope, 1));

        // Another card replaces them, knowingly.
        let reads =
            TokenForm { access: "read".to_owned(), ..form(&services, &caller, made.id).await };
        let lines = agree(&services, &caller, made.id, reads).await;
        assert_eq!(lines, ["It may also read every feed."]);
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn an_expired_token_is_renewed_and_the_primary_is_limited() {
    on_both(async |world: World| {
        let (services, ana) = world.with_ana().await;
        let end = services.now().plus(HOUR);
        let short = TokenDraft { expires_at: Some(end), ..draft("CI") };
        let made = services.tokens.create_for(&operator(), ana, short).await.unwrap();
        let value = made.secret.unwrap();
        world.clock.advance(HOUR);
        assert_eq!(may_read(&services, value.expose()).await, Err(Code::Expired));
        let caller = sign_in(&services, "ana").await;
        let kept = form(&services, &caller, made.id).await;
        assert_eq!(kept.expires, "keep");
        let renewed = TokenForm { expires: "7d".to_owned(), ..kept };
        let lines = agree(&services, &caller, made.id, renewed).await;
        assert_eq!(lines, ["It works until Tuesday 1 December 2026."]);
        may_read(&services, value.expose()).await.unwrap();

        let primary = services.tokens.list(ana).await.unwrap()[0].id;
        let limited = TokenForm {
            access: "read".to_owned(),
            expires: "30d".to_owned(),
            description: "Everything".to_owned(),
            ..form(&services, &caller, primary).await
        };
        assert_eq!(send(&services, &caller, primary, &limited).await.unwrap(), Edited::Saved);
        assert_eq!(world.audited("token.edit").await.len(), 2);
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_network_that_is_added_is_allowed() {
    on_both(async |world: World| {
        let (services, ana) = world.with_ana().await;
        let networks = vec!["192.168.0.0/16".parse().unwrap()];
        let office = TokenDraft { networks, ..draft("CI") };
        let made = services.tokens.create_for(&operator(), ana, office).await.unwrap();
        let value = made.secret.unwrap();
        assert_eq!(may_read(&services, value.expose()).await, Err(Code::Network));
        let caller = sign_in(&services, "ana").await;
        let page = open(&services, &caller, made.id, &[("address", "10.1.2.3")]).await;
        assert!(page.start.is_prefilled);
        assert_eq!(page.start.form.network, ["192.168.0.0/16", "10.1.2.3"]);
        let preview = async |form: &TokenForm, address: &str| {
            let address = Some(address.parse().unwrap());
            services.tokens.preview(&caller, Some(made.id), form, address).await.unwrap()
        };
        let seen = preview(&page.start.form, "10.1.2.3").await;
        assert_eq!(seen.outside, None);
        assert_eq!(seen.networks[0].words, "192.168.0.0 to 192.168.255.255");
        assert_eq!(seen.wider, ["It may also be used from 10.1.2.3/32."]);
        let elsewhere = preview(&page.start.form, "2001:db8::1").await;
        assert_eq!(elsewhere.outside.as_deref(), Some("2001:db8::1"));
        agree(&services, &caller, made.id, page.start.form).await;
        may_read(&services, value.expose()).await.unwrap();
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn what_is_revoked_or_somebody_elses_is_not_changed() {
    on_both(async |world: World| {
        let (services, ana) = world.with_ana().await;
        let made = services.tokens.create_for(&operator(), ana, draft("CI")).await.unwrap();
        let caller = sign_in(&services, "ana").await;
        let form = form(&services, &caller, made.id).await;
        services.accounts.create(&operator(), new_account("ben"), true).await.unwrap();
        let ben = sign_in(&services, "ben").await;
        assert!(matches!(
            send(&services, &ben, made.id, &form).await,
            Err(Error::NotFound("token"))
        ));
        let preview = services.tokens.preview(&ben, Some(made.id), &form, None).await;
        assert!(matches!(preview, Err(Error::NotFound("token"))));
        let from = [("from".to_owned(), made.id.to_string())];
        let copied = services.tokens.begin_form(&ben, &from, Vec::new()).await;
        assert!(matches!(copied, Err(Error::NotFound("token"))));
        services.tokens.revoke(&caller, made.id, &origin()).await.unwrap();
        let late = send(&services, &caller, made.id, &form).await;
        assert!(matches!(late, Err(Error::Invalid(_))));
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_link_names_feeds_and_templates_and_a_token_to_begin_with() {
    on_both(async |world: World| {
        let (services, ana) = world.with_ana().await;
        let caller = sign_in(&services, "ana").await;
        let main = services.feeds.ids_of(ana, &["main".into()]).await.unwrap()[0].to_string();
        let begin = async |asked: &[(&str, &str)]| {
            let asked: Vec<_> = asked
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect();
            let feeds = services.feeds.list(&caller).await.unwrap();
            services.tokens.begin_form(&caller, &asked, feeds).await.unwrap()
        };
        let plain = begin(&[]).await;
        assert!(!plain.is_prefilled);
        let asked =
            [("template", "ci-publish"), ("feed", "Main"), ("feed", "nowhere"), ("package", "a*")];
        let start = begin(&asked).await;
        assert!(start.is_prefilled);
        assert_eq!(start.form.feed, [main]);
        assert_eq!(start.unknown_feeds, ["nowhere"]);
        let preview = services.tokens.preview(&caller, None, &start.form, None).await.unwrap();
        let sentence = preview.sentence.unwrap();
        assert!(
            sentence.starts_with("This token can publish packages named a* to main until "),
            "{sentence}"
        );
        // A link to no feed at all is no link to all of them.
        let lost = begin(&[("feed", "nowhere")]).await;
        assert_eq!((lost.form.feeds.as_str(), lost.form.feed.len()), ("chosen", 0));

        let networks = vec!["10.1.0.0/16".parse().unwrap()];
        let office = TokenDraft { networks, ..draft("office") };
        let made = services.tokens.create_for(&operator(), ana, office).await.unwrap();
        let like = begin(&[("from", &made.id.to_string()), ("description", "other")]).await;
        assert_eq!((like.form.access.as_str(), &*like.form.description), ("both", "other"));
        assert_eq!(like.form.network, ["10.1.0.0/16"]);
        assert_ne!(like.form.form, plain.form.form, "a use of its own");
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn packages_are_counted_without_holding_them() {
    on_both(async |world: World| {
        let (services, ana) = world.with_ana().await;
        let made = services.tokens.create_for(&operator(), ana, draft("CI")).await.unwrap();
        let value = made.secret.unwrap();
        for name in ["acme-core", "acme-http", "acme-log", "other"] {
            publish(&services, value.expose(), name, "1.0.0").await.unwrap();
        }
        let caller = sign_in(&services, "ana").await;
        let form = TokenForm {
            packages: "named".to_owned(),
            pattern: vec!["acme-*".to_owned(), String::new(), "a b".to_owned()],
            ..TokenForm::default()
        };
        let preview = services.tokens.preview(&caller, None, &form, None).await.unwrap();
        assert!(preview.sentence.is_err());
        let row = &preview.patterns[0];
        assert_eq!((row.matches, row.examples.len()), (3, 2));
        assert!(preview.patterns[1].good && !preview.patterns[2].good);
        let form = TokenForm { pattern: vec!["acme-*".to_owned(), "o*".to_owned()], ..form };
        let preview = services.tokens.preview(&caller, None, &form, None).await.unwrap();
        assert_eq!((preview.matches, preview.is_partial), (4, false));
        assert_eq!(services.tokens.detail(&caller, made.id).await.unwrap().matches, 4);
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn thirty_tokens_an_hour_and_then_a_wait() {
    on_both(async |world: World| {
        let (services, _) = world.with_ana().await;
        let caller = sign_in(&services, "ana").await;
        let form = |number: u32| -> FormId {
            format!("0190f3c1-6d2e-7a54-9b1c-{number:012}").parse().unwrap()
        };
        let create = async |number| {
            services.tokens.create(&caller, draft("CI"), form(number), &origin()).await
        };
        for number in 0..30 {
            create(number).await.unwrap();
            world.clock.advance(Duration::from_mins(1));
        }
        let Err(Error::Throttled(wait)) = create(30).await else { panic!("one too many") };
        assert_eq!(wait, HOUR / 2);
        assert!(create(29).await.is_ok(), "the same form sent again makes nothing");
        world.clock.advance(wait);
        create(30).await.unwrap();
        services.close().await;
    })
    .await;
}
