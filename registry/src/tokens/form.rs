//! The form that makes or changes a token: what it begins with, what it means so far, and whether it
//! can be done.

use std::{collections::HashMap, net::IpAddr};

use model::{
    action::Action,
    decide::{TokenFacts, TokenState},
    expiry,
    id::{AccountId, FeedId, FormId, TokenId},
    network::Network,
    pattern::Pattern,
    scope::FeedSet,
    sentence,
    timestamp::Timestamp,
    token_form::{
        Field, MOST_NETWORKS, MOST_PATTERNS, MissingRule, Problem, TokenDraft, TokenForm,
    },
    views::{
        FeedView, LostFeed, NetworkPreview, PatternPreview, TokenEditStart, TokenFormStart,
        TokenPreview,
    },
    widening::widening,
};

use super::{Tokens, edit, matching};
use crate::{
    crypto::entropy,
    error::Error,
    sessions::Caller,
    storage::{Source, feeds, tokens, tokens::Token},
};

/// The longest text of a row or a name of a feed in a form, in bytes.
const LONGEST_ROW: usize = 2 * Pattern::LONGEST;
/// The most feeds a form names.
const MOST_FEEDS: usize = 1_000;

/// A token as a form changes it.
pub(super) fn draft_of(token: &Token) -> TokenDraft {
    TokenDraft {
        description: token.description.clone(),
        scope: token.facts.scope.clone(),
        not_before: token.facts.not_before,
        expires_at: token.facts.expires_at,
        networks: token.facts.networks.clone(),
        is_pre_authenticated: token.facts.is_pre_authenticated,
    }
}

/// What a token of this draft decides by.
pub(super) fn facts_of(draft: &TokenDraft) -> TokenFacts {
    TokenFacts {
        state: TokenState::Active,
        state_since: None,
        not_before: draft.not_before,
        expires_at: draft.expires_at,
        networks: draft.networks.clone(),
        scope: draft.scope.clone(),
        is_pre_authenticated: draft.is_pre_authenticated,
    }
}

impl Tokens {
    /// The form for a new token at the beginning of a new use: of what was typed before or is asked for
    /// by a link, with an id of its own. `feeds` are those that the caller can reach.
    pub async fn begin_form(
        &self,
        caller: &Caller,
        asked: &[(String, String)],
        feeds: Vec<FeedView>,
    ) -> Result<TokenFormStart, Error> {
        let named = |name: &str| asked.iter().find(|(own, _)| own == name);
        let from = match named("from") {
            Some((_, id)) => {
                let id = id.parse().map_err(|_| Error::NotFound("token"))?;
                Some(TokenForm::like(&draft_of(&self.own(caller.account, id).await?)))
            }
            None => None,
        };
        let form = TokenForm::asked(from, asked);
        let id: FormId = entropy::id(self.core.now())?;
        // Of a template that was chosen on the page itself nothing needs to be said.
        let is_prefilled =
            named("form").is_none() && asked.iter().any(|(name, _)| name != "template");
        let start = self.start(TokenForm { form: id.to_string(), ..form }, feeds)?;
        Ok(TokenFormStart { is_prefilled, ..start })
    }

