//! The acts of hydrated pages: one thin function each, which gets the caller, calls the service and
//! maps the error. Their addresses are listed, with who may call them, in the server's table.

pub mod accounts;
pub mod audit;
pub mod connect;
pub mod denials;
pub mod feeds;
pub mod identities;
pub mod logins;
pub mod packages;
pub mod people;
pub mod policy;
pub mod sessions;
pub mod token_form;
pub mod token_life;
pub mod tokens;
