//! Identities at providers: what they open, and what they never do.

use std::{sync::Arc, time::Duration};

use model::{
    denial::Code, ecosystem::Ecosystem, policy::Setting, timestamp::Timestamp, token::RevealTo,
    views::Decision,
};
use registry::{
    Caller, Error, Program, Services,
    access::{AccessRequest, Credential, Wanted},
    accounts::NewAccount,
    identities::{Arrival, Attempt, Decided, Logout, Proof, Purpose},
    sessions::PasswordText,
};

use crate::support::{World, may_read, new_account, on_both, operator, origin, sign_in};

const ISSUER: &str = "https://login.contoso.example";

fn proof(subject: &str) -> Proof {
    Proof {
        provider: "contoso".to_owned(),
        issuer: ISSUER.to_owned(),
        subject: subject.to_owned(),
        label: format!("{subject} of Contoso"),
        email: Some(format!("{subject}@example.com").parse().unwrap()),
        nickname: Some(format!("{subject}@contoso.example")),
        authenticated_at: None,
        session: Some(format!("session of {subject}")),
    }
}

async fn begin(services: &Services, purpose: Purpose, caller: Option<&Caller>) -> Attempt {
    services.identities.begin("contoso", purpose, "/feeds", caller).await.unwrap().0
}

async fn arrive(services: &Services, proof: Proof) -> Result<Arrival, Error> {
    let attempt = begin(services, Purpose::SignIn, None).await;
    services.identities.arrive(attempt, proof, None, &origin()).await
}

async fn caller(services: &Services, arrival: Arrival) -> Caller {
    let Arrival::Session(secret) = arrival else { panic!("something is to be decided") };
    services.sessions.resolve(secret.expose(), origin().address).await.unwrap().unwrap()
}

fn sealed(arrival: Result<Arrival, Error>) -> String {
    match arrival.unwrap() {
        Arrival::Decision(sealed) => sealed,
        Arrival::Session(_) => panic!("nothing is to be decided"),
    }
}

/// Links an identity to the caller's account.
async fn link(services: &Services, caller: &Caller, proof: Proof) -> Result<Decided, Error> {
    let attempt = begin(services, Purpose::Link(caller.session), Some(caller)).await;
    let arrival = services.identities.arrive(attempt, proof, Some(caller), &origin()).await?;
    services.identities.decide(&sealed(Ok(arrival)), "", Some(caller), &origin()).await
}

