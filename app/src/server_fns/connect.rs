//! What clients are told, and whether they have come.

use leptos::{prelude::*, server_fn::codec::Json};
use model::{
    connect::ConnectQuery,
    id::TokenId,
    timestamp::Timestamp,
    views::{ConnectPage, Seen},
};

use crate::Failure;

/// The page about connecting a client.
#[server(endpoint = "connect/page", input = Json)]
pub async fn read_connect(
    /// What is asked for.
    query: ConnectQuery,
) -> Result<ConnectPage, Failure> {
    use crate::context::{caller, failure, origin, services};
    let (services, caller, origin) = (services()?, caller()?, origin()?);
    told::page(&services, &caller, &origin, query).await.map_err(failure)
}

/// The last request to a feed with one of the caller's tokens since a moment.
#[server(endpoint = "connect/seen", input = Json)]
pub async fn read_seen(
    /// The token.
    token: TokenId,
    /// The feed's name.
    feed: String,
    /// The moment.
    since: Timestamp,
) -> Result<Option<Seen>, Failure> {
    use crate::context::{caller, failure, services};
    services()?.tokens.seen(&caller()?, token, &feed, since).await.map_err(failure)
}

#[cfg(feature = "ssr")]
pub use told::setup;

#[cfg(feature = "ssr")]
mod told {
    use model::{
        connect::{Client, ConnectQuery, Example, Guide, Place, Setup, packages},
        ecosystem::Ecosystem,
        listing::PackagesQuery,
        views::{ConnectPage, FeedView, Told},
    };
    use registry::{
        Caller, Error, Origin, Services,
        access::{AccessRequest, Credential, Wanted},
    };

    /// Who is to be connected with what, of what was asked for and what is there; the feed; and what
    /// is wrong with the packages that were named. `None` where there is no feed.
    pub async fn setup(
        services: &Services,
        caller: &Caller,
        origin: &Origin,
        query: &ConnectQuery,
    ) -> Result<Option<(Setup, FeedView, Option<String>)>, Error> {
        let feeds = services.feeds.list(caller).await?;
        chosen(services, caller, origin, query, feeds).await
    }

    async fn chosen(
        services: &Services,
        caller: &Caller,
        origin: &Origin,
        query: &ConnectQuery,
        feeds: Vec<FeedView>,
    ) -> Result<Option<(Setup, FeedView, Option<String>)>, Error> {
        let feed = if query.feed.is_empty() {
            feeds.into_iter().next()
        } else {
            let named = feeds.into_iter().find(|feed| feed.name == query.feed);
            Some(named.ok_or(Error::NotFound("feed"))?)
        };
        let Some(feed) = feed else { return Ok(None) };
        let most = feed.kinds.iter().max_by_key(|(_, count)| *count);
        let client = query
            .client
            .or_else(|| most.and_then(|(kind, _)| Client::of(*kind)))
            .unwrap_or(Client::Npm);
        let example = example(services, caller, origin, &feed.name, client).await?;
        let there = example.as_ref().map(|example| client.family().like(&example.name));
        let plain = Setup::of(services.public_url(), &feed.name, client);
        let usual = there.unwrap_or_else(|| plain.packages.clone());
        let (packages, problem) = match query.packages.trim() {
            "" => (usual, None),
            typed => match packages(typed) {
                Ok(packages) => (packages, None),
                Err(problem) => (usual, Some(problem)),
            },
        };
        let setup = Setup {
            is_public: feed.is_public,
            place: query.place.unwrap_or(Place::Machine),
            task: query.task(),
            packages,
            example,
            ..plain
        };
        Ok(Some((setup, feed, problem)))
    }

    /// The package of that kind that changed last.
    async fn example(
        services: &Services,
        caller: &Caller,
        origin: &Origin,
        feed: &str,
        client: Client,
    ) -> Result<Option<Example>, Error> {
        let kind: Ecosystem = client.family().ecosystem();
        let request = AccessRequest { feed, wanted: Wanted::Browse, origin };
        let credential = Credential::Session(caller.clone());
        let grant = services.access.authorize(&credential, request).await?;
        let query = PackagesQuery { kind: Some(kind), ..PackagesQuery::default() };
        let found = services.feeds.page(&grant, &query).await?;
        let newest = found.packages.into_iter().find(|package| !package.is_unlisted);
        Ok(newest.map(|package| Example {
            name: package.name,
            version: package.latest.unwrap_or_else(|| "1.0.0".to_owned()),
        }))
    }

    pub(super) async fn page(
        services: &Services,
        caller: &Caller,
        origin: &Origin,
        query: ConnectQuery,
    ) -> Result<ConnectPage, Error> {
        let feeds = services.feeds.list(caller).await?;
        let names = feeds.iter().map(|feed| feed.name.clone()).collect();
        let (form, now) = services.tokens.new_form()?;
        let told = match chosen(services, caller, origin, &query, feeds).await? {
            None => None,
            Some((setup, feed, problem)) => {
                let tokens = services.tokens.to_connect(caller, &feed, &setup).await?;
                let token = query.token;
                let token = tokens.iter().find(|own| Some(own.id) == token).cloned();
                let seen = match (&token, query.since) {
                    (Some(token), Some(since)) => {
                        services.tokens.seen(caller, token.id, &feed.name, since).await?
                    }
                    _ => None,
                };
                Some(Told {
                    guide: Guide::of(&setup),
                    setup,
                    problem,
                    tokens,
                    token,
                    seen,
                    form: form.to_string(),
                })
            }
        };
        Ok(ConnectPage { query, feeds: names, told, now })
    }
}
