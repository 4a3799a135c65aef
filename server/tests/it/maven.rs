//! Maven's clients, as the router meets them.

mod bad_input;
mod credentials;
mod deploying;
pub(crate) mod world;
