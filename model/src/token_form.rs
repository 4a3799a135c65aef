//! The form that makes or changes a token: what is typed, what it means, and what is wrong with it.

mod check;
mod fill;

use serde::{Deserialize, Serialize};

use crate::{
    action::ActionSet,
    network::Network,
    scope::{Effect, FeedSet, Rule, Scope},
    timestamp::Timestamp,
};

pub use fill::{MissingRule, Template};

/// The most characters of a description.
pub const LONGEST_DESCRIPTION: usize = 100;
/// The most patterns one token carries.
pub const MOST_PATTERNS: usize = 100;
/// The most networks one token carries.
pub const MOST_NETWORKS: usize = 50;

/// The form as typed. Every field is text, and the whole a list of names and values: a browser without
/// script, a server function and a link that prefills the form all speak it. What is missing takes its
/// default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<(String, String)>", into = "Vec<(String, String)>")]
pub struct TokenForm {
    /// One use of the form: sent twice, it makes one token.
    pub form: String,
    /// The state of the token that is changed, as the page showed it; nothing for a new token.
    pub revision: String,
    /// What the person agreed to that makes the token wider: the sentences that were shown, line by
    /// line.
    pub agreed: String,
    /// What the token is for.
    pub description: String,
    /// `read`, `write` or `both`; `keep` leaves the rules of a token that is changed as they are.
    pub access: String,
    /// `true` if what may be published may also be unlisted, deprecated and retagged.
    pub may_unlist: String,
    /// `true` if what may be published may also be deleted.
    pub may_delete: String,
    /// `all`, `chosen`, or `differ`: reading and writing have feeds of their own.
    pub feeds: String,
    /// Ids of the feeds for `chosen`.
    pub feed: Vec<String>,
    /// With `differ`: `all` or `chosen`, the feeds to read.
    pub read_feeds: String,
    /// Ids of the chosen feeds to read.
    pub read_feed: Vec<String>,
    /// With `differ`: `all` or `chosen`, the feeds to publish to.
    pub write_feeds: String,
    /// Ids of the chosen feeds to publish to.
    pub write_feed: Vec<String>,
    /// `any` or `named`.
    pub packages: String,
    /// The patterns for `named`; empty ones are skipped.
    pub pattern: Vec<String>,
    /// `true` if the patterns limit publishing alone.
    pub read_any_package: String,
    /// Days (`7d`, `30d`, `90d`, `180d`, `365d`), `on` or `never`; `keep` leaves the end of a token that
    /// is changed as it is.
    pub expires: String,
    /// The date for `on`, `YYYY-MM-DD`.
    pub expires_on: String,
    /// `any` or `listed`.
    pub networks: String,
    /// The networks for `listed`; empty ones are skipped.
    pub network: Vec<String>,
    /// `true` if the token may stand in a URL.
    pub pre_authenticated: String,
}

impl Default for TokenForm {
    fn default() -> Self {
        let all = || "all".to_owned();
        Self {
            form: String::new(),
            revision: String::new(),
            agreed: String::new(),
            description: String::new(),
            access: "read".to_owned(),
            may_unlist: String::new(),
            may_delete: String::new(),
            feeds: all(),
            feed: Vec::new(),
            read_feeds: all(),
            read_feed: Vec::new(),
            write_feeds: "chosen".to_owned(),
            write_feed: Vec::new(),
            packages: "any".to_owned(),
            pattern: Vec::new(),
            read_any_package: String::new(),
            expires: "90d".to_owned(),
            expires_on: String::new(),
            networks: "any".to_owned(),
            network: Vec::new(),
            pre_authenticated: String::new(),
        }
    }
}

/// The fields that can be wrong, by the names they have in the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Field {
    /// What the token is for.
    Description,
    /// The access card.
    Access,
    /// The feeds for everything.
    Feeds,
    /// The feeds to read.
    ReadFeeds,
    /// The feeds to publish to.
    WriteFeeds,
    /// The package patterns.
    Packages,
    /// The expiry.
    Expires,
    /// The networks.
    Networks,
    /// Whether it may stand in a URL.
    PreAuthenticated,
}

