//! Tokens as their owner sees them.

use std::{collections::HashMap, time::Duration};

use model::{
    decide::TokenState,
    ecosystem::Ecosystem,
    expiry::{self, Expiry},
    id::{AccountId, FeedId, FormId, TokenId},
    pattern::Pattern,
    scope::{Effect, FeedSet, Scope},
    sentence,
    timestamp::Timestamp,
    token::TokenKind,
    token_form::{MOST_PATTERNS, Problem, TokenForm},
    views::{
        LastUse, PatternPreview, RuleView, TokenFormStart, TokenPage, TokenPreview, TokenStatus,
        TokenView, TokensPage,
    },
};

use super::Tokens;
use crate::{
    access::Grant,
    crypto::entropy,
    error::Error,
    sessions::Caller,
    storage::{
        feeds, packages,
        tokens::{self, Secret, Token},
    },
};

/// From how long before its end a token is said to expire soon.
const SOON: Duration = Duration::from_hours(24 * 14);
/// For how long a revoked token stays in its owner's list.
const REVOKED_STAY: Duration = Duration::from_hours(24 * 30);
/// How many of the packages that a pattern matches are named.
const EXAMPLES: usize = 2;

/// What an owner's tokens are described with: names of feeds, and the packages they can reach.
struct Surroundings {
    feeds: HashMap<FeedId, String>,
    packages: Vec<(FeedId, Ecosystem, String)>,
    now: Timestamp,
}

impl Surroundings {
    fn feed_name(&self, id: FeedId) -> Option<String> {
        self.feeds.get(&id).cloned()
    }

    /// How many packages an allow rule of the scope is about.
    fn matches(&self, scope: &Scope) -> u64 {
        let touches = |(feed, ecosystem, id): &&(FeedId, Ecosystem, String)| {
            scope.rules.iter().any(|rule| {
                rule.effect == Effect::Allow
                    && rule.feeds.contains(*feed)
                    && rule.matches_package(Some((*ecosystem, id)))
            })
        };
        self.packages.iter().filter(touches).count() as u64
    }

    /// What a pattern as typed means today.
    fn preview(&self, text: &str) -> PatternPreview {
        let (words, good, names) = match text.parse::<Pattern>() {
            Ok(pattern) => {
                let matched =
                    self.packages.iter().filter(|(_, kind, id)| pattern.matches(*kind, id));
                (pattern.in_words(), true, matched.map(|(_, _, id)| id).collect::<Vec<_>>())
            }
            Err(_) if text.trim().is_empty() => (String::new(), true, Vec::new()),
            Err(error) => (error.to_string(), false, Vec::new()),
        };
        let matches = names.len() as u64;
        // The same name in two feeds is two packages, but one example.
        let mut examples: Vec<String> = Vec::new();
        for name in names {
            if examples.len() < EXAMPLES && !examples.contains(name) {
                examples.push(name.clone());
            }
        }
        PatternPreview { pattern: text.to_owned(), words, good, matches, examples }
    }

    fn view(&self, token: &Token, secret: &Secret, old_stops_at: Option<Timestamp>) -> TokenView {
        let works = status(token, self.now).works();
        TokenView {
            id: token.id,
            kind: token.kind,
            description: token.description.clone(),
            last4: secret.last4.clone(),
            status: status(token, self.now),
            sentence: sentence::sentence(&token.facts.scope, token.facts.expires_at, |id| {
                self.feed_name(id)
            }),
            abilities: sentence::abilities(&token.facts.scope, |id| self.feed_name(id)),
            stopped_at: token.facts.state_since.filter(|_| token.facts.state != TokenState::Active),
            matches: if works { self.matches(&token.facts.scope) } else { 0 },
            created_at: token.created_at,
            created_by: token.created_by.clone(),
            created_from: token.created_from.clone(),
            not_before: token.facts.not_before,
            expires_at: token.facts.expires_at,
            last_used: token.last_used_at.map(|at| LastUse {
                at,
                address: token.last_used_from.clone().unwrap_or_default(),
                client: token.last_used_client.clone().unwrap_or_default(),
                feed: token.last_used_feed.and_then(|feed| self.feed_name(feed)),
            }),
            can_be_shown: secret.sealed.is_some(),
            old_secret_stops_at: old_stops_at,
        }
    }
}

impl Tokens {
    /// The caller's tokens, without those that were revoked long ago.
    pub async fn page(&self, caller: &Caller) -> Result<TokensPage, Error> {
        let (mut primary, mut others) = self.of(caller.account).await?;
        let since = self.core.now().minus(REVOKED_STAY);
        others.retain(|token| {
            token.status != TokenStatus::Revoked || token.stopped_at.is_none_or(|at| at > since)
        });
        let primary = primary.pop().ok_or_else(|| Error::inconsistent("tokens", "kind"))?;
        Ok(TokensPage { primary, others, now: self.core.now() })
    }

