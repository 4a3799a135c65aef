//! What the list of an account's tokens is asked for.

use serde::{Deserialize, Serialize};

use super::{choices, queries};

choices! {
    /// Tokens by where they stand.
    Standing {
        /// Wherever.
        #[default]
        Any = "" "All",
        /// They work.
        Active = "active" "Active",
        /// They work, but not for many days any more.
        Soon = "soon" "Expires soon",
        /// They work, and nobody uses them.
        Unused = "unused" "Unused for 90 days",
        /// Their first day is still to come.
        NotYet = "not-yet" "Not yet valid",
        /// Put to rest.
        Suspended = "suspended" "Suspended",
        /// Found in public.
        Leaked = "leaked" "Leaked",
        /// Their last day has passed.
        Expired = "expired" "Expired",
        /// Ended for good, not long ago.
        Revoked = "revoked" "Revoked"
    }

    /// The order of tokens. What has ended comes last in each.
    TokenSort {
        /// The last use first.
        #[default]
        Used = "" "Last used",
        /// By what they are for.
        Name = "name" "Name",
        /// The newest first.
        Created = "created" "Created",
        /// What expires first.
        Expires = "expires" "Expires"
    }
}

queries! {
    /// Which tokens are listed, and how.
    TokensQuery {
        /// Part of a description, of a feed's name, of a pattern or of the last four characters; empty
        /// for any.
        text: String = "q",
        /// Where they stand.
        standing: Standing = "state",
        /// Their order.
        sort: TokenSort = "sort"
    }
}

impl TokensQuery {
    /// Whether it leaves any token out.
    pub fn is_narrow(&self) -> bool {
        !self.text.is_empty() || self.standing != Standing::Any
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_the_same_by_its_address() {
        let query = TokensQuery {
            text: "CI".to_owned(),
            standing: Standing::Unused,
            sort: TokenSort::Name,
            page: 3,
        };
        assert_eq!(query.link(), "?q=CI&state=unused&sort=name&page=3");
        let pairs = [("q", " CI "), ("state", "unused"), ("sort", "name"), ("page", "3")];
        let read = TokensQuery::from_pairs(pairs.map(|(name, value)| (name, value.to_owned())));
        assert_eq!(read, query);
        assert!(query.is_narrow());
        assert_eq!(query.on_page(1).link(), "?q=CI&state=unused&sort=name");
    }

    #[test]
    fn nonsense_and_what_need_not_be_said() {
        let pairs = [("state", "x"), ("sort", "y"), ("page", "-1"), ("revoked", "z")];
        let read = TokensQuery::from_pairs(pairs.map(|(name, value)| (name, value.to_owned())));
        assert_eq!(read, TokensQuery::default());
        assert_eq!(read.link(), "");
        assert!(
            !TokensQuery { sort: TokenSort::Name, ..read }.is_narrow(),
            "an order leaves nothing out"
        );
    }
}
