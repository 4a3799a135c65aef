//! NuGet's clients, as the router meets them.

mod bad_input;
mod credentials;
mod legacy;
mod pushing;
mod reading;
mod shapes;
pub(crate) mod world;
