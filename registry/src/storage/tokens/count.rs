//! How many tokens there are.

use model::timestamp::Timestamp;

use crate::{
    error::Error,
    storage::{Source, sql},
};

/// How many tokens are in each state; those that work no more because of their date are `expired`.
pub(crate) async fn count_by_state(
    source: &mut impl Source,
    now: Timestamp,
) -> Result<Vec<(String, i64)>, Error> {
    let statement = sql("SELECT state, COUNT(*) FROM (SELECT CASE WHEN state = 'active'
         AND expires_at <= $1 THEN 'expired' ELSE state END AS state FROM tokens) AS t
         GROUP BY state");
    source.all(statement.bind(now)).await
}
