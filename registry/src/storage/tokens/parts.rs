//! The parts of a token that have rows of their own: its rules and its networks.

use std::{collections::HashMap, time::Duration};

use model::{
    action::ActionSet,
    decide::{TokenFacts, TokenState},
    id::{AccountId, FeedId, TokenId},
    scope::{Effect, FeedSet, Rule, Scope},
    timestamp::Timestamp,
    token::TokenKind,
};
use uuid::Uuid;

use super::{Token, TokenRow, list::bind_page};
use crate::{
    error::Error,
    storage::{Source, Statement, Transaction, sql},
};

#[derive(sqlx::FromRow)]
struct RuleRow {
    id: Uuid,
    token_id: Uuid,
    effect: String,
    actions: i64,
    is_all_feeds: bool,
}

/// Adds the next rule of a token.
pub(crate) async fn insert_rule(
    transaction: &mut Transaction,
    id: Uuid,
    token: TokenId,
    position: i64,
    rule: &Rule,
) -> Result<(), Error> {
    let statement =
        sql("INSERT INTO token_rules (id, token_id, position, effect, actions, is_all_feeds)
         VALUES ($1, $2, $3, $4, $5, $6)");
    let effect = match rule.effect {
        Effect::Allow => "allow",
        Effect::Deny => "deny",
    };
    let statement = statement
        .bind(id)
        .bind(token)
        .bind(position)
        .bind(effect)
        .bind(i64::from(rule.actions.bits()))
        .bind(rule.feeds == FeedSet::All);
    transaction.execute(statement).await?;
    if let FeedSet::Only(feeds) = &rule.feeds {
        for feed in feeds {
            let statement = sql("INSERT INTO token_rule_feeds (rule_id, feed_id) VALUES ($1, $2)");
            transaction.execute(statement.bind(id).bind(*feed)).await?;
        }
    }
    for (position, pattern) in (0_i64..).zip(&rule.patterns) {
        let statement =
            sql("INSERT INTO token_rule_patterns (rule_id, position, pattern) VALUES ($1, $2, $3)");
        transaction.execute(statement.bind(id).bind(position).bind(pattern.to_string())).await?;
    }
    transaction.changes_authority();
    Ok(())
}

/// The rules and networks of some tokens, on their way into them.
pub(super) struct Parts {
    rules: HashMap<Uuid, Vec<Rule>>,
    networks: HashMap<Uuid, Vec<String>>,
    /// The names of the feeds that the rules are about, without those that are gone.
    pub(super) feed_names: HashMap<FeedId, String>,
}

macro_rules! select_parts {
    ($($filter:tt)+) => {
        [
            concat!(
                "SELECT r.id, r.token_id, r.effect, r.actions, r.is_all_feeds FROM token_rules AS r
                 JOIN tokens AS t ON t.id = r.token_id WHERE ",
                $($filter)+,
                " ORDER BY r.token_id, r.position"
            ),
            concat!(
                "SELECT rf.rule_id, rf.feed_id, f.name FROM token_rule_feeds AS rf
                 LEFT JOIN feeds AS f ON f.id = rf.feed_id
                 JOIN token_rules AS r ON r.id = rf.rule_id
                 JOIN tokens AS t ON t.id = r.token_id WHERE ",
                $($filter)+,
                " ORDER BY rf.feed_id"
            ),
            concat!(
                "SELECT rp.rule_id, rp.pattern FROM token_rule_patterns AS rp
                 JOIN token_rules AS r ON r.id = rp.rule_id
                 JOIN tokens AS t ON t.id = r.token_id WHERE ",
                $($filter)+,
                " ORDER BY rp.rule_id, rp.position"
            ),
            concat!(
                "SELECT n.token_id, n.network FROM token_networks AS n
                 JOIN tokens AS t ON t.id = n.token_id WHERE ",
                $($filter)+,
                " ORDER BY n.network"
            ),
        ]
    };
}

impl Parts {
    pub(super) async fn of_token(source: &mut impl Source, id: TokenId) -> Result<Self, Error> {
        let [rules, feeds, patterns, networks] = select_parts!("t.id = $1");
        let bind = |text| sql(text).bind(id);
        let networks = Some(bind(networks));
        Self::read(source, [bind(rules), bind(feeds), bind(patterns)], networks).await
    }

    pub(super) async fn of_owner(
        source: &mut impl Source,
        owner: AccountId,
    ) -> Result<Self, Error> {
        let [rules, feeds, patterns, networks] = select_parts!("t.owner_id = $1");
        let bind = |text| sql(text).bind(owner);
        let networks = Some(bind(networks));
        Self::read(source, [bind(rules), bind(feeds), bind(patterns)], networks).await
    }

    /// Of the tokens on a page of the list, which says nothing of networks.
    pub(super) async fn of_page(source: &mut impl Source, ids: &[Uuid]) -> Result<Self, Error> {
        let [rules, feeds, patterns, _] = select_parts!(concat!("t.id IN ", page_of_ids!()));
        let bind = |text| bind_page(sql(text), ids);
        Self::read(source, [bind(rules), bind(feeds), bind(patterns)], None).await
    }

    async fn read(
        source: &mut impl Source,
        [rules, feeds, patterns]: [Statement; 3],
        networks: Option<Statement>,
    ) -> Result<Self, Error> {
        let rules: Vec<RuleRow> = source.all(rules).await?;
        let feeds: Vec<(Uuid, Uuid, Option<String>)> = source.all(feeds).await?;
        let names = feeds.iter().filter_map(|(_, id, name)| Some(((*id).into(), name.clone()?)));
        let feed_names = names.collect();
        let mut feeds = grouped(feeds.into_iter().map(|(rule, feed, _)| (rule, feed)));
        let mut patterns = grouped(source.all::<(Uuid, String)>(patterns).await?);
        let networks = match networks {
            Some(networks) => grouped(source.all::<(Uuid, String)>(networks).await?),
            None => HashMap::new(),
        };
        let mut by_token: HashMap<Uuid, Vec<Rule>> = HashMap::new();
        for row in rules {
            let feeds = feeds.remove(&row.id).unwrap_or_default();
            let patterns = patterns.remove(&row.id).unwrap_or_default();
            let token = row.token_id;
            by_token.entry(token).or_default().push(rule(&row, feeds, &patterns)?);
        }
        Ok(Self { rules: by_token, networks, feed_names })
    }

    pub(super) fn complete(mut self, row: TokenRow) -> Result<Token, Error> {
        self.take(row)
    }

    pub(super) fn take(&mut self, row: TokenRow) -> Result<Token, Error> {
        let rules = self.rules.remove(&row.id).unwrap_or_default();
        let networks = self.networks.remove(&row.id).unwrap_or_default();
        let networks = networks.iter().map(|network| network.parse()).collect::<Result<_, _>>();
        Ok(Token {
            id: row.id.into(),
            owner: row.owner_id.into(),
            kind: TokenKind::from_name(&row.kind)
                .ok_or_else(|| Error::inconsistent("tokens", "kind"))?,
            description: row.description,
            stopped_by: row.stopped_by,
            revision: row.revision,
            changed_at: Timestamp::from_millis(row.changed_at),
            life: row.life_ms.and_then(|ms| u64::try_from(ms).ok()).map(Duration::from_millis),
            created_at: Timestamp::from_millis(row.created_at),
            created_by: row.created_by,
            created_from: row.created_from,
            last_used_at: row.last_used_at.map(Timestamp::from_millis),
            last_used_from: row.last_used_from,
            last_used_client: row.last_used_client,
            last_used_feed: row.last_used_feed_id.map(Into::into),
            facts: TokenFacts {
                state: TokenState::from_name(&row.state)
                    .ok_or_else(|| Error::inconsistent("tokens", "state"))?,
                state_since: Some(Timestamp::from_millis(row.state_changed_at)),
                not_before: row.not_before.map(Timestamp::from_millis),
                expires_at: row.expires_at.map(Timestamp::from_millis),
                networks: networks.map_err(|_| Error::inconsistent("token_networks", "network"))?,
                scope: Scope { rules },
                is_pre_authenticated: row.is_pre_authenticated,
            },
        })
    }
}

fn rule(row: &RuleRow, feeds: Vec<Uuid>, patterns: &[String]) -> Result<Rule, Error> {
    let actions = u8::try_from(row.actions).ok().and_then(ActionSet::from_bits);
    let patterns = patterns.iter().map(|pattern| pattern.parse()).collect::<Result<_, _>>();
    Ok(Rule {
        effect: match row.effect.as_str() {
            "allow" => Effect::Allow,
            "deny" => Effect::Deny,
            _ => return Err(Error::inconsistent("token_rules", "effect")),
        },
        actions: actions.ok_or_else(|| Error::inconsistent("token_rules", "actions"))?,
        feeds: if row.is_all_feeds {
            FeedSet::All
        } else {
            FeedSet::Only(feeds.into_iter().map(Into::into).collect())
        },
        patterns: patterns.map_err(|_| Error::inconsistent("token_rule_patterns", "pattern"))?,
    })
}

fn grouped<T>(pairs: impl IntoIterator<Item = (Uuid, T)>) -> HashMap<Uuid, Vec<T>> {
    let mut groups: HashMap<Uuid, Vec<T>> = HashMap::new();
    for (key, value) in pairs {
        groups.entry(key).or_default().push(value);
    }
    groups
}
