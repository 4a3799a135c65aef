//! Rows of sign-ins that a terminal began, and the mark of the tokens that signing in made.

use model::{
    id::{AccountId, TokenId},
    timestamp::Timestamp,
};
use uuid::Uuid;

use super::{Source, Transaction, sql};
use crate::error::Error;

/// How far a sign-in has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LoginState {
    /// It waits for somebody to decide.
    Open,
    /// Somebody approved it; the terminal has not fetched its token yet.
    Approved,
    /// Somebody denied it.
    Denied,
    /// The terminal has its token, or could not get it any more.
    Over,
}

impl LoginState {
    const ALL: [Self; 4] = [Self::Open, Self::Approved, Self::Denied, Self::Over];

    const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Approved => "approved",
            Self::Denied => "denied",
            Self::Over => "over",
        }
    }
}

/// A sign-in as stored.
#[derive(Debug, Clone)]
pub(crate) struct WebLogin {
    pub(crate) id: Uuid,
    /// The feed as the terminal named it.
    pub(crate) feed: String,
    pub(crate) address: String,
    pub(crate) client: String,
    pub(crate) created_at: Timestamp,
    pub(crate) ends_at: Timestamp,
    pub(crate) state: LoginState,
    /// Who decided.
    pub(crate) account: Option<AccountId>,
    /// What was approved, as JSON.
    pub(crate) choice: String,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    feed: String,
    address: String,
    client: String,
    created_at: i64,
    ends_at: i64,
    state: String,
    account_id: Option<Uuid>,
    choice: String,
}

impl TryFrom<Row> for WebLogin {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let state = LoginState::ALL.into_iter().find(|state| state.name() == row.state);
        Ok(Self {
            id: row.id,
            feed: row.feed,
            address: row.address,
            client: row.client,
            created_at: Timestamp::from_millis(row.created_at),
            ends_at: Timestamp::from_millis(row.ends_at),
            state: state.ok_or_else(|| Error::inconsistent("web_logins", "state"))?,
            account: row.account_id.map(Into::into),
            choice: row.choice,
        })
    }
}

/// What a sign-in begins with.
pub(crate) struct NewWebLogin<'a> {
    pub(crate) id: Uuid,
    pub(crate) feed: &'a str,
    /// The digest of the secret in the address that is opened in the browser.
    pub(crate) login_hash: &'a [u8; 32],
    /// The digest of the secret in the address that the terminal asks.
    pub(crate) done_hash: &'a [u8; 32],
    pub(crate) address: String,
    pub(crate) network: &'a str,
    pub(crate) client: String,
    pub(crate) now: Timestamp,
    pub(crate) ends_at: Timestamp,
}

pub(crate) async fn insert(
    transaction: &mut Transaction,
    login: NewWebLogin<'_>,
) -> Result<(), Error> {
    let statement =
        sql("INSERT INTO web_logins (id, feed, login_hash, done_hash, address, network,
         client, created_at, ends_at, state, account_id, choice)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'open', NULL, '')");
    let NewWebLogin { id, feed, login_hash, done_hash, address, network, client, now, ends_at } =
        login;
    transaction
        .execute(
            statement
                .bind(id)
                .bind(feed)
                .bind(login_hash)
                .bind(done_hash)
                .bind(address)
                .bind(network)
                .bind(client)
                .bind(now)
                .bind(ends_at),
        )
        .await?;
    Ok(())
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, feed, address, client, created_at, ends_at, state, account_id, choice
             FROM web_logins ",
            $rest
        )
    };
}

/// The sign-in that the browser was led to with this secret.
pub(crate) async fn by_login(
    source: &mut impl Source,
    hash: &[u8; 32],
) -> Result<Option<WebLogin>, Error> {
    let row: Option<Row> =
        source.optional(sql(select!("WHERE login_hash = $1")).bind(hash)).await?;
    row.map(WebLogin::try_from).transpose()
}

/// The sign-in that the terminal asks for with this secret.
pub(crate) async fn by_done(
    source: &mut impl Source,
    hash: &[u8; 32],
) -> Result<Option<WebLogin>, Error> {
    let row: Option<Row> = source.optional(sql(select!("WHERE done_hash = $1")).bind(hash)).await?;
    row.map(WebLogin::try_from).transpose()
}

/// Notes who decided on a sign-in, and what.
pub(crate) async fn decide(
    transaction: &mut Transaction,
    id: Uuid,
    state: LoginState,
    account: AccountId,
    choice: &str,
) -> Result<(), Error> {
    let statement =
        sql("UPDATE web_logins SET state = $1, account_id = $2, choice = $3 WHERE id = $4");
    transaction.execute(statement.bind(state.name()).bind(account).bind(choice).bind(id)).await?;
    Ok(())
}

pub(crate) async fn set_state(
    transaction: &mut Transaction,
    id: Uuid,
    state: LoginState,
) -> Result<(), Error> {
    let statement = sql("UPDATE web_logins SET state = $1 WHERE id = $2");
    transaction.execute(statement.bind(state.name()).bind(id)).await?;
    Ok(())
}

/// How many sign-ins wait at `now`, and when the first of them ends: those from one network, or all.
pub(crate) async fn waiting(
    source: &mut impl Source,
    network: Option<&str>,
    now: Timestamp,
) -> Result<(i64, Option<Timestamp>), Error> {
    let statement = match network {
        Some(network) => sql("SELECT COUNT(*), MIN(ends_at) FROM web_logins
             WHERE state = 'open' AND network = $1 AND ends_at > $2")
        .bind(network),
        None => sql("SELECT COUNT(*), MIN(ends_at) FROM web_logins
             WHERE state = 'open' AND ends_at > $1"),
    };
    let row: Option<(i64, Option<i64>)> = source.optional(statement.bind(now)).await?;
    let (count, first) = row.unwrap_or_default();
    Ok((count, first.map(Timestamp::from_millis)))
}

/// Removes sign-ins that ended before this moment.
pub(crate) async fn sweep(transaction: &mut Transaction, before: Timestamp) -> Result<u64, Error> {
    transaction.execute(sql("DELETE FROM web_logins WHERE ends_at < $1").bind(before)).await
}

/// Marks a token as made by signing in, so that signing out ends it.
pub(crate) async fn mark(transaction: &mut Transaction, token: TokenId) -> Result<(), Error> {
    let statement = sql("UPDATE tokens SET is_login = $1 WHERE id = $2");
    transaction.execute(statement.bind(true).bind(token)).await?;
    Ok(())
}

/// Whether a token was made by signing in.
pub(crate) async fn is_marked(source: &mut impl Source, token: TokenId) -> Result<bool, Error> {
    let statement = sql("SELECT COUNT(*) FROM tokens WHERE id = $1 AND is_login = $2");
    Ok(source.count(statement.bind(token).bind(true)).await? > 0)
}