#[tokio::test]
async fn what_was_linked_signs_in_and_an_equal_address_does_not() {
    on_both(async |world: World| {
        let (services, _) = world.with_ana().await;
        // The same address as ana's, verified; nobody is linked.
        let refused = arrive(&services, proof("ana")).await;
        assert!(matches!(refused, Err(Error::Forbidden(_))));
        let ana = sign_in(&services, "ana").await;
        link(&services, &ana, proof("ana")).await.unwrap();
        let again = caller(&services, arrive(&services, proof("ana")).await.unwrap()).await;
        assert_eq!(again.account, ana.account);
        assert_ne!(again.session, ana.session);
        for other in [
            Proof { provider: "github".to_owned(), ..proof("ana") },
            Proof { issuer: "https://other.example".to_owned(), ..proof("ana") },
            proof("eve"),
        ] {
            assert!(matches!(arrive(&services, other).await, Err(Error::Forbidden(_))));
        }
        let begun = world.audited("session.begin").await;
        assert_eq!(begun.last().unwrap()["provider"], "contoso");
        assert_eq!(world.audited("session.fail").await.len(), 4);
        let linked = world.audited("identity.link").await;
        assert_eq!((linked.len(), linked[0]["provider"].as_str()), (1, Some("contoso")));
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn linking_needs_the_session_that_began_it_and_a_confirmed_identity() {
    on_both(async |world: World| {
        let (services, _) = world.with_ana().await;
        services.accounts.create(&operator(), new_account("eve"), false).await.unwrap();
        let (ana, eve) = (sign_in(&services, "ana").await, sign_in(&services, "eve").await);
        let purpose = || Purpose::Link(ana.session);
        let attempt = begin(&services, purpose(), Some(&ana)).await;
        let identities = &services.identities;
        for wrong in [None, Some(&eve)] {
            let arrival = identities.arrive(attempt.clone(), proof("x"), wrong, &origin()).await;
            assert!(matches!(arrival, Err(Error::Forbidden(_))));
            let begun = identities.begin("contoso", purpose(), "/", wrong).await;
            assert!(matches!(begun, Err(Error::Forbidden(_))));
        }
        let sealed = sealed(identities.arrive(attempt, proof("x"), Some(&ana), &origin()).await);
        let arrived = identities.arrived(&sealed, Some(&ana)).await.unwrap();
        assert_eq!(
            (arrived.provider.as_str(), arrived.label.as_str()),
            ("Contoso", "x of Contoso")
        );
        assert_eq!(arrived.decision, Decision::Link { username: "ana".to_owned() });
        let others = identities.decide(&sealed, "", Some(&eve), &origin()).await;
        assert!(matches!(others, Err(Error::Forbidden(_))));
        assert!(identities.list(&ana).await.unwrap().identities.is_empty());

        // What a browser keeps is good for ten minutes, and is not made by itself.
        assert!(identities.arrived(&sealed[..40], Some(&ana)).await.is_err());
        world.clock.advance(Duration::from_mins(10));
        assert!(matches!(
            identities.decide(&sealed, "", Some(&ana), &origin()).await,
            Err(Error::NotFound(_))
        ));
        world.clock.advance(Duration::from_hours(2));
        let late = identities.begin("contoso", purpose(), "/", Some(&ana)).await;
        assert!(matches!(late, Err(Error::Unconfirmed)));
        let absent = identities.begin("nobody", Purpose::SignIn, "/", None).await;
        assert!(matches!(absent, Err(Error::NotFound(_))));
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn an_identity_belongs_to_one_account_and_nobody_learns_whose() {
    on_both(async |world: World| {
        let (services, _) = world.with_ana().await;
        services.accounts.create(&operator(), new_account("eve"), false).await.unwrap();
        let (ana, eve) = (sign_in(&services, "ana").await, sign_in(&services, "eve").await);
        link(&services, &ana, proof("ana")).await.unwrap();
        let Err(Error::Taken(words)) = link(&services, &eve, proof("ana")).await else {
            panic!("it is ana's")
        };
        assert!(!words.contains("ana"), "{words}");
        let Err(Error::Taken(words)) = link(&services, &ana, proof("ana")).await else {
            panic!("it is linked already")
        };
        assert!(words.contains("already"), "{words}");
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn the_last_way_in_stays() {
    on_both(async |world: World| {
        let (services, ben) = joined(&world).await;
        let identities = &services.identities;
        let only = identities.list(&ben).await.unwrap();
        assert!(!only.has_password && only.identities[0].is_last_way_in, "{only:?}");
        let id = only.identities[0].id;
        assert!(matches!(identities.unlink(&ben, id, &origin()).await, Err(Error::Forbidden(_))));
        // One of a provider that is gone is no way in.
        let gone = Proof { provider: "gone".to_owned(), ..proof("ben") };
        link(&services, &ben, gone).await.unwrap();
        assert!(matches!(identities.unlink(&ben, id, &origin()).await, Err(Error::Forbidden(_))));
        let second = Proof { provider: "github".to_owned(), ..proof("ben") };
        link(&services, &ben, second).await.unwrap();
        // Sessions that it began end, but not the one that unlinks it.
        let Arrival::Session(other) = arrive(&services, proof("ben")).await.unwrap() else {
            panic!("ben is linked")
        };
        let lives = async |secret: &str| {
            services.sessions.resolve(secret, origin().address).await.unwrap().is_some()
        };
        assert!(lives(other.expose()).await);
        identities.unlink(&ben, id, &origin()).await.unwrap();
        assert_eq!(identities.list(&ben).await.unwrap().identities.len(), 2);
        assert!(identities.unlink(&ben, id, &origin()).await.is_err(), "it is gone");
        assert!(matches!(arrive(&services, proof("ben")).await, Err(Error::Forbidden(_))));
        assert!(!lives(other.expose()).await);
        assert_eq!(world.audited("identity.unlink").await.len(), 1);

        // With a password, every identity may go.
        let left = identities.list(&ben).await.unwrap();
        let last = left.identities.iter().find(|one| one.is_last_way_in).unwrap().id;
        assert!(identities.unlink(&ben, last, &origin()).await.is_err());
        let password = PasswordText::new("entirely different words in here");
        services.accounts.set_first_password(&ben, &password, &origin()).await.unwrap();
        identities.unlink(&ben, last, &origin()).await.unwrap();
        services.sessions.sign_in("ben", &password, &origin()).await.unwrap();
        let twice = services.accounts.set_first_password(&ben, &password, &origin()).await;
        assert!(matches!(twice, Err(Error::Taken(_))));
        services.close().await;
    })
    .await;
}

/// Ben, whom ana's server invited, joined by an identity and has no password.
async fn joined(world: &World) -> (Arc<Services>, Caller) {
    let (services, _) = world.with_ana().await;
    let new = NewAccount { password: None, ..new_account("ben") };
    let (_, invitation) = services.accounts.create(&operator(), new, false).await.unwrap();
    let invitation = invitation.unwrap();
    let code = invitation.url.rsplit('/').next().unwrap();
    let identities = &services.identities;
    let attempt = begin(&services, Purpose::Join(code.to_owned()), None).await;
    let sealed = sealed(identities.arrive(attempt, proof("ben"), None, &origin()).await);
    let arrived = identities.arrived(&sealed, None).await.unwrap();
    assert_eq!(arrived.decision, Decision::Join { username: "ben".to_owned() });
    let Decided::SignedIn(secret) = identities.decide(&sealed, "", None, &origin()).await.unwrap()
    else {
        panic!("ben is in")
    };
    let ben = services.sessions.resolve(secret.expose(), origin().address).await.unwrap().unwrap();
    assert!(ben.username == "ben" && !ben.has_password);
    // The invitation is used up, by whichever way.
    let again = identities.decide(&sealed, "", None, &origin()).await;
    assert!(matches!(again, Err(Error::NotFound(_))));
    assert!(services.accounts.invited(code).await.unwrap().is_none());
    (services, ben)
}

#[tokio::test]
async fn an_invitation_can_be_accepted_by_an_identity() {
    on_both(async |world: World| {
        let (services, ben) = joined(&world).await;
        services.sessions.require_confirmed(&ben).unwrap();
        let none = services.sessions.sign_in("ben", &PasswordText::new(""), &origin()).await;
        assert!(matches!(none, Err(Error::WrongPassword)), "there is no password to guess");
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn signing_up_takes_a_verified_address_that_the_policy_admits() {
    on_both(async |mut world: World| {
        let (services, _) = world.with_ana().await;
        assert!(matches!(arrive(&services, proof("cid")).await, Err(Error::Forbidden(_))));
        services.close().await;
        // By its domain alone somebody may be let in, and only where that is the policy.
        world.policy.fix(Setting::AllowedDomains, "example.org", String::new()).unwrap();
        for (policy, domain, is_let_in) in [
            ("closed", "example.org", false),
            ("domains", "example.org", true),
            ("domains", "example.com", false),
            ("domains", "mail.example.org", false),
        ] {
            world.policy.fix(Setting::SignUp, policy, String::new()).unwrap();
            let services = world.open(Program::Server).await;
            let email = Some(format!("dan@{domain}").parse().unwrap());
            let arrived = arrive(&services, Proof { email, ..proof("dan") }).await;
            assert_eq!(arrived.is_ok(), is_let_in, "{policy} {domain}");
            let unverified = Proof { email: None, ..proof("dan") };
            assert!(matches!(arrive(&services, unverified).await, Err(Error::Forbidden(_))));
            services.close().await;
        }
        world.policy.fix(Setting::SignUp, "open", "--sign-up".to_owned()).unwrap();
        let services = world.open(Program::Server).await;
        let unverified = Proof { email: None, ..proof("cid") };
        assert!(matches!(arrive(&services, unverified).await, Err(Error::Forbidden(_))));
        let sealed_cid = sealed(arrive(&services, proof("cid")).await);
        let arrived = services.identities.arrived(&sealed_cid, None).await.unwrap();
        let (suggestion, email) = ("cid".to_owned(), "cid@example.com".to_owned());
        assert_eq!(arrived.decision, Decision::SignUp { suggestion, email });
        let decide = async |sealed: &str, name: &str| {
            services.identities.decide(sealed, name, None, &origin()).await
        };
        assert!(matches!(decide(&sealed_cid, "a b").await, Err(Error::Invalid(_))));
        assert!(matches!(decide(&sealed_cid, "ana").await, Err(Error::Taken(_))));
        let Decided::SignedIn(secret) = decide(&sealed_cid, "cid").await.unwrap() else {
            panic!("cid is in")
        };
        let cid =
            services.sessions.resolve(secret.expose(), origin().address).await.unwrap().unwrap();
        assert!(cid.username == "cid" && !cid.is_admin && !cid.has_password);
        assert!(matches!(decide(&sealed_cid, "cid2").await, Err(Error::Taken(_))));

        // Ana's own address, verified by the provider, makes nothing and opens nothing.
        let sealed_ana = sealed(arrive(&services, proof("ana")).await);
        let arrived = services.identities.arrived(&sealed_ana, None).await.unwrap();
        assert!(
            matches!(arrived.decision, Decision::SignUp { suggestion, .. } if suggestion.is_empty())
        );
        let Err(Error::Taken(words)) = decide(&sealed_ana, "ana2").await else {
            panic!("the address is ana's")
        };
        assert!(words.contains("these details"), "{words}");
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn confirming_takes_a_fresh_sign_in_with_an_identity_of_this_account() {
    on_both(async |world: World| {
        let (services, ben) = joined(&world).await;
        let identities = &services.identities;
        world.clock.advance(Duration::from_hours(3));
        let unconfirmed = services.sessions.require_confirmed(&ben);
        assert!(matches!(unconfirmed, Err(Error::Unconfirmed)));
        let purpose = || Purpose::Confirm(ben.session);
        let now = services.now();
        let fresh = |at: Option<Timestamp>| Proof { authenticated_at: at, ..proof("ben") };
        let try_with = async |proof: Proof| {
            let attempt = begin(&services, purpose(), Some(&ben)).await;
            assert!(attempt.is_fresh_wanted());
            identities.arrive(attempt, proof, Some(&ben), &origin()).await
        };
        let stale = now.minus(Duration::from_secs(61));
        for bad in [
            fresh(None),
            fresh(Some(stale)),
            Proof { subject: "eve".to_owned(), ..fresh(Some(now)) },
        ] {
            assert!(matches!(try_with(bad).await, Err(Error::Forbidden(_))));
        }
        let within_skew = now.minus(Duration::from_mins(1));
        let confirmed = try_with(fresh(Some(within_skew))).await.unwrap();
        let confirmed = caller(&services, confirmed).await;
        assert_eq!(confirmed.session, ben.session, "the session stays, its secret changes");
        services.sessions.require_confirmed(&confirmed).unwrap();
        assert_eq!(world.audited("session.confirm").await[0]["provider"], "contoso");

        let unable = identities.begin("github", purpose(), "/", Some(&ben)).await;
        assert!(matches!(unable, Err(Error::Forbidden(words)) if words.contains("cannot confirm")));
        let ways = identities.ways_to_confirm(&ben).await.unwrap();
        assert!(!ways.password && ways.unable.is_empty());
        assert_eq!(ways.providers[0].name, "contoso");

        // Signing in counts as confirming by what the provider says of when, and by nothing else.
        let unknown = caller(&services, arrive(&services, fresh(None)).await.unwrap()).await;
        assert!(services.sessions.require_confirmed(&unknown).is_err());
        let hour_ago = now.minus(Duration::from_hours(1));
        let known =
            caller(&services, arrive(&services, fresh(Some(hour_ago))).await.unwrap()).await;
        services.sessions.require_confirmed(&known).unwrap();
        assert_eq!(known.confirmed_until, hour_ago.plus(Duration::from_hours(2)));
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn of_a_disabled_account_nothing_works_and_nothing_is_said() {
    on_both(async |world: World| {
        let (services, _) = world.with_ana().await;
        let ana = sign_in(&services, "ana").await;
        link(&services, &ana, proof("ana")).await.unwrap();
        let primary = services.tokens.list(ana.account).await.unwrap()[0].id;
        let token =
            services.tokens.reveal(&ana, primary, RevealTo::Screen, &origin()).await.unwrap();
        let token = token.expose().to_owned();
        may_read(&services, &token).await.unwrap();
        services.accounts.set_disabled(&operator(), "ana", true).await.unwrap();
        assert_eq!(may_read(&services, &token).await, Err(Code::Disabled));
        let Err(Error::Forbidden(disabled)) = arrive(&services, proof("ana")).await else {
            panic!("the account is disabled")
        };
        let Err(Error::Forbidden(unknown)) = arrive(&services, proof("eve")).await else {
            panic!("nobody is linked")
        };
        assert_eq!(disabled, unknown);
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_provider_ends_what_it_began_and_nothing_else() {
    on_both(async |world: World| {
        let (services, _) = world.with_ana().await;
        let ana = sign_in(&services, "ana").await;
        link(&services, &ana, proof("ana")).await.unwrap();
        let begun = async |there: Option<&str>| {
            let proof = Proof { session: there.map(str::to_owned), ..proof("ana") };
            let Arrival::Session(secret) = arrive(&services, proof).await.unwrap() else {
                panic!("ana is linked")
            };
            secret.expose().to_owned()
        };
        let lives = async |secret: &str| {
            services.sessions.resolve(secret, origin().address).await.unwrap().is_some()
        };
        let logout = |id: &str, subject: Option<&str>, session: Option<&str>| Logout {
            provider: "contoso".to_owned(),
            issuer: ISSUER.to_owned(),
            subject: subject.map(str::to_owned),
            session: session.map(str::to_owned),
            id: id.to_owned(),
            ends_at: services.now().plus(Duration::from_mins(5)),
        };
        let (one, two, three) = (begun(Some("1")).await, begun(Some("2")).await, begun(None).await);
        let end =
            async |logout: Logout| services.identities.log_out(&logout, &origin()).await.unwrap();
        assert_eq!(end(logout("a", Some("eve"), Some("1"))).await, Some(0), "it is not eve's");
        let other = Logout { provider: "github".to_owned(), ..logout("b", None, Some("1")) };
        assert_eq!(end(other).await, Some(0), "another provider's session");
        assert!(lives(&one).await);
        assert_eq!(end(logout("c", Some("ana"), Some("1"))).await, Some(1));
        assert!(!lives(&one).await && lives(&two).await && lives(&three).await);
        assert_eq!(end(logout("c", Some("ana"), Some("2"))).await, None, "the token is used up");
        assert!(lives(&two).await);
        assert_eq!(end(logout("d", Some("ana"), None)).await, Some(2));
        assert!(!lives(&two).await && !lives(&three).await);
        let caller = sign_in(&services, "ana").await;
        assert_eq!(caller.account, ana.account);
        assert_eq!(world.audited("session.end").await.len(), 3);
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_linked_identity_opens_no_feed() {
    on_both(async |world: World| {
        let (services, ben) = joined(&world).await;
        let origin = origin();
        for password in ["", "ben of Contoso", "ben"] {
            let credential = Credential::Password {
                name: "ben".to_owned(),
                password: PasswordText::new(password),
            };
            let wanted = Wanted::Read(Ecosystem::Npm, "demo");
            let request = AccessRequest { feed: "main", wanted, origin: &origin };
            let answer = services.access.authorize(&credential, request).await;
            let Err(Error::Denied(denial)) = answer else { panic!("{password}") };
            assert_eq!(denial.code, Code::Unknown);
        }
        assert!(!ben.has_password);
        services.close().await;
    })
    .await;
}
