//! npm's clients, as the router meets them.

mod bad_input;
mod credentials;
mod publishing;
mod reading;
mod rules;
mod world;
