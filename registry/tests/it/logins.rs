//! Signing in from a terminal, by the browser and by password; and what a client may do about tokens.

use std::{net::IpAddr, time::Duration};

use model::{
    denial::Code,
    ecosystem::Ecosystem,
    id::AccountId,
    login::{LoginAccess, LoginChoice},
    names::FeedName,
    views::{LoginPage, LoginReach},
};
use registry::{
    Caller, Error, Grant, Origin, Services,
    access::{AccessRequest, Credential, Wanted},
    logins::LoginAnswer,
    sessions::PasswordText,
    tokens::Wish,
};

use crate::support::{
    World, ask, draft, may_read, new_account, on_both, operator, origin, password, publish, sign_in,
};

const BOTH: LoginChoice = LoginChoice { access: LoginAccess::Both, days: 30 };
const READ: LoginChoice = LoginChoice { access: LoginAccess::Read, days: 1 };

fn from(address: &str) -> Origin {
    Origin { address: address.parse::<IpAddr>().unwrap(), ..origin() }
}

/// What the terminal gets, if it gets a token.
async fn token(services: &Services, done: &str) -> Option<String> {
    match services.logins.fetch(done, &origin()).await.unwrap() {
        LoginAnswer::Token(token) => Some(token.expose().to_owned()),
        _ => None,
    }
}

async fn waits(services: &Services, done: &str) -> bool {
    matches!(services.logins.fetch(done, &origin()).await.unwrap(), LoginAnswer::Waiting)
}

async fn authorize(
    services: &Services,
    credential: &Credential,
    feed: &str,
    wanted: Wanted<'_>,
) -> Result<Grant, Code> {
    let origin = origin();
    match services
        .access
        .authorize(credential, AccessRequest { feed, wanted, origin: &origin })
        .await
    {
        Ok(grant) => Ok(grant),
        Err(Error::Denied(denial)) => Err(denial.code),
        Err(error) => panic!("{error:?}"),
    }
}

async fn grant(services: &Services, token: &str) -> Grant {
    ask(services, token, Wanted::Presence).await.unwrap()
}

async fn descriptions(services: &Services, account: AccountId) -> Vec<String> {
    let tokens = services.tokens.list(account).await.unwrap();
    tokens.into_iter().skip(1).map(|token| token.description).collect()
}

async fn page(services: &Services, caller: &Caller, code: &str) -> Result<LoginPage, Error> {
    services.logins.page(caller, code, &origin()).await
}

