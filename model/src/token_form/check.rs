//! What the form means, or everything that is wrong with it.

use std::{fmt::Display, str::FromStr, time::Duration};

use super::{
    Field, MOST_NETWORKS, MOST_PATTERNS, Problem, TokenDraft, TokenForm, check_description,
};
use crate::{
    action::{Action, ActionSet},
    expiry::{self, BadExpiry, Expiry},
    id::FeedId,
    network::Network,
    pattern::Pattern,
    scope::{FeedSet, Scope, ScopeChoice},
    timestamp::Timestamp,
};

impl TokenForm {
    /// What the form means at `now`, or everything that is wrong with it. `longest_life` is the
    /// operator's limit on expiry, and `present` the token that is changed, if it is no new one.
    pub fn check(
        &self,
        now: Timestamp,
        longest_life: Option<Duration>,
        present: Option<&TokenDraft>,
    ) -> Result<TokenDraft, Vec<Problem>> {
        let mut problems = Vec::new();
        let description = check_description(&self.description)
            .inspect_err(|message| problems.push(Problem::new(Field::Description, *message)))
            .unwrap_or_default();
        let scope = match present.filter(|_| self.access == "keep") {
            Some(present) => present.scope.clone(),
            None => self.scope(&mut problems),
        };
        let not_before = present.and_then(|present| present.not_before);
        let expires_at = match present.filter(|_| self.expires == "keep") {
            Some(present) => present.expires_at,
            None => self
                .expiry()
                .and_then(|expiry| expiry.at(now, longest_life))
                .inspect_err(|error| problems.push(Problem::new(Field::Expires, error.to_string())))
                .unwrap_or_default(),
        };
        if let (Some(first), Some(end)) = (not_before, expires_at)
            && first > end
        {
            let message = format!("The token begins on {}. Choose a later end.", first.long_date());
            problems.push(Problem::new(Field::Expires, message));
        }
        let networks = self.networks(&mut problems);
        let is_pre_authenticated = self.pre_authenticated == "true";
        let draft = TokenDraft {
            description,
            scope,
            not_before,
            expires_at,
            networks,
            is_pre_authenticated,
        };
        if let Err(message) = draft.check_pre_authenticated() {
            problems.push(Problem::new(Field::PreAuthenticated, message));
        }
        if problems.is_empty() { Ok(draft) } else { Err(problems) }
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

    /// The extras that are ticked.
    fn extras(&self) -> ActionSet {
        let ticked = |field: &str, action| {
            if field == "true" { ActionSet::of(&[action]) } else { ActionSet::NONE }
        };
        ticked(&self.may_unlist, Action::Unlist).with(ticked(&self.may_delete, Action::Delete))
    }

    fn scope(&self, problems: &mut Vec<Problem>) -> Scope {
        if !["read", "write", "both"].contains(&self.access.as_str()) {
            let message = "Choose Read, Write, or Read and write.";
            problems.push(Problem::new(Field::Access, message));
        }
        let mut feeds = |which: &str, chosen: &[String], field| {
            Some(feed_set(which, chosen).unwrap_or_else(|message| {
                problems.push(Problem::new(field, message));
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
        let patterns = self.patterns(problems);
        let choice = ScopeChoice {
            read,
            write,
            patterns,
            read_any_package: self.writes() && self.read_any_package == "true",
            extras: self.extras(),
        };
        choice.into_scope().unwrap_or_else(|error| {
            problems.push(Problem::new(Field::Access, error.to_string()));
            Scope::default()
        })
    }

    fn patterns(&self, problems: &mut Vec<Problem>) -> Vec<Pattern> {
        if self.packages != "named" {
            return Vec::new();
        }
        let (patterns, typed) = rows(&self.pattern, Field::Packages, problems);
        if typed == 0 {
            let message = "Give at least one pattern such as Acme.* or @acme/*, or choose Any.";
            problems.push(Problem::new(Field::Packages, message));
        } else if typed > MOST_PATTERNS {
            let message = format!("A token carries at most {MOST_PATTERNS} patterns.");
            problems.push(Problem::new(Field::Packages, message));
        }
        patterns
    }

    fn networks(&self, problems: &mut Vec<Problem>) -> Vec<Network> {
        if self.networks != "listed" {
            return Vec::new();
        }
        let (networks, typed) = rows(&self.network, Field::Networks, problems);
        if typed == 0 {
            let message = "Give at least one network such as 10.1.0.0/16, or choose Any.";
            problems.push(Problem::new(Field::Networks, message));
        } else if typed > MOST_NETWORKS {
            let message = format!("A token carries at most {MOST_NETWORKS} networks.");
            problems.push(Problem::new(Field::Networks, message));
        }
        networks
    }
}

/// What was typed into the rows of a field, each thing once, and into how many something was typed.
fn rows<T: FromStr<Err: Display> + PartialEq>(
    rows: &[String],
    field: Field,
    problems: &mut Vec<Problem>,
) -> (Vec<T>, usize) {
    let mut values = Vec::new();
    let mut typed = 0;
    for (row, text) in rows.iter().enumerate().filter(|(_, text)| !text.trim().is_empty()) {
        typed += 1;
        match text.parse::<T>() {
            Ok(value) if values.contains(&value) => {}
            Ok(value) => values.push(value),
            Err(error) => {
                let mut message = error.to_string();
                let text: String = text.trim().chars().take(60).collect();
                if !message.contains(&text) {
                    message = format!("“{text}”: {message}");
                }
                problems.push(Problem { field, row: Some(row), message });
            }
        }
    }
    (values, typed)
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

    const NOW: Timestamp = Timestamp::from_millis(1_795_521_600_000);
    const FEED: &str = "0190f3c1-6d2e-7a54-9b1c-2f6f0f3a9d11";

    fn form() -> TokenForm {
        TokenForm { description: " CI publish ".to_owned(), ..TokenForm::default() }
    }

    #[test]
    fn the_plain_form_reads_every_feed_for_ninety_days() {
        let draft = form().check(NOW, None, None).unwrap();
        assert_eq!(draft.description, "CI publish");
        assert_eq!(draft.scope.rules.len(), 1);
        assert_eq!(draft.scope.rules[0].actions, ActionSet::READ);
        assert_eq!(draft.expires_at.unwrap().short_date(), "22 Feb 2027");
        assert!(draft.networks.is_empty());
    }

    #[test]
    fn read_every_feed_write_one() {
        let form = TokenForm {
            access: "both".to_owned(),
            feeds: "differ".to_owned(),
            write_feed: vec![FEED.to_owned()],
            may_unlist: "true".to_owned(),
            ..form()
        };
        let scope = form.check(NOW, None, None).unwrap().scope;
        assert_eq!(scope.rules[0].feeds, FeedSet::All);
        assert!(!scope.rules[0].actions.contains(Action::Unlist));
        assert_eq!(scope.rules[1].feeds, FeedSet::Only(vec![FEED.parse().unwrap()]));
        assert!(scope.rules[1].actions.contains(Action::Unlist));
        assert!(!scope.rules[1].actions.contains(Action::Delete));
    }

    #[test]
    fn extras_go_with_publishing_alone() {
        let form = TokenForm { may_delete: "true".to_owned(), ..form() };
        assert_eq!(form.check(NOW, None, None).unwrap().scope.rules[0].actions, ActionSet::READ);
    }

    #[test]
    fn everything_wrong_is_said_at_once() {
        use Field::{Description, Expires, Networks, Packages, ReadFeeds, WriteFeeds};
        let form = TokenForm {
            description: " ".to_owned(),
            access: "both".to_owned(),
            feeds: "differ".to_owned(),
            read_feeds: "chosen".to_owned(),
            write_feed: vec!["x".to_owned()],
            packages: "named".to_owned(),
            pattern: vec!["acme".to_owned(), String::new(), "a b".to_owned()],
            expires: "on".to_owned(),
            networks: "listed".to_owned(),
            network: vec!["10.1.0.0/33".to_owned(), "10.1.2.3".to_owned(), "office".to_owned()],
            ..TokenForm::default()
        };
        let problems = form.check(NOW, None, None).unwrap_err();
        let fields: Vec<_> = problems.iter().map(|problem| (problem.field, problem.row)).collect();
        let expected = [
            (Description, None),
            (ReadFeeds, None),
            (WriteFeeds, None),
            (Packages, Some(2)),
            (Expires, None),
            (Networks, Some(0)),
            (Networks, Some(2)),
        ];
        assert_eq!(fields, expected);
        assert!(problems[3].message.starts_with("“a b”: "), "{}", problems[3].message);
        assert!(problems[6].message.starts_with("“office” is not a network"));
    }

    #[test]
    fn rows_without_anything_are_a_problem_of_the_field() {
        let form = TokenForm {
            packages: "named".to_owned(),
            pattern: vec![" ".to_owned()],
            networks: "listed".to_owned(),
            network: vec!["10.1.2.3".to_owned(); MOST_NETWORKS + 1],
            ..form()
        };
        let problems = form.check(NOW, None, None).unwrap_err();
        let fields: Vec<_> = problems.iter().map(|problem| (problem.field, problem.row)).collect();
        assert_eq!(fields, [(Field::Packages, None), (Field::Networks, None)]);
    }

    #[test]
    fn a_choice_that_does_not_apply_is_not_judged() {
        let form =
            TokenForm { access: "write".to_owned(), read_feeds: "chosen".to_owned(), ..form() };
        assert!(form.check(NOW, None, None).is_ok());
    }

    #[test]
    fn only_what_there_is_can_be_kept() {
        let keep = || TokenForm { access: "keep".to_owned(), expires: "keep".to_owned(), ..form() };
        let problems = keep().check(NOW, None, None).unwrap_err();
        let fields: Vec<Field> = problems.iter().map(|problem| problem.field).collect();
        assert_eq!(fields, [Field::Access, Field::Expires]);
        let present = TokenDraft {
            description: "old".to_owned(),
            scope: Scope::full(),
            not_before: Some(NOW),
            // Past, and beyond what the operator allows to choose anew.
            expires_at: Some(NOW),
            networks: vec!["10.1.2.3".parse().unwrap()],
            is_pre_authenticated: false,
        };
        let changed = keep().check(NOW, Some(Duration::from_hours(24)), Some(&present)).unwrap();
        let expected = TokenDraft {
            description: "CI publish".to_owned(),
            networks: Vec::new(),
            ..present.clone()
        };
        assert_eq!(changed, expected);
        let later = TokenDraft { not_before: Some(NOW.plus(Duration::from_hours(240))), ..present };
        let week = TokenForm { expires: "7d".to_owned(), ..keep() };
        let problems = week.check(NOW, None, Some(&later)).unwrap_err();
        assert_eq!(problems[0].field, Field::Expires);
    }
}
