//! Numbers for an operator's graphs: what is counted of requests, and the listener of its own on which
//! all numbers are read.

pub(crate) mod listener;
pub(crate) mod requests;
