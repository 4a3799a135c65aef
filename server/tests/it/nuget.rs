//! NuGet's clients, as the router meets them.

mod bad_input;
mod credentials;
mod legacy;
mod pushing;
mod reading;
pub(crate) mod world;
