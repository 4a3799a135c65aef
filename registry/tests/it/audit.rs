//! Every act leaves its row, and all of them form one chain.

use std::sync::Arc;

use model::{
    action::ActionSet,
    ecosystem::Ecosystem,
    id::TokenId,
    login::{LoginAccess, LoginChoice},
    role::Role,
    rotation::OldStops,
    scope::{Effect, FeedSet, Rule, Scope},
    token::RevealTo,
    token_form::{TokenDraft, TokenForm},
};
use registry::{
    Caller, Services, access::Wanted, feeds::Change, sessions::PasswordText, tokens::Regeneration,
};

use crate::support::{
    World, ask, draft, form_id, new_account, on_both, operator, origin, password, publish, sign_in,
};

const NEW_PASSWORD: &str = "another correct horse battery";

/// The acts that were written down since this was asked last.
async fn since(world: &World, seen: &mut usize) -> Vec<String> {
    let acts = world.acts().await;
    let new = acts[*seen..].to_vec();
    *seen = acts.len();
    new
}

async fn everything(services: &Services, ana: &Caller) -> (TokenId, String) {
    let rule = Rule {
        effect: Effect::Allow,
        actions: ActionSet::ALL,
        feeds: FeedSet::All,
        patterns: Vec::new(),
    };
    let draft = TokenDraft { scope: Scope { rules: vec![rule] }, ..draft("CI") };
    let made = services.tokens.create(ana, draft, form_id(), &origin()).await.unwrap();
    (made.id, made.secret.unwrap().expose().to_owned())
}

