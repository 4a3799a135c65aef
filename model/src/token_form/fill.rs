//! What the form begins with: a template, a token, or what an address asks for.

use super::{TokenDraft, TokenForm};
use crate::{
    action::Action,
    id::FeedId,
    pattern::Pattern,
    scope::{FeedSet, ScopeChoice},
};

/// A common use of tokens, and the form filled in for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Template {
    /// Somebody's own machine.
    Machine,
    /// A job that installs.
    CiInstall,
    /// A job that publishes.
    CiPublish,
    /// A mirror, a backup, a scanner.
    ReadEverything,
}

impl Template {
    /// Every template, in the order in which they are offered.
    pub const ALL: [Self; 4] =
        [Self::Machine, Self::CiInstall, Self::CiPublish, Self::ReadEverything];

    /// Its name in an address.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Machine => "machine",
            Self::CiInstall => "ci-install",
            Self::CiPublish => "ci-publish",
            Self::ReadEverything => "read-everything",
        }
    }

    /// Its name on the page.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Machine => "Install on my machine",
            Self::CiInstall => "CI: install",
            Self::CiPublish => "CI: publish",
            Self::ReadEverything => "Read everything",
        }
    }

    /// The form. What a job needs is chosen by the person: no feed is ticked.
    fn form(self) -> TokenForm {
        let (description, access, feeds, expires) = match self {
            Self::Machine => ("My machine", "read", "all", "365d"),
            Self::CiInstall => ("CI install", "read", "chosen", "90d"),
            Self::CiPublish => ("CI publish", "write", "chosen", "90d"),
            Self::ReadEverything => ("Read everything", "read", "all", "30d"),
        };
        TokenForm {
            description: description.to_owned(),
            access: access.to_owned(),
            feeds: feeds.to_owned(),
            expires: expires.to_owned(),
            ..TokenForm::default()
        }
    }
}

/// What a refused request lacked, as the page about the refusal hands it on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingRule {
    /// What was to be done.
    pub action: Action,
    /// Where; `None` where that was not what was missing.
    pub feed: Option<FeedId>,
    /// To which package.
    pub package: Option<String>,
}

impl TokenForm {
    /// The form for a new token that an address asks for: of the template it names or of the token
    /// `from`, with the fields it gives. `package` is another word for `pattern`; a feed, pattern or
    /// network that is named is also chosen.
    pub fn asked(from: Option<Self>, pairs: &[(String, String)]) -> Self {
        let named = |name: &str| pairs.iter().find(|(own, _)| own == name).map(|(_, value)| value);
        let template = named("template")
            .and_then(|name| Template::ALL.into_iter().find(|template| template.name() == name));
        let mut form = from.or(template.map(Template::form)).unwrap_or_default();
        let mut begun: Vec<&str> = Vec::new();
        for (name, value) in pairs {
            let name = if name == "package" { "pattern" } else { name.as_str() };
            if let Some(field) = form.one(name) {
                field.clone_from(value);
            } else if let Some(rows) = form.many(name) {
                if !begun.contains(&name) {
                    begun.push(name);
                    rows.clear();
                }
                rows.push(value.clone());
            }
        }
        for (rows, choice, value) in [
            ("feed", "feeds", "chosen"),
            ("read_feed", "read_feeds", "chosen"),
            ("write_feed", "write_feeds", "chosen"),
            ("pattern", "packages", "named"),
            ("network", "networks", "listed"),
        ] {
            if begun.contains(&rows)
                && named(choice).is_none()
                && let Some(field) = form.one(choice)
            {
                value.clone_into(field);
            }
        }
        form
    }

