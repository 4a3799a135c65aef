//! NuGet's clients, as the router meets them.

mod bad_input;
mod credentials;
mod hostile_packages;
mod legacy;
mod pushing;
mod reading;
mod shapes;
pub(crate) mod world;
