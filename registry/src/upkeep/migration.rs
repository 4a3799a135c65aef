//! From SQLite to PostgreSQL: every row, in one transaction. The blobs stay where they are.

use model::audit::Act;

use super::{Upkeep, restore::empty_database};
use crate::{
    audit::{self, Actor, Entry},
    error::{Error, OpenError},
    opening::Address,
};

impl Upkeep {
    /// Copies every row into an empty database of PostgreSQL: the tables, and how many rows each has. The
    /// numbers and the chain of the audit log are compared before anything becomes visible there.
    pub async fn migrate_to(
        &self,
        address: &str,
        actor: &Actor,
    ) -> Result<Vec<(String, u64)>, OpenError> {
        if self.database.is_postgres() {
            return Err(OpenError::Refused(
                "this data is in PostgreSQL already: migrate goes from SQLite to PostgreSQL."
                    .to_owned(),
            ));
        }
        let address = Address::parse(address)?;
        if matches!(address, Address::Sqlite(_)) {
            return Err(OpenError::Refused("--to takes the address of a PostgreSQL.".to_owned()));
        }
        let here = audit::verify(&mut &self.database, None).await?;
        let destination = empty_database(address).await?;
        let mut transaction = destination.write().await?;
        let copied = transaction.copy_from(&self.database).await?;
        let there = audit::verify(&mut transaction, None).await?;
        if here != there {
            let words = format!("{here:?} here, {there:?} there");
            return Err(Error::internal("the audit log did not arrive as it was", words).into());
        }
        let entry = Entry::new(Act::DataMigrate, "");
        audit::append(&mut transaction, actor, self.clock.now(), entry).await?;
        transaction.changes_authority();
        transaction.commit().await?;
        destination.close().await;
        Ok(copied)
    }
}