    /// The form that changes a token, filled in with what it is: rules that the form cannot say are
    /// kept, and so is the end.
    pub fn of(present: &TokenDraft, revision: i64) -> Self {
        let form = Self {
            revision: revision.to_string(),
            description: present.description.clone(),
            expires: "keep".to_owned(),
            networks: if present.networks.is_empty() { "any" } else { "listed" }.to_owned(),
            network: present.networks.iter().map(ToString::to_string).collect(),
            pre_authenticated: if present.is_pre_authenticated { "true" } else { "" }.to_owned(),
            ..Self::default()
        };
        match ScopeChoice::of(&present.scope) {
            Some(choice) => form.choosing(choice),
            None => Self { access: "keep".to_owned(), ..form },
        }
    }

    /// The form for a new token like this one. Rules that the form cannot say are left out, and the
    /// end is chosen anew.
    pub fn like(present: &TokenDraft) -> Self {
        let plain = Self::default();
        let form = Self {
            revision: String::new(),
            expires: plain.expires,
            pre_authenticated: plain.pre_authenticated,
            ..Self::of(present, 0)
        };
        if form.access == "keep" { Self { access: plain.access, ..form } } else { form }
    }

    fn choosing(self, choice: ScopeChoice) -> Self {
        let flag = |is_set: bool| if is_set { "true".to_owned() } else { String::new() };
        let access = match (&choice.read, &choice.write) {
            (_, None) => "read",
            (None, Some(_)) => "write",
            (Some(_), Some(_)) => "both",
        };
        let mut form = Self {
            access: access.to_owned(),
            may_unlist: flag(choice.extras.contains(Action::Unlist)),
            may_delete: flag(choice.extras.contains(Action::Delete)),
            packages: if choice.patterns.is_empty() { "any" } else { "named" }.to_owned(),
            pattern: choice.patterns.iter().map(ToString::to_string).collect(),
            read_any_package: flag(choice.read_any_package),
            ..self
        };
        match (choice.read, choice.write) {
            (Some(read), Some(write)) if read != write => {
                "differ".clone_into(&mut form.feeds);
                (form.read_feeds, form.read_feed) = chosen(&read);
                (form.write_feeds, form.write_feed) = chosen(&write);
            }
            (Some(feeds), _) | (None, Some(feeds)) => (form.feeds, form.feed) = chosen(&feeds),
            (None, None) => {}
        }
        form
    }

    /// The form with what a refused request lacked. Of all ways to allow it the narrowest that the
    /// form has. Rules that are kept stay as they are.
    #[must_use]
    pub fn adding(mut self, missing: &MissingRule) -> Self {
        if self.access == "keep" {
            return self;
        }
        let reads = missing.action == Action::Read;
        if !(if reads { self.reads() } else { self.writes() }) {
            // What is added has feeds of its own, so that what there is stays as narrow as it was.
            let (there, new) = (self.feeds.clone(), self.feed.clone());
            let none = || ("chosen".to_owned(), Vec::new());
            let there = (there, new);
            let (read, write) = if reads { (none(), there) } else { (there, none()) };
            (self.read_feeds, self.read_feed) = read;
            (self.write_feeds, self.write_feed) = write;
            "differ".clone_into(&mut self.feeds);
            "both".clone_into(&mut self.access);
            // Packages were not limited for reading, and need not be for one that publishes.
            if let (false, "any", Some(package)) = (reads, self.packages.as_str(), pattern(missing))
            {
                "named".clone_into(&mut self.packages);
                self.pattern = vec![package.to_string()];
                "true".clone_into(&mut self.read_any_package);
            }
        }
        match missing.action {
            Action::Unlist => "true".clone_into(&mut self.may_unlist),
            Action::Delete => "true".clone_into(&mut self.may_delete),
            _ => {}
        }
        let (which, feeds) = match (self.feeds.as_str(), reads) {
            ("differ", true) => (&self.read_feeds, &mut self.read_feed),
            ("differ", false) => (&self.write_feeds, &mut self.write_feed),
            _ => (&self.feeds, &mut self.feed),
        };
        if let Some(feed) = missing.feed.map(|feed| feed.to_string())
            && which != "all"
            && !feeds.contains(&feed)
        {
            feeds.push(feed);
        }
        let is_limited = self.packages == "named" && !(reads && self.read_any_package == "true");
        if let (true, Some(package)) = (is_limited, pattern(missing)) {
            let covers =
                |own: &String| own.parse::<Pattern>().is_ok_and(|own| own.covers(&package));
            if !self.pattern.iter().any(covers) {
                self.pattern.push(package.to_string());
            }
        }
        self
    }
}

