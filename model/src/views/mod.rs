//! What services tell the pages. Moments are given, not words, except where only the server has
//! what the words are made of; `now` is the server's, so that both sides say the same.

mod connect;
mod denials;
mod feeds;
mod logins;
mod packages;
mod people;
mod policy;
mod token_form;
mod token_list;
mod token_use;
mod tokens;

use serde::{Deserialize, Serialize};

pub use connect::*;
pub use denials::*;
pub use feeds::*;
pub use logins::*;
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
    /// Whether it administers the server.
    pub is_admin: bool,
    /// Whether secrets can be shown now without asking for the password first.
    pub confirmed: bool,
}