    /// The form that changes a token: of what was typed before or, to begin with, of the token as it is
    /// and of what a link adds.
    pub async fn begin_edit(
        &self,
        caller: &Caller,
        id: TokenId,
        asked: &[(String, String)],
        feeds: Vec<FeedView>,
    ) -> Result<TokenEditStart, Error> {
        let (token, view, _) = self.described(caller, id).await?;
        edit::check_can_be_changed(&token)?;
        let present = draft_of(&token);
        let given =
            |name: &str| asked.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str());
        let whole = TokenForm::of(&present, token.revision);
        let adds = || {
            let mut form = whole.clone();
            if let Some(action) = given("add").and_then(Action::from_name) {
                let feed = given("feed").and_then(|id| id.parse().ok());
                let package = given("package").map(str::to_owned);
                form = form.adding(&MissingRule { action, feed, package });
            }
            // Only where there are networks is one missing.
            if let (Some(address), "listed") = (given("address"), form.networks.as_str()) {
                form.network.push(address.to_owned());
            }
            form
        };
        let mut form = match given("revision") {
            Some(_) => TokenForm::from_pairs(asked.iter().cloned()),
            None => adds(),
        };
        let is_prefilled = given("revision").is_none() && form != whole;
        let names = self.feed_names(caller.account).await?;
        let changed = (form.revision != whole.revision)
            .then(|| edit::changed_meanwhile(&token, |id| names.get(&id).cloned()));
        form.revision = whole.revision;
        let mut start = self.start(form, feeds)?;
        start.is_prefilled = is_prefilled;
        start.lost_feeds = feeds_of(&present)
            .filter(|id| !start.feeds.iter().any(|feed| feed.id == *id))
            .map(|id| LostFeed { id, name: names.get(&id).cloned() })
            .collect();
        let asked = if start.form.agreed.is_empty() {
            Vec::new()
        } else {
            self.preview(caller, Some(id), &start.form, None).await?.wider
        };
        let name = |id: FeedId| names.get(&id).cloned();
        let rules = (TokenForm::of(&present, 0).access == "keep").then(|| {
            present.scope.rules.iter().map(|rule| edit::rule_in_words(rule, name)).collect()
        });
        Ok(TokenEditStart { start, token: view, rules, asked, changed })
    }

    /// The form with ids in the place of names of feeds, without empty rows; an expiry that is not
    /// offered gives way to the longest that is.
    fn start(&self, form: TokenForm, feeds: Vec<FeedView>) -> Result<TokenFormStart, Error> {
        check_size(&form)?;
        let (now, longest) = (self.core.now(), self.core.policy().longest_token_life);
        let offers = expiry::offers(now, longest);
        let may_keep = !form.revision.is_empty();
        let is_offered = offers.iter().any(|offer| offer.value == form.expires)
            || form.expires == "on"
            || (may_keep && form.expires == "keep");
        let fallback = offers.iter().rfind(|offer| offer.value != "never");
        let expires = match fallback {
            _ if is_offered => form.expires.clone(),
            Some(offer) => offer.value.clone(),
            None => "on".to_owned(),
        };
        let mut form = TokenForm { expires, ..form.without_empty_rows() };
        let mut unknown_feeds = Vec::new();
        for chosen in [&mut form.feed, &mut form.read_feed, &mut form.write_feed] {
            chosen.retain_mut(|text| {
                if text.parse::<FeedId>().is_ok() {
                    return true;
                }
                let name = text.trim().to_lowercase();
                let found = feeds.iter().find(|feed| feed.name == name);
                match found {
                    Some(feed) => *text = feed.id.to_string(),
                    None => unknown_feeds.push(text.chars().take(63).collect()),
                }
                found.is_some()
            });
        }
        Ok(TokenFormStart {
            form,
            offers,
            first_day: now.iso_date(),
            last_day: longest.map(|life| now.plus(life).iso_date()),
            feeds,
            lost_feeds: Vec::new(),
            unknown_feeds,
            is_prefilled: false,
        })
    }

    /// What the form means so far, for a new token or for one that is changed. `address` is that of the
    /// browser.
    pub async fn preview(
        &self,
        caller: &Caller,
        id: Option<TokenId>,
        form: &TokenForm,
        address: Option<IpAddr>,
    ) -> Result<TokenPreview, Error> {
        check_size(form)?;
        let present = match id {
            Some(id) => Some(draft_of(&self.own(caller.account, id).await?)),
            None => None,
        };
        let names = self.feed_names(caller.account).await?;
        let name = |id: FeedId| names.get(&id).cloned();
        let (now, longest) = (self.core.now(), self.core.policy().longest_token_life);
        // Whether a description was typed has nothing to do with what the token could do.
        let described = TokenForm { description: "preview".to_owned(), ..form.clone() };
        let draft = described.check(now, longest, present.as_ref());
        let patterns: Vec<Option<Pattern>> =
            form.pattern.iter().map(|text| text.parse().ok()).collect();
        let scope = draft.as_ref().ok().map(|draft| &draft.scope);
        let matches =
            matching::count(&self.core.database, caller.account, scope, &patterns).await?;
        let expires = match &draft {
            Ok(draft) => draft.expires_at,
            Err(_) => form.expiry().and_then(|expiry| expiry.at(now, longest)).ok().flatten(),
        };
        let wider = match (&present, &draft) {
            (Some(present), Ok(draft)) => widening(&facts_of(present), &facts_of(draft))
                .iter()
                .map(|wider| wider.in_words(name))
                .collect(),
            _ => Vec::new(),
        };
        let networks = draft.as_ref().map(|draft| draft.networks.as_slice()).unwrap_or_default();
        let is_outside = |address: &IpAddr| {
            !networks.is_empty() && !networks.iter().any(|network| network.contains(*address))
        };
        Ok(TokenPreview {
            only_from: sentence::only_from(networks),
            outside: address.filter(is_outside).map(|address| address.to_canonical().to_string()),
            networks: form.network.iter().map(|text| network_preview(text)).collect(),
            patterns: form
                .pattern
                .iter()
                .zip(matches.patterns)
                .map(|(text, found)| pattern_preview(text, found))
                .collect(),
            matches: matches.scope,
            is_partial: matches.is_partial,
            sentence: match draft {
                Ok(draft) => Ok(sentence::sentence(&draft.scope, draft.expires_at, name)),
                Err(problems) => Err(problems
                    .into_iter()
                    .next()
                    .map(|problem| problem.message)
                    .unwrap_or_default()),
            },
            expires: expires.map(Timestamp::long_date),
            wider,
        })
    }

    /// Checks the form for a new token, and that the chosen feeds can be reached.
    pub async fn check_form(&self, caller: &Caller, form: &TokenForm) -> Result<TokenDraft, Error> {
        self.checked(&mut &self.core.database, caller.account, form, None).await
    }

    /// What the form means. A feed that the `present` token has may be kept, also out of reach.
    pub(super) async fn checked(
        &self,
        source: &mut impl Source,
        owner: AccountId,
        form: &TokenForm,
        present: Option<&TokenDraft>,
    ) -> Result<TokenDraft, Error> {
        let (now, longest) = (self.core.now(), self.core.policy().longest_token_life);
        let draft = form.check(now, longest, present).map_err(Error::Problems)?;
        let mut known: Vec<FeedId> =
            feeds::reachable(source, owner).await?.into_iter().map(|feed| feed.id).collect();
        known.extend(present.into_iter().flat_map(feeds_of));
        if feeds_of(&draft).all(|id| known.contains(&id)) {
            return Ok(draft);
        }
        let is_lost = |id: &String| id.parse().is_ok_and(|id| !known.contains(&id));
        let problems = [
            (Field::Feeds, &form.feed),
            (Field::ReadFeeds, &form.read_feed),
            (Field::WriteFeeds, &form.write_feed),
        ]
        .into_iter()
        .filter(|(field, chosen)| {
            (form.feeds == "differ") == (*field != Field::Feeds) && chosen.iter().any(is_lost)
        })
        .map(|(field, _)| {
            let message = "One of the chosen feeds is gone or out of your reach. Choose again.";
            Problem::new(field, message)
        });
        Err(Error::Problems(problems.collect()))
    }

    /// Names of the feeds that an account can reach and of those that its tokens are for.
    pub(super) async fn feed_names(
        &self,
        owner: AccountId,
    ) -> Result<HashMap<FeedId, String>, Error> {
        let mut database = &self.core.database;
        let mut names: HashMap<FeedId, String> =
            feeds::named_by_tokens_of(&mut database, owner).await?.into_iter().collect();
        let reachable = feeds::reachable(&mut database, owner).await?;
        names.extend(reachable.into_iter().map(|feed| (feed.id, feed.name)));
        Ok(names)
    }

    /// A token of this owner; somebody else's is as absent as none.
    async fn own(&self, owner: AccountId, id: TokenId) -> Result<Token, Error> {
        let token = tokens::by_id(&mut &self.core.database, id).await?;
        token.filter(|token| token.owner == owner).ok_or(Error::NotFound("token"))
    }
}