    /// All tokens of an account, the primary first.
    pub async fn list(&self, owner: AccountId) -> Result<Vec<TokenView>, Error> {
        let (mut tokens, others) = self.of(owner).await?;
        tokens.extend(others);
        Ok(tokens)
    }

    async fn of(&self, owner: AccountId) -> Result<(Vec<TokenView>, Vec<TokenView>), Error> {
        let mut database = &self.core.database;
        let surroundings = self.surroundings(owner).await?;
        let secrets = tokens::newest_secrets(&mut database, owner).await?;
        let tokens = tokens::of_owner(&mut database, owner).await?;
        let views = tokens.iter().filter_map(|token| {
            secrets.get(&token.id).map(|secret| surroundings.view(token, secret, None))
        });
        let (primary, mut others): (Vec<_>, Vec<_>) =
            views.partition(|view| view.kind == TokenKind::Primary);
        // What works comes first; within both parts the newest is on top.
        others.sort_by_key(|view| !view.status.works());
        Ok((primary, others))
    }

    /// One of the caller's tokens on its own page.
    pub async fn detail(&self, caller: &Caller, id: TokenId) -> Result<TokenPage, Error> {
        let mut database = &self.core.database;
        let token = tokens::by_id(&mut database, id).await?;
        let token = token.filter(|token| token.owner == caller.account);
        let token = token.ok_or(Error::NotFound("token"))?;
        let surroundings = self.surroundings(caller.account).await?;
        let secrets = tokens::secrets(&mut database, id).await?;
        let newest =
            secrets.first().ok_or_else(|| Error::inconsistent("token_secrets", "token_id"))?;
        let now = surroundings.now;
        let old_stops_at =
            secrets.get(1).and_then(|old| old.stops_at).filter(|stops_at| *stops_at > now);
        let rules = rule_views(&token.facts.scope, |id| surroundings.feed_name(id));
        Ok(TokenPage {
            rules,
            networks: token.facts.networks.iter().map(ToString::to_string).collect(),
            token: surroundings.view(&token, newest, old_stops_at),
            now,
        })
    }

    /// A token describing itself: what its grant was made for.
    pub async fn describe(&self, grant: &Grant) -> Result<(TokenView, Vec<RuleView>), Error> {
        let crate::access::GrantedWith::Token { id, .. } = grant.with() else {
            return Err(Error::NotFound("token"));
        };
        let mut database = &self.core.database;
        let token = tokens::by_id(&mut database, *id).await?.ok_or(Error::NotFound("token"))?;
        let surroundings = self.surroundings(token.owner).await?;
        let secrets = tokens::secrets(&mut database, *id).await?;
        let newest =
            secrets.first().ok_or_else(|| Error::inconsistent("token_secrets", "token_id"))?;
        let rules = rule_views(&token.facts.scope, |id| surroundings.feed_name(id));
        Ok((surroundings.view(&token, newest, None), rules))
    }

    /// The form at the beginning of a new use: what was typed or asked for by a link, and an id of
    /// its own. Empty rows of patterns are left out, and an expiry that is not offered gives way to the
    /// longest that is.
    pub fn begin_form(&self, form: TokenForm) -> Result<TokenFormStart, Error> {
        check_patterns(&form)?;
        let (now, longest) = (self.core.now(), self.core.policy.longest_token_life);
        let offers = expiry::offers(now, longest);
        let is_offered = offers.iter().any(|offer| offer.value == form.expires);
        let fallback = offers.iter().rfind(|offer| offer.value != "never");
        let expires = match fallback {
            _ if is_offered || form.expires == "on" => form.expires.clone(),
            Some(offer) => offer.value.clone(),
            None => "on".to_owned(),
        };
        let mut pattern = form.pattern;
        pattern.retain(|text| !text.trim().is_empty());
        let id: FormId = entropy::id(now)?;
        Ok(TokenFormStart {
            form: TokenForm { form: id.to_string(), pattern, expires, ..form },
            offers,
            first_day: now.iso_date(),
            last_day: longest.map(|life| now.plus(life).iso_date()),
        })
    }

