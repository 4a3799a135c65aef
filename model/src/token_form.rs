//! The form that makes a token: what is typed, what it means, and what is wrong with it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{
    expiry::{self, BadExpiry, Expiry},
    id::FeedId,
    network::Network,
    pattern::Pattern,
    scope::{FeedSet, Scope, ScopeChoice},
    timestamp::Timestamp,
};

/// The most characters of a description.
pub const LONGEST_DESCRIPTION: usize = 100;
/// The most patterns one token carries.
pub const MOST_PATTERNS: usize = 100;

/// The form as typed. Every field is text, and the whole a list of names and values: a browser without
/// script, a server function and a link that prefills the form all speak it. What is missing takes its
/// default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<(String, String)>", into = "Vec<(String, String)>")]
pub struct TokenForm {
    /// One use of the form: sent twice, it makes one token.
    pub form: String,
    /// What the token is for.
    pub description: String,
    /// `read`, `write` or `both`.
    pub access: String,
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
    /// Days (`7d`, `30d`, `90d`, `180d`, `365d`), `on` or `never`.
    pub expires: String,
    /// The date for `on`, `YYYY-MM-DD`.
    pub expires_on: String,
}

impl Default for TokenForm {
    fn default() -> Self {
        let all = || "all".to_owned();
        Self {
            form: String::new(),
            description: String::new(),
            access: "read".to_owned(),
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
}

/// What is wrong with one field, in a sentence that says how to mend it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The field.
    pub field: Field,
    /// The sentence.
    pub message: String,
}

/// A token as it should be made.
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
            let value = value.into();
            match name.as_ref() {
                "form" => form.form = value,
                "description" => form.description = value,
                "access" => form.access = value,
                "feeds" => form.feeds = value,
                "feed" => form.feed.push(value),
                "read_feeds" => form.read_feeds = value,
                "read_feed" => form.read_feed.push(value),
                "write_feeds" => form.write_feeds = value,
                "write_feed" => form.write_feed.push(value),
                "packages" => form.packages = value,
                "pattern" => form.pattern.push(value),
                "read_any_package" => form.read_any_package = value,
                "expires" => form.expires = value,
                "expires_on" => form.expires_on = value,
                _ => {}
            }
        }
        form
    }

    /// The fields of a link that opens the form as it is typed now. The form's id is not among them:
    /// it stands for one use.
    pub fn link(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.pairs().filter(|(name, value)| *name != "form" && !value.is_empty())
    }

    fn pairs(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let one = [
            ("form", &self.form),
            ("description", &self.description),
            ("access", &self.access),
            ("feeds", &self.feeds),
            ("read_feeds", &self.read_feeds),
            ("write_feeds", &self.write_feeds),
            ("packages", &self.packages),
            ("read_any_package", &self.read_any_package),
            ("expires", &self.expires),
            ("expires_on", &self.expires_on),
        ];
        let many = [
            ("feed", &self.feed),
            ("read_feed", &self.read_feed),
            ("write_feed", &self.write_feed),
            ("pattern", &self.pattern),
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

    /// What the form means at `now`, or everything that is wrong with it. `longest_life` is the
    /// operator's limit on expiry.
    pub fn check(
        &self,
        now: Timestamp,
        longest_life: Option<Duration>,
    ) -> Result<TokenDraft, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut wrong = |field, message: String| problems.push(Problem { field, message });

        let description = check_description(&self.description)
            .inspect_err(|message| wrong(Field::Description, (*message).to_owned()))
            .unwrap_or_default();
        if !["read", "write", "both"].contains(&self.access.as_str()) {
            wrong(Field::Access, "Choose Read, Write, or Read and write.".to_owned());
        }
        let mut feeds = |which: &str, chosen: &[String], field| {
            Some(feed_set(which, chosen).unwrap_or_else(|message| {
                wrong(field, message.to_owned());
                FeedSet::All
            }))
        };
        let (read, write) = if self.access == "both" && self.feeds == "differ" {
            (
                feeds(&self.read_feeds, &self.read_feed, Field::ReadFeeds),
                feeds(&self.write_feeds, &self.write_feed, Field::WriteFeeds),
            )
        } else {
            let same = feeds(&self.feeds, &self.feed, Field::Feeds);
            (same.clone().filter(|_| self.reads()), same.filter(|_| self.writes()))
        };
        let patterns = self
            .patterns()
            .inspect_err(|message| wrong(Field::Packages, message.clone()))
            .unwrap_or_default();
        let expires_at = self
            .expiry()
            .and_then(|expiry| expiry.at(now, longest_life))
            .inspect_err(|error| wrong(Field::Expires, error.to_string()))
            .unwrap_or_default();
        let choice = ScopeChoice {
            read,
            write,
            patterns,
            read_any_package: self.writes() && self.read_any_package == "true",
        };
        match choice.into_scope() {
            Ok(scope) if problems.is_empty() => Ok(TokenDraft {
                description,
                scope,
                not_before: None,
                expires_at,
                networks: Vec::new(),
            }),
            Ok(_) => Err(problems),
            Err(error) => {
                problems.push(Problem { field: Field::Access, message: error.to_string() });
                Err(problems)
            }
        }
    }

    /// The expiry the form asks for.
    pub fn expiry(&self) -> Result<Expiry, BadExpiry> {
        match self.expires.as_str() {
            "never" => Ok(Expiry::Never),
            "on" => expiry::parse_date(&self.expires_on)
                .map(|date| Expiry::On(Timestamp::end_of(date)))
                .ok_or(BadExpiry::Unreadable),
            days if days.ends_with('d') => days.parse(),
            _ => Err(BadExpiry::Unreadable),
        }
    }

    fn patterns(&self) -> Result<Vec<Pattern>, String> {
        if self.packages != "named" {
            return Ok(Vec::new());
        }
        let typed: Vec<&str> =
            self.pattern.iter().map(|text| text.trim()).filter(|text| !text.is_empty()).collect();
        if typed.is_empty() {
            return Err(
                "Give at least one pattern such as Acme.* or @acme/*, or choose Any.".to_owned()
            );
        }
        if typed.len() > MOST_PATTERNS {
            return Err(format!("A token carries at most {MOST_PATTERNS} patterns."));
        }
        let mut patterns: Vec<Pattern> = Vec::with_capacity(typed.len());
        for text in typed {
            let pattern = text.parse().map_err(|error| {
                format!("“{}”: {error}", text.chars().take(60).collect::<String>())
            })?;
            if !patterns.contains(&pattern) {
                patterns.push(pattern);
            }
        }
        Ok(patterns)
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

fn feed_set(which: &str, chosen: &[String]) -> Result<FeedSet, &'static str> {
    if which == "all" {
        return Ok(FeedSet::All);
    }
    let mut feeds = chosen
        .iter()
        .map(|id| id.parse())
        .collect::<Result<Vec<FeedId>, _>>()
        .map_err(|_| "This choice of feeds is not readable. Choose again.")?;
    feeds.sort_unstable();
    feeds.dedup();
    if feeds.is_empty() {
        return Err("Choose at least one feed, or all feeds you can reach.");
    }
    Ok(FeedSet::Only(feeds))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::action::ActionSet;

    const NOW: Timestamp = Timestamp::from_millis(1_795_521_600_000);
    const FEED: &str = "0190f3c1-6d2e-7a54-9b1c-2f6f0f3a9d11";

    fn form() -> TokenForm {
        TokenForm { description: " CI publish ".to_owned(), ..TokenForm::default() }
    }

    #[test]
    fn the_plain_form_reads_every_feed_for_ninety_days() {
        let draft = form().check(NOW, None).unwrap();
        assert_eq!(draft.description, "CI publish");
        assert_eq!(draft.scope.rules.len(), 1);
        assert_eq!(draft.scope.rules[0].actions, ActionSet::READ);
        assert_eq!(draft.expires_at.unwrap().short_date(), "22 Feb 2027");
    }

    #[test]
    fn read_every_feed_write_one() {
        let form = TokenForm {
            access: "both".to_owned(),
            feeds: "differ".to_owned(),
            write_feed: vec![FEED.to_owned()],
            ..form()
        };
        let scope = form.check(NOW, None).unwrap().scope;
        assert_eq!(scope.rules[0].feeds, FeedSet::All);
        assert_eq!(scope.rules[1].feeds, FeedSet::Only(vec![FEED.parse().unwrap()]));
    }

    #[test]
    fn everything_wrong_is_said_at_once() {
        use Field::{Description, Expires, Packages, ReadFeeds, WriteFeeds};
        let form = TokenForm {
            description: " ".to_owned(),
            access: "both".to_owned(),
            feeds: "differ".to_owned(),
            read_feeds: "chosen".to_owned(),
            write_feed: vec!["x".to_owned()],
            packages: "named".to_owned(),
            pattern: vec!["a b".to_owned()],
            expires: "on".to_owned(),
            ..TokenForm::default()
        };
        let fields: Vec<Field> =
            form.check(NOW, None).unwrap_err().into_iter().map(|problem| problem.field).collect();

        assert_eq!(fields, [Description, ReadFeeds, WriteFeeds, Packages, Expires]);
    }

    #[test]
    fn a_link_opens_the_form_as_it_was_typed() {
        let form = TokenForm {
            form: "0190f3c1-6d2e-7a54-9b1c-2f6f0f3a9d11".to_owned(),
            access: "both".to_owned(),
            feeds: "chosen".to_owned(),
            feed: vec![FEED.to_owned(), "x".to_owned()],
            read_feeds: "chosen".to_owned(),
            read_feed: vec!["y".to_owned()],
            write_feeds: "all".to_owned(),
            write_feed: vec!["z".to_owned()],
            packages: "named".to_owned(),
            pattern: vec!["@acme/*".to_owned()],
            read_any_package: "true".to_owned(),
            expires: "on".to_owned(),
            expires_on: "2027-02-22".to_owned(),
            ..form()
        };
        let again = TokenForm::from_pairs(form.link());
        assert_eq!(again, TokenForm { form: String::new(), ..form.clone() });
        let sent = Vec::<(String, String)>::from(form.clone());
        assert_eq!(TokenForm::from(sent), form);
        let stray = TokenForm::from_pairs([("password", "x"), ("Access", "both")]);
        assert_eq!(stray, TokenForm::default());
    }

    #[test]
    fn a_choice_that_does_not_apply_is_not_judged() {
        let form =
            TokenForm { access: "write".to_owned(), read_feeds: "chosen".to_owned(), ..form() };
        assert!(form.check(NOW, None).is_ok());
    }
}
