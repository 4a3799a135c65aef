//! What the page is asked for, as it stands in its address.

use serde::{Deserialize, Serialize};

use super::{Client, Place, Task};
use crate::{id::TokenId, links::segment, timestamp::Timestamp};

/// What the page is asked for. What cannot be read is as if it were not there.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ConnectQuery {
    /// The feed's name; empty for the first there is.
    pub feed: String,
    /// The client.
    pub client: Option<Client>,
    /// Where it runs.
    pub place: Option<Place>,
    /// What it is to do.
    pub task: Option<Task>,
    /// Which packages come from the feed, as typed; empty for those that are there.
    pub packages: String,
    /// The token that is presented.
    pub token: Option<TokenId>,
    /// Since when the page waits for a request.
    pub since: Option<Timestamp>,
}

impl ConnectQuery {
    /// Reads the query of an address, or the fields of a form.
    pub fn from_pairs<N: AsRef<str>>(pairs: impl IntoIterator<Item = (N, String)>) -> Self {
        let mut query = Self::default();
        for (name, value) in pairs {
            match name.as_ref() {
                "feed" => query.feed = value,
                "client" => query.client = Client::named(&value),
                "place" => query.place = Place::named(&value),
                "task" => query.task = Task::named(&value),
                "packages" => query.packages = value,
                "token" => query.token = value.parse().ok(),
                "since" => query.since = value.parse().ok().map(Timestamp::from_millis),
                _ => {}
            }
        }
        query
    }

    /// The page's address.
    pub fn link(&self) -> String {
        let token = self.token.map(|token| token.to_string());
        let since = self.since.map(|since| since.as_millis().to_string());
        let pairs = [
            ("feed", self.feed.as_str()),
            ("client", self.client.map_or("", Client::word)),
            ("place", self.place.map_or("", Place::word)),
            ("task", self.task.map_or("", Task::word)),
            ("packages", self.packages.as_str()),
            ("token", token.as_deref().unwrap_or_default()),
            ("since", since.as_deref().unwrap_or_default()),
        ];
        let mut link = String::from("/connect");
        for (name, value) in pairs.into_iter().filter(|(_, value)| !value.is_empty()) {
            link.push(if link.contains('?') { '&' } else { '?' });
            link.push_str(name);
            link.push('=');
            link.push_str(&segment(value));
        }
        link
    }

    /// What is to be done, if nothing is said: people install, machines publish.
    pub fn task(&self) -> Task {
        self.task.unwrap_or(match self.place {
            None | Some(Place::Machine | Place::Container) => Task::Install,
            Some(_) => Task::Publish,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_what_was_asked_for() {
        let query = ConnectQuery {
            feed: "main".to_owned(),
            client: Some(Client::Yarn1),
            place: Some(Place::GitlabCi),
            task: None,
            packages: "@acme/*".to_owned(),
            token: "0190f3c1-6d2e-7a54-9b1c-2f6f0f3a9d11".parse().ok(),
            since: Some(Timestamp::from_millis(7)),
        };
        let link = query.link();
        assert_eq!(
            link,
            "/connect?feed=main&client=yarn-1&place=gitlab&packages=@acme%2F%2A&token=0190f3c1-6d2e-7a54-9b1c-2f6f0f3a9d11&since=7"
        );
        assert_eq!(ConnectQuery::default().link(), "/connect");
        let pairs = [("feed", "main"), ("client", "none"), ("token", "x"), ("other", "y")];
        let read = ConnectQuery::from_pairs(pairs.map(|(name, value)| (name, value.to_owned())));
        assert_eq!(read, ConnectQuery { feed: "main".to_owned(), ..ConnectQuery::default() });
        assert_eq!(query.task(), Task::Publish);
        assert_eq!(read.task(), Task::Install);
    }
}