#[tokio::test]
async fn the_terminal_gets_what_was_approved_once() {
    on_both(async |world: World| {
        let (services, ana) = world.with_ana().await;
        let caller = sign_in(&services, "ana").await;
        let begun = services.logins.begin("Main", &origin()).await.unwrap();
        assert_ne!(begun.login, begun.done, "the secrets are independent");
        assert!(waits(&services, &begun.done).await);
        let LoginPage::Open(open) = page(&services, &caller, &begun.login).await.unwrap() else {
            panic!("it waits")
        };
        assert_eq!((open.feed.as_str(), open.client.as_str()), ("Main", "npm 11.19.1"));
        assert_eq!((open.reach, open.other_address), (Some(LoginReach::Publishes), None));
        assert_eq!(open.description, "npm login from 10.1.2.3");

        services.logins.approve(&caller, &begun.login, BOTH, "", &origin()).await.unwrap();
        assert!(
            descriptions(&services, ana).await.is_empty(),
            "nothing is made before it is fetched"
        );
        assert_eq!(page(&services, &caller, &begun.login).await.unwrap(), LoginPage::Approved);
        let fetches = (0..8).map(|_| token(&services, &begun.done));
        let got: Vec<String> =
            futures::future::join_all(fetches).await.into_iter().flatten().collect();
        assert_eq!(got.len(), 1, "of several, one gets it");
        assert_eq!(descriptions(&services, ana).await, ["npm login from 10.1.2.3"]);
        publish(&services, &got[0], "demo", "1.0.0").await.unwrap();
        may_read(&services, &got[0]).await.unwrap();
        assert_eq!(
            ask(&services, &got[0], Wanted::Delete(Ecosystem::Npm, "demo")).await.unwrap_err(),
            Code::Scope
        );
        let listed = &services.tokens.list(ana).await.unwrap()[1];
        assert_eq!(listed.expires_at.unwrap().short_date(), "24 Dec 2026");

        assert!(services.tokens.log_out(&grant(&services, &got[0]).await).await.unwrap());
        assert_eq!(may_read(&services, &got[0]).await, Err(Code::Revoked));
        assert_eq!(services.audit.verify(None).await.unwrap().map(|tip| tip.seq > 5), Ok(true));
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn what_is_denied_old_or_made_up_gets_nothing() {
    on_both(async |world: World| {
        let (services, ana) = world.with_ana().await;
        let caller = sign_in(&services, "ana").await;
        let over = async |done: &str| {
            matches!(services.logins.fetch(done, &origin()).await.unwrap(), LoginAnswer::Over)
        };
        let denied = services.logins.begin("main", &origin()).await.unwrap();
        services.logins.deny(&caller, &denied.login, &origin()).await.unwrap();
        let answer = services.logins.fetch(&denied.done, &origin()).await.unwrap();
        assert!(matches!(answer, LoginAnswer::Denied));
        assert_eq!(page(&services, &caller, &denied.login).await.unwrap(), LoginPage::Denied);
        let late = services.logins.approve(&caller, &denied.login, READ, "", &origin()).await;
        assert!(matches!(late, Err(Error::NotFound(_))), "it is decided once");

        let swapped = services.logins.begin("main", &origin()).await.unwrap();
        let wrong = services.logins.approve(&caller, &swapped.done, READ, "", &origin()).await;
        assert!(matches!(wrong, Err(Error::NotFound(_))), "the terminal's secret approves nothing");
        assert!(over(&swapped.login).await, "the browser's secret fetches nothing");
        assert!(over("nothing").await);

        let old = services.logins.begin("main", &origin()).await.unwrap();
        let unfetched = services.logins.begin("main", &origin()).await.unwrap();
        services.logins.approve(&caller, &unfetched.login, READ, "", &origin()).await.unwrap();
        world.clock.advance(Duration::from_mins(10));
        assert!(over(&old.done).await && over(&unfetched.done).await);
        assert!(matches!(page(&services, &caller, &old.login).await, Err(Error::NotFound(_))));
        let late = services.logins.approve(&caller, &old.login, READ, "", &origin()).await;
        assert!(matches!(late, Err(Error::NotFound(_))));
        assert!(descriptions(&services, ana).await.is_empty());
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn only_who_means_it_approves() {
    on_both(async |world: World| {
        let (services, _) = world.with_ana().await;
        services.accounts.create(&operator(), new_account("ben"), false).await.unwrap();
        let (ana, ben) = (sign_in(&services, "ana").await, sign_in(&services, "ben").await);
        // A feed out of reach and one that is not there are one case.
        let mut pages = Vec::new();
        for feed in ["main", "none"] {
            let begun = services.logins.begin(feed, &origin()).await.unwrap();
            let LoginPage::Open(open) = page(&services, &ben, &begun.login).await.unwrap() else {
                panic!("it waits")
            };
            assert_eq!(open.reach, None);
            let refused = services.logins.approve(&ben, &begun.login, READ, "", &origin()).await;
            pages.push(format!("{refused:?}"));
            assert!(waits(&services, &begun.done).await, "nothing was decided");
        }
        assert_eq!(pages[0], pages[1]);

        // From another address, the feed has to be typed.
        let begun = services.logins.begin("main", &from("203.0.113.9")).await.unwrap();
        let LoginPage::Open(open) = page(&services, &ana, &begun.login).await.unwrap() else {
            panic!("it waits")
        };
        assert_eq!(open.other_address.as_deref(), Some("10.1.2.3"));
        for typed in ["", "mian"] {
            let refused = services.logins.approve(&ana, &begun.login, READ, typed, &origin()).await;
            assert!(matches!(refused, Err(Error::Invalid(_))), "{typed}");
        }
        services.logins.approve(&ana, &begun.login, READ, " Main ", &origin()).await.unwrap();

        // Somebody else's decision is nobody's business.
        assert!(matches!(page(&services, &ben, &begun.login).await, Err(Error::NotFound(_))));

        let begun = services.logins.begin("main", &origin()).await.unwrap();
        world.clock.advance(Duration::from_hours(2));
        let begun_later = services.logins.begin("main", &origin()).await.unwrap();
        for code in [&begun.login, &begun_later.login] {
            let refused = services.logins.approve(&ana, code, READ, "", &origin()).await;
            assert!(matches!(refused, Err(Error::Unconfirmed)));
        }
        services.logins.deny(&ana, &begun_later.login, &origin()).await.unwrap();
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_reader_approves_reading_and_what_is_gone_is_not_delivered() {
    on_both(async |world: World| {
        let (services, _) = world.with_ana().await;
        let (id, _) =
            services.accounts.create(&operator(), new_account("ben"), false).await.unwrap();
        let reader = model::role::Role::Reader;
        services.feeds.set_member(&operator(), "main", "ben", reader).await.unwrap();
        let ben = sign_in(&services, "ben").await;
        let begun = services.logins.begin("main", &origin()).await.unwrap();
        let refused = services.logins.approve(&ben, &begun.login, BOTH, "", &origin()).await;
        assert!(matches!(refused, Err(Error::Forbidden(_))));
        services.logins.approve(&ben, &begun.login, READ, "", &origin()).await.unwrap();
        services.accounts.set_disabled(&operator(), "ben", true).await.unwrap();
        assert_eq!(token(&services, &begun.done).await, None);
        services.accounts.set_disabled(&operator(), "ben", false).await.unwrap();
        assert_eq!(token(&services, &begun.done).await, None, "once is once");
        assert!(descriptions(&services, id).await.is_empty());
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_network_begins_only_so_many() {
    on_both(async |world: World| {
        let (services, _) = world.with_ana().await;
        for number in 0..20 {
            let neighbour = from(&format!("203.0.113.{number}"));
            services.logins.begin("main", &neighbour).await.unwrap();
        }
        let Err(Error::Throttled(wait)) =
            services.logins.begin("main", &from("203.0.113.99")).await
        else {
            panic!("one too many")
        };
        assert_eq!(wait, Duration::from_mins(10));
        services.logins.begin("main", &from("203.0.114.1")).await.unwrap();
        world.clock.advance(Duration::from_mins(10));
        services.logins.begin("main", &from("203.0.113.99")).await.unwrap();
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_password_signs_in_to_read() {
    on_both(async |world: World| {
        let (services, ana) = world.with_ana().await;
        let credential = |password: &str| Credential::Password {
            name: "ana".to_owned(),
            password: PasswordText::new(password),
        };
        let wrong = authorize(&services, &credential("wrong"), "main", Wanted::Presence).await;
        assert_eq!(wrong.unwrap_err(), Code::Unknown);
        let by_password = credential(crate::support::PASSWORD);
        let grant = authorize(&services, &by_password, "main", Wanted::Presence).await.unwrap();
        let secret = services.tokens.log_in(&grant).await.unwrap();
        may_read(&services, secret.expose()).await.unwrap();
        let published = publish(&services, secret.expose(), "demo", "1.0.0").await;
        assert!(matches!(published, Err(Error::Denied(denial)) if denial.code == Code::Scope));
        assert_eq!(descriptions(&services, ana).await, ["npm login from 10.1.2.3"]);

        // A token signs nobody in, and only what signing in made is ended by signing out.
        let by_token = crate::logins::grant(&services, secret.expose()).await;
        assert!(services.tokens.log_in(&by_token).await.is_err());
        let other = services.tokens.create_for(&operator(), ana, draft("CI")).await.unwrap();
        let other = other.secret.unwrap();
        let by_other = crate::logins::grant(&services, other.expose()).await;
        assert!(!services.tokens.log_out(&by_other).await.unwrap());
        may_read(&services, other.expose()).await.unwrap();
        services.close().await;
    })
    .await;
}

fn wish() -> Wish {
    Wish {
        description: Some("child".to_owned()),
        read_only: false,
        packages: Vec::new(),
        networks: Vec::new(),
        days: None,
    }
}

#[tokio::test]
async fn a_token_makes_another_only_with_the_password_and_never_a_wider_one() {
    on_both(async |world: World| {
        let (services, ana) = world.with_ana().await;
        let side = registry::feeds::NewFeed {
            name: "side".parse::<FeedName>().unwrap(),
            description: String::new(),
            is_public: false,
        };
        services.feeds.create_for(&operator(), ana, side).await.unwrap();
        let mut parent = draft("parent");
        parent.scope.rules[0].patterns = vec!["@acme/*".parse().unwrap()];
        parent.networks = vec!["10.0.0.0/8".parse().unwrap()];
        let parent = services.tokens.create_for(&operator(), ana, parent).await.unwrap();
        let parent = parent.secret.unwrap();
        let by_parent = grant(&services, parent.expose()).await;
        let mint = async |password: &PasswordText, wish: &Wish| {
            services.tokens.mint(&by_parent, password, wish, &origin()).await
        };
        let wrong = mint(&PasswordText::new("wrong"), &wish()).await;
        assert!(matches!(wrong, Err(Error::WrongPassword)));

        let (listed, child) = mint(&password(), &wish()).await.unwrap();
        assert_eq!(listed.expires_at.unwrap().short_date(), "22 Feb 2027");
        assert_eq!(listed.networks[0].to_string(), "10.0.0.0/8", "it is bound where the parent is");
        let child = Credential::Token(child.expose().to_owned());
        let asked = [
            ("main", Wanted::Push(Ecosystem::Npm, "@acme/demo"), Ok(())),
            ("main", Wanted::Push(Ecosystem::Npm, "demo"), Err(Code::Package)),
            ("side", Wanted::Read(Ecosystem::Npm, "@acme/demo"), Err(Code::Feed)),
        ];
        for (feed, wanted, expected) in asked {
            let answer = authorize(&services, &child, feed, wanted).await.map(|_| ());
            assert_eq!(answer, expected, "{feed} {wanted:?}");
        }

        let narrow = Wish {
            read_only: true,
            packages: vec!["@acme/demo".to_owned()],
            networks: vec!["10.1.0.0/16".parse().unwrap()],
            days: Some(7),
            description: None,
        };
        let (listed, _) = mint(&password(), &narrow).await.unwrap();
        assert!(listed.is_read_only);
        assert_eq!(listed.description, "npm token create from 10.1.2.3");
        assert_eq!(listed.expires_at.unwrap().short_date(), "1 Dec 2026");
        for wider in [
            Wish { packages: vec!["demo".to_owned()], ..wish() },
            Wish { networks: vec!["0.0.0.0/0".parse().unwrap()], ..wish() },
            Wish { days: Some(91), ..wish() },
            Wish { days: Some(0), ..wish() },
            Wish { description: Some("x".repeat(101)), ..wish() },
        ] {
            let refused = mint(&password(), &wider).await;
            assert!(matches!(refused, Err(Error::Invalid(_))), "{wider:?}");
        }
        let by_password = Credential::Password { name: "ana".to_owned(), password: password() };
        let by_password =
            authorize(&services, &by_password, "main", Wanted::Presence).await.unwrap();
        let refused = services.tokens.mint(&by_password, &password(), &wish(), &origin()).await;
        assert!(matches!(refused, Err(Error::Forbidden(_))), "a token is made out of one");
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_token_sees_and_ends_itself_alone_a_password_all_but_the_primary() {
    on_both(async |world: World| {
        let (services, ana) = world.with_ana().await;
        let make = async |name: &str| {
            world.clock.advance(Duration::from_secs(1));
            let made = services.tokens.create_for(&operator(), ana, draft(name)).await.unwrap();
            (made.id, made.secret.unwrap())
        };
        let ((one, value), (two, _)) = (make("one").await, make("two").await);
        let by_token = grant(&services, value.expose()).await;
        let seen = services.tokens.listed(&by_token).await.unwrap();
        assert_eq!(seen.iter().map(|token| token.id).collect::<Vec<_>>(), [one]);
        for other in
            [two.to_string(), "0190f3c1-6d2e-7a54-9b1c-2f6f0f3a9d11".to_owned(), "x".to_owned()]
        {
            let refused = services.tokens.revoke_named(&by_token, &other).await;
            assert!(matches!(refused, Err(Error::Forbidden(_))), "{other}");
        }
        services.tokens.revoke_named(&by_token, value.expose()).await.unwrap();
        assert_eq!(may_read(&services, value.expose()).await, Err(Code::Revoked));

        let credential = Credential::Password { name: "ana".to_owned(), password: password() };
        let by_password = authorize(&services, &credential, "", Wanted::Identity).await.unwrap();
        let seen = services.tokens.listed(&by_password).await.unwrap();
        let names: Vec<_> = seen.iter().map(|token| token.description.as_str()).collect();
        assert_eq!(names, ["two", "Primary"], "what is revoked is not listed");
        let primary = services.tokens.revoke_named(&by_password, &seen[1].id.to_string()).await;
        assert!(matches!(primary, Err(Error::Invalid(_))));
        services.tokens.revoke_named(&by_password, &two.to_string()).await.unwrap();

        let (ben, _) =
            services.accounts.create(&operator(), new_account("ben"), false).await.unwrap();
        let his = services.tokens.create_for(&operator(), ben, draft("his")).await.unwrap();
        for named in [his.id.to_string(), his.secret.unwrap().expose().to_owned(), "x".to_owned()] {
            let absent = services.tokens.revoke_named(&by_password, &named).await;
            assert!(matches!(absent, Err(Error::NotFound(_))));
        }
        services.close().await;
    })
    .await;
}