    /// What the form means so far.
    pub async fn preview(&self, caller: &Caller, form: &TokenForm) -> Result<TokenPreview, Error> {
        check_patterns(form)?;
        let surroundings = self.surroundings(caller.account).await?;
        let (now, longest) = (surroundings.now, self.core.policy.longest_token_life);
        // Whether a description was typed has nothing to do with what the token could do.
        let described = TokenForm { description: "preview".to_owned(), ..form.clone() };
        let draft = described.check(now, longest);
        let expiry = form.expiry().and_then(|expiry: Expiry| expiry.at(now, longest));
        Ok(TokenPreview {
            // More than a token can carry are not worth the work.
            patterns: form
                .pattern
                .iter()
                .take(MOST_PATTERNS)
                .map(|text| surroundings.preview(text))
                .collect(),
            matches: draft.as_ref().map_or(0, |draft| surroundings.matches(&draft.scope)),
            sentence: match draft {
                Ok(draft) => Ok(sentence::sentence(&draft.scope, draft.expires_at, |id| {
                    surroundings.feed_name(id)
                })),
                Err(problems) => Err(problems
                    .into_iter()
                    .next()
                    .map(|problem| problem.message)
                    .unwrap_or_default()),
            },
            expires: expiry.ok().flatten().map(Timestamp::long_date),
        })
    }

    /// Checks the form and that the chosen feeds can be reached.
    pub async fn check_form(
        &self,
        caller: &Caller,
        form: &TokenForm,
    ) -> Result<model::token_form::TokenDraft, Error> {
        use model::token_form::Field;
        let draft = form
            .check(self.core.now(), self.core.policy.longest_token_life)
            .map_err(Error::Problems)?;
        let reachable = feeds::reachable(&mut &self.core.database, caller.account).await?;
        let gone = draft.scope.rules.iter().any(|rule| match &rule.feeds {
            FeedSet::All => false,
            FeedSet::Only(ids) => ids.iter().any(|id| !reachable.iter().any(|feed| feed.id == *id)),
        });
        if gone {
            let field = if form.feeds == "differ" { Field::WriteFeeds } else { Field::Feeds };
            let message =
                "One of the chosen feeds is gone or out of your reach. Choose again.".to_owned();
            return Err(Error::Problems(vec![Problem { field, message }]));
        }
        Ok(draft)
    }

    async fn surroundings(&self, owner: AccountId) -> Result<Surroundings, Error> {
        let mut database = &self.core.database;
        let reachable = feeds::reachable(&mut database, owner).await?;
        let mut names: HashMap<FeedId, String> =
            feeds::named_by_tokens_of(&mut database, owner).await?.into_iter().collect();
        names.extend(reachable.into_iter().map(|feed| (feed.id, feed.name)));
        let rows = packages::reachable_names(&mut database, owner).await?;
        let packages = rows
            .into_iter()
            .map(|(feed, kind, name)| match kind.parse() {
                Ok(kind) => Ok((feed, kind, name)),
                Err(_) => Err(Error::inconsistent("packages", "ecosystem")),
            })
            .collect::<Result<_, _>>()?;
        Ok(Surroundings { feeds: names, packages, now: self.core.now() })
    }
}

/// A form may be asked about before it is checked; however long it is, the answer is quick.
fn check_patterns(form: &TokenForm) -> Result<(), Error> {
    let is_long = form.pattern.iter().any(|text| text.len() > 2 * Pattern::LONGEST);
    if is_long || form.pattern.len() > MOST_PATTERNS {
        return Err(Error::Invalid(format!(
            "A token carries at most {MOST_PATTERNS} patterns of {} characters.",
            Pattern::LONGEST
        )));
    }
    Ok(())
}

fn rule_views(scope: &Scope, feed_name: impl Fn(FeedId) -> Option<String>) -> Vec<RuleView> {
    let view = |rule: &model::scope::Rule| RuleView {
        denies: rule.effect == Effect::Deny,
        actions: rule.actions.iter().map(|action| action.name().to_owned()).collect(),
        feeds: match &rule.feeds {
            FeedSet::All => None,
            FeedSet::Only(ids) => Some(ids.iter().filter_map(|id| feed_name(*id)).collect()),
        },
        patterns: rule
            .patterns
            .iter()
            .map(|pattern| (pattern.to_string(), pattern.in_words()))
            .collect(),
    };
    scope.rules.iter().map(view).collect()
}

fn status(token: &Token, now: Timestamp) -> TokenStatus {
    match token.facts.state {
        TokenState::Revoked => TokenStatus::Revoked,
        TokenState::Leaked => TokenStatus::Leaked,
        TokenState::Suspended => TokenStatus::Suspended,
        TokenState::Active => match (token.facts.not_before, token.facts.expires_at) {
            (_, Some(at)) if at <= now => TokenStatus::Expired,
            (Some(at), _) if at > now => TokenStatus::NotYet,
            (_, Some(at)) if at.since(now) < SOON => TokenStatus::ExpiresSoon,
            _ => TokenStatus::Active,
        },
    }
}