/// What is wrong with one field, in a sentence that says how to mend it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The field.
    pub field: Field,
    /// Which of the field's rows, from 0 on, where it is one alone.
    pub row: Option<usize>,
    /// The sentence.
    pub message: String,
}

impl Problem {
    /// A problem with a field as a whole.
    pub fn new(field: Field, message: impl Into<String>) -> Self {
        Self { field, row: None, message: message.into() }
    }
}

/// A token as it should be made, or as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenDraft {
    /// What the token is for.
    pub description: String,
    /// What it may do.
    pub scope: Scope,
    /// The first moment it works.
    pub not_before: Option<Timestamp>,
    /// The first moment it does not work any more.
    pub expires_at: Option<Timestamp>,
    /// Where it may be used from; none means anywhere.
    pub networks: Vec<Network>,
    /// Whether it may stand in a URL.
    pub is_pre_authenticated: bool,
}

impl TokenDraft {
    /// Checks that a token which may stand in a URL only reads, and named feeds alone: the URL ends up
    /// in lock files and logs, where many people see it.
    pub fn check_pre_authenticated(&self) -> Result<(), &'static str> {
        let is_harmless = |rule: &Rule| {
            rule.effect == Effect::Deny
                || (rule.actions == ActionSet::READ && matches!(rule.feeds, FeedSet::Only(_)))
        };
        if self.is_pre_authenticated && !self.scope.rules.iter().all(is_harmless) {
            return Err(
                "A token for URLs only reads, and only feeds that are named: choose Read and “Only these” feeds.",
            );
        }
        Ok(())
    }
}

/// Checks a description: 1 to [`LONGEST_DESCRIPTION`] characters on one line.
pub fn check_description(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    if text.is_empty() {
        Err("Say what the token is for, for example “CI publish” or “my laptop”.")
    } else if text.chars().count() > LONGEST_DESCRIPTION {
        Err("A description has at most 100 characters.")
    } else if text.chars().any(char::is_control) {
        Err("A description is one line of text.")
    } else {
        Ok(text.to_owned())
    }
}

impl TokenForm {
    /// The form that these fields make, as browsers send them in a body or an address. Fields of
    /// other names mean nothing; one that is missing has its default.
    pub fn from_pairs<N, V>(pairs: impl IntoIterator<Item = (N, V)>) -> Self
    where
        N: AsRef<str>,
        V: Into<String>,
    {
        let mut form = Self::default();
        for (name, value) in pairs {
            if let Some(field) = form.one(name.as_ref()) {
                *field = value.into();
            } else if let Some(field) = form.many(name.as_ref()) {
                field.push(value.into());
            }
        }
        form
    }

    /// The fields of a link that opens the form as it is typed now. The form's id is not among them:
    /// it stands for one use.
    pub fn link(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.pairs().filter(|(name, value)| *name != "form" && !value.is_empty())
    }

    /// The form without rows that nothing was typed into, so that rows count the same for everybody.
    #[must_use]
    pub fn without_empty_rows(mut self) -> Self {
        for rows in [&mut self.pattern, &mut self.network] {
            rows.retain(|text| !text.trim().is_empty());
        }
        self
    }

    /// The field of this name that has one value.
    fn one(&mut self, name: &str) -> Option<&mut String> {
        Some(match name {
            "form" => &mut self.form,
            "revision" => &mut self.revision,
            "agreed" => &mut self.agreed,
            "description" => &mut self.description,
            "access" => &mut self.access,
            "may_unlist" => &mut self.may_unlist,
            "may_delete" => &mut self.may_delete,
            "feeds" => &mut self.feeds,
            "read_feeds" => &mut self.read_feeds,
            "write_feeds" => &mut self.write_feeds,
            "packages" => &mut self.packages,
            "read_any_package" => &mut self.read_any_package,
            "expires" => &mut self.expires,
            "expires_on" => &mut self.expires_on,
            "networks" => &mut self.networks,
            "pre_authenticated" => &mut self.pre_authenticated,
            _ => return None,
        })
    }

