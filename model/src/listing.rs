//! What lists of feeds and packages are asked for. It stands in the address of their pages, so that
//! a list can be reloaded, linked to and gone back to. What cannot be read is as if it were not
//! there: an address never makes a page fail.

mod audit;
mod people;
mod tokens;

use serde::{Deserialize, Serialize};

pub use audit::AuditQuery;
pub use people::{EveryonesQuery, PeopleQuery, PeopleRole, PeopleState, TokenEnd, TokenUseFilter};
pub use tokens::{Standing, TokenSort, TokensQuery};

use crate::{ecosystem::Ecosystem, links::segment, role::Role};

/// The most characters that are searched for.
pub const LONGEST_SEARCH: usize = 100;

macro_rules! choices {
    ($($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal $label:literal),+ })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
        #[serde(rename_all = "lowercase")]
        pub enum $name { $($(#[$variant_doc])* $variant),+ }

        impl $name {
            /// Each choice, the one that need not be said first.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The word in addresses; empty for what need not be said.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The words on the page.
            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => $label),+ }
            }

            /// Word and label of each, as a form offers them.
            pub fn options() -> Vec<(&'static str, String)> {
                Self::ALL.iter().map(|choice| (choice.word(), choice.label().to_owned())).collect()
            }
        }

        impl $crate::listing::Field for $name {
            fn read(text: &str) -> Self {
                Self::ALL.iter().copied().find(|choice| choice.word() == text).unwrap_or_default()
            }

            fn write(&self) -> String {
                self.word().to_owned()
            }
        }
    )+};
}

/// What lists of pages are asked for. Each field has its name in addresses; the page is told by all of
/// them in one way.
macro_rules! queries {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty = $word:literal),+ })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
        #[serde(default)]
        pub struct $name {
            $($(#[$field_doc])* pub $field: $type,)+
            /// Which page, from 1; 0 is the first too.
            pub page: u64,
        }

        impl $name {
            /// Reads the query of an address.
            pub fn from_pairs<N: AsRef<str>>(pairs: impl IntoIterator<Item = (N, String)>) -> Self {
                let mut query = Self::default();
                for (name, value) in pairs {
                    match name.as_ref() {
                        $($word => query.$field = $crate::listing::Field::read(&value),)+
                        "page" => query.page = value.parse().unwrap_or(0),
                        _ => {}
                    }
                }
                query
            }

            /// The query to put after the address of the list: empty, or from its question mark on.
            pub fn link(&self) -> String {
                use $crate::listing::Field as _;
                // The first page need not be said.
                let page = if self.page > 1 { self.page.to_string() } else { String::new() };
                $crate::listing::link([$(($word, self.$field.write().as_str()),)+ ("page", &page)])
            }

            /// The same list, another page.
            #[must_use]
            pub fn on_page(&self, page: u64) -> Self {
                Self { page, ..self.clone() }
            }
        }
    )+};
}

use {choices, queries};

/// A part of what is asked for, as it stands in an address. What cannot be read is as if it were not
/// there; what need not be said is empty.
trait Field {
    fn read(text: &str) -> Self;
    fn write(&self) -> String;
}

impl Field for String {
    fn read(text: &str) -> Self {
        search(text)
    }

    fn write(&self) -> String {
        self.clone()
    }
}

impl Field for Option<Ecosystem> {
    fn read(text: &str) -> Self {
        text.parse().ok()
    }

    fn write(&self) -> String {
        self.map_or("", Ecosystem::name).to_owned()
    }
}

/// How much was found, in words: `all` of it, or `3 of 200 feeds`.
pub fn found(found: u64, all: String, is_narrow: bool) -> String {
    if is_narrow { format!("{found} of {all}") } else { all }
}

choices! {
    /// Feeds by who may read them.
    Readers {
        /// Whoever may.
        #[default]
        Any = "" "Public and private",
        /// Anyone may read.
        Anyone = "public" "Public",
        /// Members may read.
        Members = "private" "Private"
    }

    /// Feeds by the part the viewer has in them.
    Part {
        /// Whatever part.
        #[default]
        Any = "" "Any role",
        /// Owner.
        Owner = "owner" "Owner",
        /// Contributor.
        Contributor = "contributor" "Contributor",
        /// Reader.
        Reader = "reader" "Reader",
        /// No member.
        None = "none" "No member"
    }

    /// The order of packages.
    PackageSort {
        /// The newest change first.
        #[default]
        Updated = "" "Last change",
        /// By name.
        Name = "name" "Name",
        /// The most downloaded first.
        Downloads = "downloads" "Downloads"
    }
}

