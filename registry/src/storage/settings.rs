//! Rows of settings that are changed while the server runs.

use model::policy::Setting;

use super::{Source, Transaction, sql};
use crate::error::Error;

/// What stands before a policy's key in its row's name.
const POLICY: &str = "policy.";

/// The settings of the policy that are kept. What another version kept is left alone.
pub(crate) async fn policy(source: &mut impl Source) -> Result<Vec<(Setting, String)>, Error> {
    let rows: Vec<(String, String)> =
        source.all(sql("SELECT name, value FROM settings ORDER BY name")).await?;
    let known = |(name, value): (String, String)| {
        Some((Setting::from_key(name.strip_prefix(POLICY)?)?, value))
    };
    Ok(rows.into_iter().filter_map(known).collect())
}

/// Keeps a setting of the policy.
pub(crate) async fn put(
    transaction: &mut Transaction,
    setting: Setting,
    text: &str,
) -> Result<(), Error> {
    let statement = sql("INSERT INTO settings (name, value) VALUES ($1, $2)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value");
    transaction.execute(statement.bind(name(setting)).bind(text)).await?;
    transaction.changes_authority();
    Ok(())
}

/// Forgets a setting of the policy.
pub(crate) async fn remove(transaction: &mut Transaction, setting: Setting) -> Result<(), Error> {
    transaction.execute(sql("DELETE FROM settings WHERE name = $1").bind(name(setting))).await?;
    transaction.changes_authority();
    Ok(())
}

fn name(setting: Setting) -> String {
    format!("{POLICY}{}", setting.key())
}
