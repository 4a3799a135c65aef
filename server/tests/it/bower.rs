//! Bower, as the router meets it.

mod looking_up;
mod registering;
mod world;