impl Part {
    /// The role that is asked for, if it is one.
    pub fn role(self) -> Option<Role> {
        self.word().parse().ok()
    }
}

queries! {
    /// Which feeds are listed.
    FeedsQuery {
        /// Part of a name or description; empty for any.
        text: String = "q",
        /// By who may read them.
        readers: Readers = "type",
        /// By the viewer's part in them.
        part: Part = "role"
    }

    /// Which packages of a feed are listed, and how.
    PackagesQuery {
        /// Part of a name or description; empty for any.
        text: String = "q",
        /// Their kind; `None` for every kind.
        kind: Option<Ecosystem> = "kind",
        /// Their order.
        sort: PackageSort = "sort"
    }
}

impl FeedsQuery {
    /// Whether it leaves any feed out.
    pub fn is_narrow(&self) -> bool {
        *self != Self { page: self.page, ..Self::default() }
    }
}

impl PackagesQuery {
    /// Whether it leaves any package out.
    pub fn is_narrow(&self) -> bool {
        !self.text.is_empty() || self.kind.is_some()
    }
}

fn search(value: &str) -> String {
    value.trim().chars().take(LONGEST_SEARCH).collect()
}

fn link<const N: usize>(pairs: [(&str, &str); N]) -> String {
    let mut link = String::new();
    for (name, value) in pairs {
        if !value.is_empty() {
            link.push(if link.is_empty() { '?' } else { '&' });
            link.push_str(name);
            link.push('=');
            link.push_str(&segment(value));
        }
    }
    link
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(text: &str) -> Vec<(String, String)> {
        let pair = |pair: &str| pair.split_once('=').map(|(n, v)| (n.to_owned(), v.to_owned()));
        text.split('&').filter_map(pair).collect()
    }

    #[test]
    fn a_list_is_the_same_by_its_address() {
        let query = FeedsQuery {
            text: "acme".to_owned(),
            readers: Readers::Anyone,
            part: Part::Owner,
            page: 3,
        };
        assert_eq!(query.link(), "?q=acme&type=public&role=owner&page=3");
        assert_eq!(FeedsQuery::from_pairs(pairs(&query.link()[1..])), query);
        assert_eq!(query.part.role(), Some(Role::Owner));
        let query = PackagesQuery {
            text: "http".to_owned(),
            kind: Some(Ecosystem::Npm),
            sort: PackageSort::Downloads,
            page: 2,
        };
        assert_eq!(query.link(), "?q=http&kind=npm&sort=downloads&page=2");
        assert_eq!(PackagesQuery::from_pairs(pairs(&query.link()[1..])), query);
        assert_eq!(query.on_page(1).link(), "?q=http&kind=npm&sort=downloads");
    }

    #[test]
    fn what_need_not_be_said_is_not() {
        assert_eq!(FeedsQuery::default().link(), "");
        assert_eq!(PackagesQuery::default().link(), "");
        assert!(!FeedsQuery { page: 2, ..FeedsQuery::default() }.is_narrow());
        assert!(FeedsQuery { part: Part::None, ..FeedsQuery::default() }.is_narrow());
        let sorted = PackagesQuery { sort: PackageSort::Name, ..PackagesQuery::default() };
        assert!(!sorted.is_narrow(), "an order leaves nothing out");
    }

    #[test]
    fn nonsense_is_as_if_it_were_not_there() {
        let nonsense = pairs("type=x&role=y&page=-1&kind=z&sort=w&other=1");
        assert_eq!(FeedsQuery::from_pairs(nonsense.clone()), FeedsQuery::default());
        assert_eq!(PackagesQuery::from_pairs(nonsense), PackagesQuery::default());
        let long = vec![("q", format!(" {} ", "ä".repeat(200)))];
        assert_eq!(FeedsQuery::from_pairs(long).text, "ä".repeat(100));
        let text = FeedsQuery { text: "a&b=c d".to_owned(), ..FeedsQuery::default() };
        assert_eq!(text.link(), "?q=a%26b%3Dc%20d");
    }
}