#[tokio::test]
async fn every_act_of_an_account_is_written_down() {
    on_both(|world| async move {
        let (services, _) = world.with_ana().await;
        let mut seen = 0;
        assert_eq!(since(&world, &mut seen).await, ["account.create", "feed.create"]);
        let wrong = PasswordText::new("wrong");
        services.sessions.sign_in("ana", &wrong, &origin()).await.unwrap_err();
        let caller = sign_in(&services, "ana").await;
        let confirmed = services.sessions.confirm(&caller, &password(), &origin()).await.unwrap();
        let caller =
            services.sessions.resolve(confirmed.expose(), origin().address).await.unwrap().unwrap();
        let new = PasswordText::new(NEW_PASSWORD);
        services.accounts.change_password(&caller, &password(), &new, &origin()).await.unwrap();
        services.sessions.sign_out(&caller, &origin()).await.unwrap();
        services.accounts.set_password(&operator(), "ana", &password()).await.unwrap();
        services.accounts.set_disabled(&operator(), "ana", true).await.unwrap();
        services.accounts.set_disabled(&operator(), "ana", false).await.unwrap();
        assert_eq!(
            since(&world, &mut seen).await,
            [
                "session.fail",
                "session.begin",
                "session.confirm",
                "account.change-password",
                "session.end",
                "account.set-password",
                "account.disable",
                "account.enable",
            ]
        );
        assert!(services.audit.verify(None).await.unwrap().is_ok());
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn every_act_on_a_token_is_written_down() {
    on_both(|world| async move {
        let (services, _) = world.with_ana().await;
        let ana = sign_in(&services, "ana").await;
        let mut seen = world.acts().await.len();
        let tokens = &services.tokens;
        let (id, _) = everything(&services, &ana).await;
        tokens.reveal(&ana, id, RevealTo::Screen, &origin()).await.unwrap();
        tokens.reveal(&ana, id, RevealTo::Clipboard, &origin()).await.unwrap();
        let feeds = services.feeds.list(&ana).await.unwrap();
        let form = tokens.begin_edit(&ana, id, &[], feeds).await.unwrap().start.form;
        let form = TokenForm { description: "CI of main".to_owned(), ..form };
        tokens.edit(&ana, id, &form, &origin()).await.unwrap();
        let page = tokens.begin_regeneration(&ana, id).await.unwrap();
        let old = OldStops::Day;
        let regeneration = Regeneration { form: page.form, replaces: page.replaces, old };
        tokens.regenerate(&ana, id, regeneration, &origin()).await.unwrap();
        tokens.stop_old(&ana, id, &origin()).await.unwrap();
        tokens.suspend(&ana, id, &origin()).await.unwrap();
        tokens.resume(&ana, id, &origin()).await.unwrap();
        tokens.revoke(&ana, id, &origin()).await.unwrap();
        assert_eq!(
            since(&world, &mut seen).await,
            [
                "token.create",
                "token.reveal",
                "token.copy",
                "token.edit",
                "token.regenerate",
                "token.stop-old",
                "token.suspend",
                "token.resume",
                "token.revoke",
            ]
        );
        let choice = LoginChoice { access: LoginAccess::Read, days: 1 };
        let begun = services.logins.begin("main", &origin()).await.unwrap();
        services.logins.approve(&ana, &begun.login, choice, "main", &origin()).await.unwrap();
        services.logins.fetch(&begun.done, &origin()).await.unwrap();
        let begun = services.logins.begin("main", &origin()).await.unwrap();
        services.logins.deny(&ana, &begun.login, &origin()).await.unwrap();
        let acts = since(&world, &mut seen).await;
        assert_eq!(acts, ["login.approve", "token.create", "login.deny"]);
        assert!(services.audit.verify(None).await.unwrap().is_ok());
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn every_act_in_a_feed_is_written_down() {
    on_both(|world| async move {
        let (services, _) = world.with_ana().await;
        services.accounts.create(&operator(), new_account("ben"), false).await.unwrap();
        let ana = sign_in(&services, "ana").await;
        let (_, token) = everything(&services, &ana).await;
        let mut seen = world.acts().await.len();
        let feeds = Arc::clone(&services.feeds);
        feeds.add_member(&ana, "main", "ben", Role::Reader, &origin()).await.unwrap();
        feeds.remove_member(&ana, "main", "ben", &origin()).await.unwrap();
        let open = Change { is_public: Some(true), ..Change::default() };
        feeds.change(&ana, "main", &open, &origin()).await.unwrap();
        let words = Change { description: Some("Ours".to_owned()), ..Change::default() };
        feeds.change(&ana, "main", &words, &origin()).await.unwrap();
        for version in ["1.0.0", "1.1.0"] {
            publish(&services, &token, "demo", version).await.unwrap();
        }
        let packages = Arc::clone(&services.packages);
        let unlist = Wanted::Unlist(Ecosystem::Npm, "demo");
        let grant = ask(&services, &token, unlist).await.unwrap();
        packages.set_listed(&grant, "1.0.0", false).await.unwrap();
        packages.set_listed(&grant, "1.0.0", true).await.unwrap();
        packages.deprecate(&grant, &["1.0.0"], Some("old")).await.unwrap();
        packages.deprecate(&grant, &["1.0.0"], None).await.unwrap();
        packages.set_tag(&grant, "next", "1.0.0").await.unwrap();
        packages.remove_tag(&grant, "next").await.unwrap();
        let delete = Wanted::Delete(Ecosystem::Npm, "demo");
        let grant = ask(&services, &token, delete).await.unwrap();
        packages.delete_version(&grant, "1.0.0").await.unwrap();
        packages.delete_package(&grant).await.unwrap();
        feeds.delete(&ana, "main", "main", &origin()).await.unwrap();
        assert_eq!(
            since(&world, &mut seen).await,
            [
                "feed.member",
                "feed.member.remove",
                "feed.visibility",
                "feed.settings",
                "package.publish",
                "package.publish",
                "package.unlist",
                "package.list",
                "package.deprecate",
                "package.undeprecate",
                "package.tag",
                "package.untag",
                "package.delete-version",
                "package.delete",
                "feed.delete",
            ]
        );
        assert!(services.audit.verify(None).await.unwrap().is_ok());
        services.close().await;
    })
    .await;
}
