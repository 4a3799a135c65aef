//! Changing what a token is for, what it may do, until when and from where.

use model::{
    audit::Act,
    decide::TokenState,
    id::{AccountId, FeedId, TokenId},
    scope::{Effect, Rule},
    sentence,
    token::TokenKind,
    token_form::{TokenDraft, TokenForm},
    views::{ChangedMeanwhile, Edited},
    widening::widening,
};
use serde_json::{Value, json};

use super::{
    Tokens,
    form::{draft_of, facts_of},
    insert_rules, owned,
};
use crate::{
    audit::{self, Actor, Entry, Origin},
    error::Error,
    rate::RateOf,
    sessions::Caller,
    storage::{
        Transaction,
        tokens::{self, Change, Token},
    },
};

impl Tokens {
    /// Changes one of the caller's own tokens as the form says. What makes it wider is told first and
    /// done when the form says that the person agreed to just that, and the caller is confirmed.
    pub async fn edit(
        &self,
        caller: &Caller,
        id: TokenId,
        form: &TokenForm,
        origin: &Origin,
    ) -> Result<Edited, Error> {
        let names = self.feed_names(caller.account).await?;
        let name = |id: FeedId| names.get(&id).cloned();
        let mut transaction = self.core.database.write().await?;
        let token = owned(&mut transaction, caller.account, id).await?;
        check_can_be_changed(&token)?;
        if form.revision != token.revision.to_string() {
            return Ok(Edited::Changed(changed_meanwhile(&token, name)));
        }
        let present = draft_of(&token);
        let draft = self.checked(&mut transaction, caller.account, form, Some(&present)).await?;
        let wider = widening(&facts_of(&present), &facts_of(&draft));
        if !wider.is_empty() {
            let lines: Vec<String> = wider.iter().map(|wider| wider.in_words(name)).collect();
            // Browsers send each end of a line as two characters.
            if !form.agreed.lines().eq(lines.iter().map(String::as_str)) {
                return Ok(Edited::Widens(lines));
            }
            self.sessions.require_confirmed(caller)?;
        }
        self.core.rates.take(RateOf::Edit, caller.account, self.core.now())?;
        let actor = Actor::Person(caller.clone(), origin.clone());
        self.save(&mut transaction, &actor, &token, &present, draft).await?;
        transaction.commit().await?;
        Ok(Edited::Saved)
    }

    /// A token as it is, for a change on an operator's word.
    pub async fn as_draft(&self, id: TokenId) -> Result<(AccountId, TokenDraft), Error> {
        let token = tokens::by_id(&mut &self.core.database, id).await?;
        let token = token.ok_or(Error::NotFound("token"))?;
        Ok((token.owner, draft_of(&token)))
    }

    /// Changes anybody's token from `before` on an operator's word. Says what got wider.
    pub async fn edit_any(
        &self,
        actor: &Actor,
        id: TokenId,
        before: &TokenDraft,
        draft: TokenDraft,
    ) -> Result<Vec<String>, Error> {
        let mut transaction = self.core.database.write().await?;
        let token = tokens::by_id(&mut transaction, id).await?.ok_or(Error::NotFound("token"))?;
        check_can_be_changed(&token)?;
        let present = draft_of(&token);
        if present != *before {
            return Err(Error::Raced);
        }
        let names = self.feed_names(token.owner).await?;
        let wider = widening(&facts_of(&present), &facts_of(&draft));
        let lines = wider.iter().map(|wider| wider.in_words(|id| names.get(&id).cloned()));
        let lines = lines.collect();
        self.save(&mut transaction, actor, &token, &present, draft).await?;
        transaction.commit().await?;
        Ok(lines)
    }