/// The pattern of the package alone that was wanted, if its name can be one.
fn pattern(missing: &MissingRule) -> Option<Pattern> {
    missing.package.as_ref().and_then(|name| name.parse().ok())
}

fn chosen(feeds: &FeedSet) -> (String, Vec<String>) {
    match feeds {
        FeedSet::All => ("all".to_owned(), Vec::new()),
        FeedSet::Only(ids) => ("chosen".to_owned(), ids.iter().map(ToString::to_string).collect()),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{
        action::ActionSet,
        scope::{Effect, Rule, Scope},
        timestamp::Timestamp,
    };

    const NOW: Timestamp = Timestamp::from_millis(1_795_521_600_000);
    const MAIN: &str = "0190f3c1-6d2e-7a54-9b1c-2f6f0f3a9d11";
    const TOOLS: &str = "0190f3c1-6d2e-7a54-9b1c-2f6f0f3a9d12";

    fn only(feeds: &[&str]) -> FeedSet {
        FeedSet::Only(feeds.iter().map(|id| id.parse().unwrap()).collect())
    }

    fn asked(pairs: &[(&str, &str)]) -> TokenForm {
        let pairs: Vec<_> =
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        TokenForm::asked(None, &pairs)
    }

    fn draft(choice: ScopeChoice) -> TokenDraft {
        TokenDraft {
            description: "CI publish".to_owned(),
            scope: choice.into_scope().unwrap(),
            not_before: None,
            expires_at: Some(NOW.plus(Duration::from_hours(1))),
            networks: vec!["10.1.0.0/16".parse().unwrap()],
            is_pre_authenticated: false,
        }
    }

    const NOTHING: ScopeChoice = ScopeChoice {
        read: None,
        write: None,
        patterns: Vec::new(),
        read_any_package: false,
        extras: ActionSet::NONE,
    };

    fn choices() -> Vec<ScopeChoice> {
        let patterns = || vec!["Acme.*".parse().unwrap()];
        vec![
            ScopeChoice { read: Some(FeedSet::All), ..NOTHING },
            ScopeChoice { read: Some(only(&[MAIN])), patterns: patterns(), ..NOTHING },
            ScopeChoice { write: Some(only(&[MAIN])), extras: ScopeChoice::EXTRAS, ..NOTHING },
            ScopeChoice {
                read: Some(FeedSet::All),
                write: Some(only(&[MAIN, TOOLS])),
                patterns: patterns(),
                read_any_package: true,
                extras: ActionSet::of(&[Action::Delete]),
            },
        ]
    }

    #[test]
    fn the_form_of_a_token_means_the_token() {
        for choice in choices() {
            let present = draft(choice);
            let form = TokenForm::of(&present, 3);
            assert_eq!(form.revision, "3");
            assert_eq!(form.check(NOW, None, Some(&present)).as_ref(), Ok(&present));
        }
    }

    #[test]
    fn rules_that_the_form_cannot_say_are_kept() {
        let rule =
            |effect, actions| Rule { effect, actions, feeds: FeedSet::All, patterns: Vec::new() };
        let rules = vec![
            rule(Effect::Allow, ActionSet::ALL),
            rule(Effect::Deny, ActionSet::of(&[Action::Delete])),
        ];
        let present = TokenDraft { scope: Scope { rules }, ..draft(choices().remove(0)) };
        let form = TokenForm::of(&present, 1);
        assert_eq!(form.access, "keep");
        assert_eq!(form.check(NOW, None, Some(&present)).as_ref(), Ok(&present));
        let missing = MissingRule { action: Action::Delete, feed: None, package: None };
        assert_eq!(form.clone().adding(&missing), form);
        // A new one like it does not get rights by the way.
        assert_eq!(TokenForm::like(&present).access, "read");
    }

    #[test]
    fn a_new_token_like_another_ends_by_itself() {
        let form = TokenForm::like(&draft(choices().remove(3)));
        let default = TokenForm::default();
        assert_eq!((form.revision, form.expires), (String::new(), default.expires));
        assert_eq!(form.write_feed, [MAIN, TOOLS]);
    }

    #[test]
    fn an_address_names_a_template_and_what_differs() {
        let form = asked(&[("template", "ci-publish"), ("feed", MAIN), ("package", "@acme/*")]);
        assert_eq!((form.access.as_str(), form.feeds.as_str()), ("write", "chosen"));
        assert_eq!((form.feed, form.packages.as_str()), (vec![MAIN.to_owned()], "named"));
        assert_eq!(form.pattern, ["@acme/*"]);
        let form = asked(&[("template", "machine"), ("expires", "7d"), ("description", "x")]);
        assert_eq!((form.feeds.as_str(), form.expires.as_str()), ("all", "7d"));
        assert_eq!(form.description, "x");
        assert_eq!(asked(&[("template", "everything")]), TokenForm::default());
        for template in Template::ALL {
            let form = asked(&[("template", template.name()), ("feed", MAIN)]);
            assert!(form.check(NOW, None, None).is_ok(), "{template:?}");
        }
        // What is said outright counts.
        let form = asked(&[("feeds", "all"), ("feed", MAIN)]);
        assert_eq!(form.feeds, "all");
    }

    #[test]
    fn an_address_takes_the_place_of_rows_and_adds_to_none() {
        let from = TokenForm::like(&draft(choices().remove(1)));
        let pairs = [("feed", TOOLS), ("network", "10.2.0.0/16"), ("network", "10.3.0.0/16")];
        let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let form = TokenForm::asked(Some(from), &pairs);
        assert_eq!(form.feed, [TOOLS]);
        assert_eq!(form.pattern, ["Acme.*"]);
        assert_eq!(form.network.len(), 2);
    }

    #[test]
    fn what_was_missing_is_added_as_narrowly_as_can_be() {
        let missing = |action, feed: &str, package: &str| MissingRule {
            action,
            feed: Some(feed.parse().unwrap()),
            package: Some(package.to_owned()),
        };
        let adding = |choice: ScopeChoice, missing: MissingRule| {
            let present = draft(choice);
            let form = TokenForm::of(&present, 1).adding(&missing);
            ScopeChoice::of(&form.check(NOW, None, Some(&present)).unwrap().scope).unwrap()
        };
        // Reads everything, was to publish: that package to that feed, and reads on.
        let choice = adding(choices().remove(0), missing(Action::PushNew, MAIN, "@acme/x"));
        assert_eq!((choice.read, choice.write), (Some(FeedSet::All), Some(only(&[MAIN]))));
        assert!(choice.read_any_package);
        assert_eq!(choice.patterns, ["@acme/x".parse().unwrap()]);
        // Lacks the feed and the package.
        let choice = adding(choices().remove(1), missing(Action::Read, TOOLS, "other"));
        assert_eq!(choice.read, Some(only(&[MAIN, TOOLS])));
        assert_eq!(choice.patterns.len(), 2);
        // Lacks the package alone, and has it by now.
        let choice = adding(choices().remove(1), missing(Action::Read, MAIN, "Acme.Core"));
        assert_eq!(choice.patterns.len(), 1);
        // Publishes, was to read.
        let choice = adding(choices().remove(2), missing(Action::Read, TOOLS, "x"));
        assert_eq!((choice.read, choice.write), (Some(only(&[TOOLS])), Some(only(&[MAIN]))));
        assert_eq!(choice.extras, ScopeChoice::EXTRAS);
        let choice = adding(choices().remove(3), missing(Action::Unlist, MAIN, "Acme.Core"));
        assert_eq!(choice.extras, ScopeChoice::EXTRAS);
    }
}
