//! One page a file, named after what it shows.

pub(crate) mod choose_password;
pub(crate) mod confirm;
pub(crate) mod create_feed;
pub(crate) mod create_token;
pub(crate) mod denial;
pub(crate) mod failed;
pub(crate) mod feed;
pub(crate) mod feeds;
pub(crate) mod home;
pub(crate) mod not_found;
pub(crate) mod security;
pub(crate) mod set_up;
pub(crate) mod sign_in;
pub(crate) mod sign_up;
pub(crate) mod token;
pub(crate) mod tokens;
