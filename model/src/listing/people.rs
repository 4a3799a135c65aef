//! What administrators' lists of people and of everybody's tokens are asked for.

use serde::{Deserialize, Serialize};

use super::{Standing, choices, queries};

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

queries! {
    /// Which people are listed.
    PeopleQuery {
        /// Part of a name or an e-mail address; empty for any.
        text: String = "q",
        /// By state.
        state: PeopleState = "state",
        /// By role.
        role: PeopleRole = "role"
    }

    /// Which of everybody's tokens are listed.
    EveryonesQuery {
        /// Part of a description, of an owner's name or of the last four characters; empty for any.
        text: String = "q",
        /// The owner's name; empty for anybody.
        owner: String = "owner",
        /// Where they stand.
        standing: Standing = "state",
        /// By their use.
        used: TokenUseFilter = "use",
        /// By their end.
        end: TokenEnd = "expiry"
    }
}

impl PeopleQuery {
    /// Whether it leaves anybody out.
    pub fn is_narrow(&self) -> bool {
        *self != Self { page: self.page, ..Self::default() }
    }
}

impl EveryonesQuery {
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