/// The feeds that the rules of a token name.
fn feeds_of(draft: &TokenDraft) -> impl Iterator<Item = FeedId> {
    let mut ids: Vec<FeedId> = Vec::new();
    for rule in &draft.scope.rules {
        if let FeedSet::Only(feeds) = &rule.feeds {
            ids.extend(feeds);
        }
    }
    ids.sort_unstable();
    ids.dedup();
    ids.into_iter()
}

/// A form may be asked about before it is checked; however long it is, the answer is quick.
fn check_size(form: &TokenForm) -> Result<(), Error> {
    let all_feeds = [&form.feed, &form.read_feed, &form.write_feed];
    let rows = form.pattern.iter().chain(&form.network).chain(all_feeds.into_iter().flatten());
    let is_long = rows.into_iter().any(|text| text.len() > LONGEST_ROW);
    // Empty rows may stand beside those that are allowed.
    if is_long || form.pattern.len() > 2 * MOST_PATTERNS || form.network.len() > 2 * MOST_NETWORKS {
        return Err(Error::Invalid(format!(
            "A token carries at most {MOST_PATTERNS} patterns of {} characters and {MOST_NETWORKS} networks.",
            Pattern::LONGEST
        )));
    }
    if all_feeds.iter().any(|feeds| feeds.len() > MOST_FEEDS) {
        return Err(Error::Invalid(format!("A token names at most {MOST_FEEDS} feeds.")));
    }
    Ok(())
}

/// What a pattern as typed means today.
fn pattern_preview(text: &str, found: matching::PatternMatches) -> PatternPreview {
    let (words, good) = match text.parse::<Pattern>() {
        Ok(pattern) => (pattern.in_words(), true),
        Err(_) if text.trim().is_empty() => (String::new(), true),
        Err(error) => (error.to_string(), false),
    };
    PatternPreview {
        pattern: text.to_owned(),
        words,
        good,
        matches: found.count,
        examples: found.examples,
    }
}

/// What a network as typed means.
fn network_preview(text: &str) -> NetworkPreview {
    match text.parse::<Network>() {
        Ok(network) => NetworkPreview { words: network.in_words(), good: true },
        Err(_) if text.trim().is_empty() => NetworkPreview { words: String::new(), good: true },
        Err(error) => NetworkPreview { words: error.to_string(), good: false },
    }
}