    /// Writes the parts that change, and the audit row with both their states. What is as it was is no
    /// change.
    async fn save(
        &self,
        transaction: &mut Transaction,
        actor: &Actor,
        token: &Token,
        present: &TokenDraft,
        draft: TokenDraft,
    ) -> Result<(), Error> {
        if draft == *present {
            return Ok(());
        }
        check_pre_authenticated(token.kind, &draft)?;
        let now = self.core.now();
        let life = match draft.expires_at {
            end if end == present.expires_at => token.life,
            end => end.map(|end| end.since(now)),
        };
        let change = Change {
            description: &draft.description,
            not_before: draft.not_before,
            expires_at: draft.expires_at,
            is_pre_authenticated: draft.is_pre_authenticated,
            life_ms: life.and_then(|life| i64::try_from(life.as_millis()).ok()),
            at: now,
        };
        tokens::update(transaction, token.id, change).await?;
        if draft.scope != present.scope {
            tokens::delete_rules(transaction, token.id).await?;
            insert_rules(transaction, token.id, &draft.scope, now).await?;
        }
        if draft.networks != present.networks {
            tokens::set_networks(transaction, token.id, &draft.networks).await?;
        }
        let (before, after) = differences(present, &draft);
        let details = json!({ "token": token.id.to_string(), "before": before, "after": after });
        let entry = Entry::new(Act::TokenEdit, &draft.description).about(token.owner).with(details);
        audit::append(transaction, actor, now, entry).await
    }
}

/// The parts that differ, as they were and as they are.
fn differences(before: &TokenDraft, after: &TokenDraft) -> (Value, Value) {
    let parts = |draft: &TokenDraft| {
        let networks: Vec<String> = draft.networks.iter().map(ToString::to_string).collect();
        [
            ("description", json!(draft.description)),
            ("scope", json!(draft.scope)),
            ("not_before", json!(draft.not_before)),
            ("expires_at", json!(draft.expires_at)),
            ("networks", json!(networks)),
            ("pre_authenticated", json!(draft.is_pre_authenticated)),
        ]
    };
    let (mut old, mut new) = (serde_json::Map::new(), serde_json::Map::new());
    for ((name, was), (_, is)) in parts(before).into_iter().zip(parts(after)) {
        if was != is {
            old.insert(name.to_owned(), was);
            new.insert(name.to_owned(), is);
        }
    }
    (Value::Object(old), Value::Object(new))
}

/// Refuses a token for URLs that is more than such a token may be. The form says so beside its field;
/// this holds for whoever asks.
fn check_pre_authenticated(kind: TokenKind, draft: &TokenDraft) -> Result<(), Error> {
    if draft.is_pre_authenticated && kind != TokenKind::Additional {
        return Err(Error::Invalid(
            "Only an additional token may stand in a URL. Create one for that.".to_owned(),
        ));
    }
    draft.check_pre_authenticated().map_err(|why| Error::Invalid(why.to_owned()))
}

/// Refuses what is over for good.
pub(super) fn check_can_be_changed(token: &Token) -> Result<(), Error> {
    if token.facts.state == TokenState::Revoked {
        return Err(Error::Invalid("A revoked token stays revoked. Create another.".to_owned()));
    }
    Ok(())
}

/// The token as it is, for somebody who had an older one in hand.
pub(super) fn changed_meanwhile(
    token: &Token,
    name: impl Fn(FeedId) -> Option<String>,
) -> ChangedMeanwhile {
    ChangedMeanwhile {
        at: token.changed_at,
        revision: token.revision.to_string(),
        description: token.description.clone(),
        sentence: sentence::sentence(&token.facts.scope, token.facts.expires_at, name),
        networks: token.facts.networks.iter().map(ToString::to_string).collect(),
    }
}

/// A rule in words: `Allows to read every feed`.
pub(super) fn rule_in_words(rule: &Rule, name: impl Fn(FeedId) -> Option<String>) -> String {
    let verb = match rule.effect {
        Effect::Allow => "Allows to",
        Effect::Deny => "Forbids to",
    };
    format!("{verb} {}", sentence::clause(rule, name))
}