    /// The field of this name that has any number of values.
    fn many(&mut self, name: &str) -> Option<&mut Vec<String>> {
        Some(match name {
            "feed" => &mut self.feed,
            "read_feed" => &mut self.read_feed,
            "write_feed" => &mut self.write_feed,
            "pattern" => &mut self.pattern,
            "network" => &mut self.network,
            _ => return None,
        })
    }

    fn pairs(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let one = [
            ("form", &self.form),
            ("revision", &self.revision),
            ("agreed", &self.agreed),
            ("description", &self.description),
            ("access", &self.access),
            ("may_unlist", &self.may_unlist),
            ("may_delete", &self.may_delete),
            ("feeds", &self.feeds),
            ("read_feeds", &self.read_feeds),
            ("write_feeds", &self.write_feeds),
            ("packages", &self.packages),
            ("read_any_package", &self.read_any_package),
            ("expires", &self.expires),
            ("expires_on", &self.expires_on),
            ("networks", &self.networks),
            ("pre_authenticated", &self.pre_authenticated),
        ];
        let many = [
            ("feed", &self.feed),
            ("read_feed", &self.read_feed),
            ("write_feed", &self.write_feed),
            ("pattern", &self.pattern),
            ("network", &self.network),
        ];
        let one = one.into_iter().map(|(name, value)| (name, value.as_str()));
        let many = many
            .into_iter()
            .flat_map(|(name, values)| values.iter().map(move |value| (name, value.as_str())));
        one.chain(many)
    }

    /// Whether the chosen card reads.
    pub fn reads(&self) -> bool {
        self.access != "write"
    }

    /// Whether the chosen card publishes.
    pub fn writes(&self) -> bool {
        self.access != "read"
    }
}

impl From<Vec<(String, String)>> for TokenForm {
    fn from(pairs: Vec<(String, String)>) -> Self {
        Self::from_pairs(pairs)
    }
}

impl From<TokenForm> for Vec<(String, String)> {
    fn from(form: TokenForm) -> Self {
        form.pairs().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_opens_the_form_as_it_was_typed() {
        let text = |text: &str| text.to_owned();
        let form = TokenForm {
            form: text("0190f3c1-6d2e-7a54-9b1c-2f6f0f3a9d11"),
            revision: text("3"),
            agreed: text("It never expires."),
            description: text("CI publish"),
            access: text("both"),
            may_unlist: text("true"),
            may_delete: text("true"),
            feeds: text("chosen"),
            feed: vec![text("0190f3c1-6d2e-7a54-9b1c-2f6f0f3a9d12"), text("x")],
            read_feeds: text("chosen"),
            read_feed: vec![text("y")],
            write_feeds: text("all"),
            write_feed: vec![text("z")],
            packages: text("named"),
            pattern: vec![text("@acme/*")],
            read_any_package: text("true"),
            expires: text("on"),
            expires_on: text("2027-02-22"),
            networks: text("listed"),
            network: vec![text("10.1.0.0/16"), text("2001:db8::/32")],
            pre_authenticated: text("true"),
        };
        let again = TokenForm::from_pairs(form.link());
        assert_eq!(again, TokenForm { form: String::new(), ..form.clone() });
        let sent = Vec::<(String, String)>::from(form.clone());
        assert_eq!(TokenForm::from(sent), form);
        let stray = TokenForm::from_pairs([("password", "x"), ("Access", "both")]);
        assert_eq!(stray, TokenForm::default());
    }

    #[test]
    fn empty_rows_are_left_out() {
        let form = TokenForm {
            pattern: vec![String::new(), "a*".to_owned(), " ".to_owned()],
            network: vec!["10.1.2.3".to_owned(), String::new()],
            ..TokenForm::default()
        };
        let form = form.without_empty_rows();
        assert_eq!((form.pattern.len(), form.network.len()), (1, 1));
    }
}
