//! What every service stands on.

use std::sync::Arc;

use model::{policy::Policy, timestamp::Timestamp, views::Provider};

use crate::{
    clock::Clock,
    crypto::{master_key::MasterKey, passwords::Passwords},
    rate::Rates,
    storage::Database,
};

/// The parts that services share. A service keeps an `Arc` of it.
pub(crate) struct Core {
    pub(crate) database: Database,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) keys: MasterKey,
    pub(crate) passwords: Passwords,
    pub(crate) rates: Rates,
    pub(crate) policy: Policy,
    /// The providers whose identities can be linked.
    pub(crate) providers: Vec<Provider>,
    /// Where the server is reached, without a slash at its end.
    pub(crate) public_url: String,
}

impl Core {
    /// The provider of this name, if it is (still) set up.
    pub(crate) fn provider(&self, name: &str) -> Option<&Provider> {
        self.providers.iter().find(|provider| provider.name == name)
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }
}
