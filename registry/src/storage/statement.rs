//! A statement with its values, before it is known which database runs it.

use model::timestamp::Timestamp;
use sqlx::{Arguments, postgres::PgArguments, sqlite::SqliteArguments};
use uuid::Uuid;

use crate::error::Error;

/// A value of one of the types both databases know. Each may be absent (NULL), typed, because
/// PostgreSQL asks of what type a NULL is.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Id(Option<Uuid>),
    Int(Option<i64>),
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
    Flag(Option<bool>),
}

macro_rules! values {
    ($($from:ty => $variant:ident($convert:expr)),+ $(,)?) => {$(
        impl From<$from> for Value {
            fn from(value: $from) -> Self {
                Self::$variant($convert(value))
            }
        }
    )+};
}

values! {
    i64 => Int(Some),
    Option<i64> => Int(std::convert::identity),
    Timestamp => Int(|value: Timestamp| Some(value.as_millis())),
    Option<Timestamp> => Int(|value: Option<Timestamp>| value.map(Timestamp::as_millis)),
    &str => Text(|value: &str| Some(value.to_owned())),
    &String => Text(|value: &String| Some(value.clone())),
    String => Text(Some),
    Option<String> => Text(std::convert::identity),
    Option<&str> => Text(|value: Option<&str>| value.map(str::to_owned)),
    Vec<u8> => Bytes(Some),
    Option<Vec<u8>> => Bytes(std::convert::identity),
    &[u8; 32] => Bytes(|value: &[u8; 32]| Some(value.to_vec())),
    Uuid => Id(Some),
    Option<Uuid> => Id(std::convert::identity),
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Flag(Some(value))
    }
}

macro_rules! ids {
    ($($name:ident),+) => {$(
        impl From<model::id::$name> for Value {
            fn from(id: model::id::$name) -> Self {
                Self::Id(Some(id.into()))
            }
        }
        impl From<Option<model::id::$name>> for Value {
            fn from(id: Option<model::id::$name>) -> Self {
                Self::Id(id.map(Into::into))
            }
        }
    )+};
}

ids!(AccountId, SessionId, FeedId, TokenId, SecretId, PackageId, VersionId, IdentityId, FormId);

/// SQL text, in the common tongue of both databases, and its values in the order of `$1`, `$2`, ….
pub(crate) struct Statement {
    pub(super) text: &'static str,
    values: Vec<Value>,
}

/// Begins a statement.
pub(crate) fn sql(text: &'static str) -> Statement {
    Statement { text, values: Vec::new() }
}

impl Statement {
    /// Adds the next value.
    pub(crate) fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }

    /// The same, to be told how the database would run it.
    #[cfg(test)]
    pub(super) fn explained(self, explain: &str) -> Self {
        Self { text: format!("{explain} {}", self.text).leak(), ..self }
    }

    pub(super) fn into_sqlite(self) -> Result<SqliteArguments, Error> {
        arguments(self.values)
    }

    pub(super) fn into_postgres(self) -> Result<PgArguments, Error> {
        arguments(self.values)
    }
}

/// The values as the driver takes them.
pub(super) fn arguments<A>(values: Vec<Value>) -> Result<A, Error>
where
    A: Arguments,
    for<'t> Option<Uuid>: sqlx::Encode<'t, A::Database> + sqlx::Type<A::Database>,
    for<'t> Option<i64>: sqlx::Encode<'t, A::Database> + sqlx::Type<A::Database>,
    for<'t> Option<String>: sqlx::Encode<'t, A::Database> + sqlx::Type<A::Database>,
    for<'t> Option<Vec<u8>>: sqlx::Encode<'t, A::Database> + sqlx::Type<A::Database>,
    for<'t> Option<bool>: sqlx::Encode<'t, A::Database> + sqlx::Type<A::Database>,
{
    let mut arguments = A::default();
    for value in values {
        match value {
            Value::Id(id) => arguments.add(id),
            Value::Int(int) => arguments.add(int),
            Value::Text(text) => arguments.add(text),
            Value::Bytes(bytes) => arguments.add(bytes),
            Value::Flag(flag) => arguments.add(flag),
        }
        .map_err(|error| Error::internal("a value could not be encoded", error))?;
    }
    Ok(arguments)
}
