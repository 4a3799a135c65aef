//! One page a file, named after what it shows.

pub(crate) mod approve_login;
pub(crate) mod choose_password;
pub(crate) mod confirm;
pub(crate) mod connect;
pub(crate) mod create_feed;
pub(crate) mod create_token;
pub(crate) mod delete_package;
pub(crate) mod denial;
pub(crate) mod edit_token;
pub(crate) mod failed;
pub(crate) mod feed;
pub(crate) mod feed_settings;
pub(crate) mod feeds;
pub(crate) mod finish_sign_in;
pub(crate) mod home;
pub(crate) mod members;
pub(crate) mod not_found;
pub(crate) mod package;
pub(crate) mod regenerate_token;
pub(crate) mod security;
pub(crate) mod set_up;
pub(crate) mod sign_in;
pub(crate) mod sign_up;
pub(crate) mod token;
mod token_form;
pub(crate) mod tokens;
