//! What services tell the pages. Moments are given, not words, except where only the server has
//! what the words are made of; `now` is the server's, so that both sides say the same.

mod audit;
mod connect;
mod denials;
mod feeds;
mod identities;
mod logins;
mod own_account;
mod packages;
mod people;
mod policy;
mod token_form;
mod token_list;
mod token_use;
mod tokens;

use serde::{Deserialize, Serialize};

pub use audit::*;
pub use connect::*;
pub use denials::*;
pub use feeds::*;
pub use identities::*;
pub use logins::*;
pub use own_account::*;
pub use packages::*;
pub use people::*;
pub use policy::*;
pub use token_form::*;
pub use token_list::*;
pub use token_use::*;
pub use tokens::*;

/// The person a page is made for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewer {
    /// The account's name.
    pub username: String,
    /// What the person wants to be called.
    pub display_name: String,
    /// Whether it administers the server.
    pub is_admin: bool,
    /// Whether the account has a password; without one a linked identity opens it.
    pub has_password: bool,
    /// Whether secrets can be shown now without asking for the password first.
    pub confirmed: bool,
}
