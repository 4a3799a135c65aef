//! What administrators' lists of people and of everybody's tokens are asked for.

use serde::{Deserialize, Serialize};

use super::{Standing, choices, link, page, search};

choices! {
    /// People by what their account is.
    PeopleState {
        /// Whatever.
        #[default]
        Any = "" "Any state",
        /// They can sign in.
        Active = "active" "Active",
        /// They have not chosen a password yet.
        Invited = "invited" "Invited",
        /// Nothing of theirs works.
        Disabled = "disabled" "Disabled"
    }

    /// People by what they may do to the server.
    PeopleRole {
        /// Whatever.
        #[default]
        Any = "" "Any role",
        /// They administer it.
        Admin = "admin" "Administrator",
        /// They use it.
        User = "user" "User"
    }

    /// Tokens by their use.
    TokenUseFilter {
        /// However they are used.
        #[default]
        Any = "" "Used or not",
        /// Never.
        Never = "never" "Never used",
        /// They work, and nobody has used them for long.
        Unused = "unused" "Unused for 90 days"
    }

    /// Tokens by their end.
    TokenEnd {
        /// With an end or without.
        #[default]
        Any = "" "With an expiry or not",
        /// Without.
        None = "none" "Never expires"
    }
}

/// Which people are listed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PeopleQuery {
    /// Part of a name or an e-mail address; empty for any.
    pub text: String,
    /// By state.
    pub state: PeopleState,
    /// By role.
    pub role: PeopleRole,
    /// Which page, from 1; 0 is the first too.
    pub page: u64,
}

impl PeopleQuery {
    /// Reads the query of an address.
    pub fn from_pairs<N: AsRef<str>>(pairs: impl IntoIterator<Item = (N, String)>) -> Self {
        let mut query = Self::default();
        for (name, value) in pairs {
            match name.as_ref() {
                "q" => query.text = search(&value),
                "state" => query.state = PeopleState::of(&value),
                "role" => query.role = PeopleRole::of(&value),
                "page" => query.page = value.parse().unwrap_or(0),
                _ => {}
            }
        }
        query
    }

    /// The query to put after the address of the list: empty, or from its question mark on.
    pub fn link(&self) -> String {
        link([
            ("q", self.text.as_str()),
            ("state", self.state.word()),
            ("role", self.role.word()),
            ("page", &page(self.page)),
        ])
    }

    /// The same list, another page.
    #[must_use]
    pub fn on_page(&self, page: u64) -> Self {
        Self { page, ..self.clone() }
    }

    /// Whether it leaves anybody out.
    pub fn is_narrow(&self) -> bool {
        *self != Self { page: self.page, ..Self::default() }
    }
}

/// Which of everybody's tokens are listed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct EveryonesQuery {
    /// Part of a description, of an owner's name or of the last four characters; empty for any.
    pub text: String,
    /// The owner's name; empty for anybody.
    pub owner: String,
    /// Where they stand.
    pub standing: Standing,
    /// By their use.
    pub used: TokenUseFilter,
    /// By their end.
    pub end: TokenEnd,
    /// Which page, from 1; 0 is the first too.
    pub page: u64,
}

impl EveryonesQuery {
    /// Reads the query of an address.
    pub fn from_pairs<N: AsRef<str>>(pairs: impl IntoIterator<Item = (N, String)>) -> Self {
        let mut query = Self::default();
        for (name, value) in pairs {
            match name.as_ref() {
                "q" => query.text = search(&value),
                "owner" => query.owner = search(&value).to_lowercase(),
                "state" => query.standing = Standing::of(&value),
                "use" => query.used = TokenUseFilter::of(&value),
                "expiry" => query.end = TokenEnd::of(&value),
                "page" => query.page = value.parse().unwrap_or(0),
                _ => {}
            }
        }
        query
    }

    /// The query to put after the address of the list: empty, or from its question mark on.
    pub fn link(&self) -> String {
        link([
            ("q", self.text.as_str()),
            ("owner", self.owner.as_str()),
            ("state", self.standing.word()),
            ("use", self.used.word()),
            ("expiry", self.end.word()),
            ("page", &page(self.page)),
        ])
    }

    /// The same list, another page.
    #[must_use]
    pub fn on_page(&self, page: u64) -> Self {
        Self { page, ..self.clone() }
    }

    /// Whether it leaves any token out.
    pub fn is_narrow(&self) -> bool {
        *self != Self { page: self.page, ..Self::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(link: &str) -> Vec<(String, String)> {
        let pair = |pair: &str| pair.split_once('=').map(|(n, v)| (n.to_owned(), v.to_owned()));
        link.trim_start_matches('?').split('&').filter_map(pair).collect()
    }

    #[test]
    fn a_list_is_the_same_by_its_address() {
        let people = PeopleQuery {
            text: "ana".to_owned(),
            state: PeopleState::Invited,
            role: PeopleRole::Admin,
            page: 2,
        };
        assert_eq!(people.link(), "?q=ana&state=invited&role=admin&page=2");
        assert_eq!(PeopleQuery::from_pairs(pairs(&people.link())), people);
        let tokens = EveryonesQuery {
            text: "CI".to_owned(),
            owner: "ana".to_owned(),
            standing: Standing::Suspended,
            used: TokenUseFilter::Unused,
            end: TokenEnd::None,
            page: 3,
        };
        let link = "?q=CI&owner=ana&state=suspended&use=unused&expiry=none&page=3";
        assert_eq!(tokens.link(), link);
        assert_eq!(EveryonesQuery::from_pairs(pairs(link)), tokens);
        assert!(people.is_narrow() && tokens.is_narrow());
    }

    #[test]
    fn nonsense_is_as_if_it_were_not_there() {
        let nonsense = pairs("state=x&role=y&use=z&expiry=w&page=-1&other=1");
        assert_eq!(PeopleQuery::from_pairs(nonsense.clone()), PeopleQuery::default());
        assert_eq!(EveryonesQuery::from_pairs(nonsense), EveryonesQuery::default());
        assert!(!PeopleQuery { page: 2, ..PeopleQuery::default() }.is_narrow());
        assert!(!EveryonesQuery { page: 2, ..EveryonesQuery::default() }.is_narrow());
    }
}
