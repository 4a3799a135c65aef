//! What people change of their own accounts, up to their end.

use std::time::Duration;

use model::{denial::Code, listing::EveryonesQuery, role::Role};
use registry::{Error, Origin, Services, feeds::NewFeed, sessions::PasswordText};

use crate::support::{
    World, draft, may_read, new_account, on_both, operator, origin, password, publish, sign_in,
};

fn elsewhere() -> Origin {
    Origin {
        address: "192.0.2.7".parse().unwrap(),
        user_agent: "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0"
            .to_owned(),
    }
}

async fn with_ben(services: &Services) {
    services.accounts.create(&operator(), new_account("ben"), false).await.unwrap();
}

#[tokio::test]
async fn sessions_are_listed_and_ended_one_by_one_or_together() {
    on_both(async |world: World| {
        let (services, _) = world.with_ana().await;
        with_ben(&services).await;
        let sessions = &services.sessions;
        let ben = sign_in(&services, "ben").await;
        let desk = sign_in(&services, "ana").await;
        world.clock.advance(Duration::from_mins(1));
        let phone = sessions.sign_in("ana", &password(), &elsewhere()).await.unwrap();
        let alive =
            async || sessions.resolve(phone.expose(), origin().address).await.unwrap().is_some();
        // Looked up from another address than it began from.
        assert!(alive().await);
        let page = sessions.security(&desk).await.unwrap();
        let [own, other] = &page.sessions[..] else { panic!("{page:?}") };
        assert!(own.is_current && own.id == desk.session && !other.is_current);
        assert_eq!(other.client, "Firefox on Linux");
        assert_eq!(
            (other.address.as_str(), other.last_address.as_str()),
            ("192.0.2.7", "10.1.2.3")
        );

        sessions.end(&ben, other.id, &origin()).await.unwrap();
        assert!(alive().await, "not ben's to end");
        sessions.end(&desk, other.id, &origin()).await.unwrap();
        assert!(!alive().await);
        sessions.end(&desk, other.id, &origin()).await.unwrap();
        assert_eq!(world.audited("session.end").await.len(), 1, "what had ended ends once");

        let more = sign_in(&services, "ana").await;
        sessions.end_others(&desk, &origin()).await.unwrap();
        let page = sessions.security(&desk).await.unwrap();
        assert_eq!(
            page.sessions.iter().map(|session| session.id).collect::<Vec<_>>(),
            [desk.session]
        );
        assert!(sessions.security(&ben).await.unwrap().sessions.len() == 1, "ben's stay");
        assert_eq!(
            world.audited("session.end-others").await,
            [serde_json::json!({ "sessions": 1 })]
        );
        drop(more);
        world.clock.advance(Duration::from_hours(2));
        let late = sessions.end_others(&desk, &origin()).await;
        assert!(matches!(late, Err(Error::Unconfirmed)));
        let late = sessions.end(&desk, desk.session, &origin()).await;
        assert!(matches!(late, Err(Error::Unconfirmed)));
        world.clock.advance(Duration::from_hours(10));
        assert!(sessions.security(&desk).await.unwrap().sessions.is_empty(), "it slept too long");
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_name_and_an_address_are_changed_and_nothing_is_told_of_others() {
    on_both(async |world: World| {
        let (services, _) = world.with_ana().await;
        with_ben(&services).await;
        let ana = sign_in(&services, "ana").await;
        let accounts = &services.accounts;
        let name = "Ana Pérez".parse().unwrap();
        accounts.rename(&ana, Some(&name), &origin()).await.unwrap();
        assert_eq!(accounts.profile(&ana).await.unwrap().display_name, "Ana Pérez");
        assert_eq!(sign_in(&services, "ana").await.display_name, "Ana Pérez");
        accounts.rename(&ana, None, &origin()).await.unwrap();
        assert_eq!(accounts.profile(&ana).await.unwrap().display_name, "ana");

        let change = async |email: &str, word: &str| {
            let (email, word) = (email.parse().unwrap(), PasswordText::new(word));
            accounts.change_email(&ana, &email, &word, &origin()).await
        };
        let right = crate::support::PASSWORD;
        let wrong = change("new@example.com", "wrong horse battery staple").await;
        assert!(matches!(wrong, Err(Error::WrongPassword)));
        let Err(Error::Taken(text)) = change("BEN@example.com", right).await else {
            panic!("an address has one account")
        };
        assert!(!text.contains("account"), "nobody learns which addresses are known: {text}");
        change("ANA@example.com", right).await.unwrap();
        change("new@example.com", right).await.unwrap();
        assert_eq!(accounts.profile(&ana).await.unwrap().email, "new@example.com");
        services.sessions.sign_in("new@example.com", &password(), &origin()).await.unwrap();
        let before = services.sessions.sign_in("ana@example.com", &password(), &origin()).await;
        assert!(matches!(before, Err(Error::WrongPassword)));
        change("newer@example.com", right).await.unwrap();
        change("newest@example.com", right).await.unwrap();
        let often = change("again@example.com", right).await;
        assert!(
            matches!(often, Err(Error::Throttled(_))),
            "who tries many would learn which are taken"
        );
        let told = serde_json::to_string(&world.audited("account.%").await).unwrap();
        assert!(!told.contains('@'), "no address stands in the audit log: {told}");
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_deleted_account_stops_and_what_it_published_stays() {
    on_both(async |world: World| {
        let (services, ana) = world.with_ana().await;
        with_ben(&services).await;
        let token = services.tokens.create_for(&operator(), ana, draft("CI")).await.unwrap();
        let token = token.secret.unwrap().expose().to_owned();
        publish(&services, &token, "demo", "1.0.0").await.unwrap();
        let caller = sign_in(&services, "ana").await;
        let accounts = &services.accounts;
        let farewell = accounts.farewell(&caller).await.unwrap();
        assert_eq!((farewell.tokens, farewell.memberships), (2, 1));
        assert_eq!(farewell.orphans, ["main"]);
        let delete = async |typed: &str| accounts.delete_own(&caller, typed, &origin()).await;
        assert!(matches!(delete("ana").await, Err(Error::Taken(_))), "main would have no owner");
        services.feeds.set_member(&operator(), "main", "ben", Role::Owner).await.unwrap();
        assert!(accounts.farewell(&caller).await.unwrap().is_possible());
        assert!(matches!(delete("anna").await, Err(Error::Invalid(_))));
        world.clock.advance(Duration::from_hours(2));
        assert!(matches!(delete("ana").await, Err(Error::Unconfirmed)));
        let caller = sign_in(&services, "ana").await;
        may_read(&services, &token).await.unwrap();

        accounts.delete_own(&caller, " Ana ", &origin()).await.unwrap();
        assert_eq!(may_read(&services, &token).await, Err(Code::Disabled));
        let everyones = services.tokens.everyones_for(&EveryonesQuery::default()).await.unwrap();
        assert!(everyones.tokens.iter().all(|token| token.owner == "ben"), "{everyones:?}");
        let again = services.sessions.sign_in("ana", &password(), &origin()).await;
        assert!(matches!(again, Err(Error::WrongPassword)));
        assert!(matches!(accounts.profile(&caller).await, Err(Error::NotFound(_))));
        assert!(matches!(
            accounts.set_disabled(&operator(), "ana", false).await,
            Err(Error::NotFound(_))
        ));
        let same = accounts.create(&operator(), new_account("ana"), false).await;
        assert!(matches!(same, Err(Error::Taken(_))), "nobody else gets the name");
        assert_eq!(world.audited("account.delete").await.len(), 1);

        let ben = sign_in(&services, "ben").await;
        let members = services.feeds.members(&ben, "main", 1).await.unwrap();
        assert_eq!(members.members.len(), 1);
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn the_last_administrator_stays() {
    on_both(async |world: World| {
        let (services, _) = world.with_ana().await;
        let accounts = &services.accounts;
        for name in ["ada", "bob"] {
            accounts.create(&operator(), new_account(name), true).await.unwrap();
        }
        let feed =
            NewFeed { name: "hers".parse().unwrap(), description: String::new(), is_public: false };
        let (ada, bob) = (sign_in(&services, "ada").await, sign_in(&services, "bob").await);
        services.feeds.create(&ada, feed, &origin()).await.unwrap();
        accounts.delete_own(&bob, "bob", &origin()).await.unwrap();
        let farewell = accounts.farewell(&ada).await.unwrap();
        assert!(farewell.is_only_admin && farewell.orphans == ["hers"] && !farewell.is_possible());
        services.feeds.delete(&ada, "hers", "hers", &origin()).await.unwrap();
        let last = accounts.delete_own(&ada, "ada", &origin()).await;
        assert!(matches!(last, Err(Error::Taken(_))));
        services.close().await;
    })
    .await;
}
