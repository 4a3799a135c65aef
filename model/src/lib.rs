//! The pure heart of Latchkey: what a token is, what it may do, and why a request is refused.
//!
//! Both sides share this crate: the server decides with it, the pages in the browser explain with
//! it. Nothing here does I/O, reads a clock or draws random numbers; whatever depends on those is
//! handed in. The behaviour is fixed by the product's design; the entry points are
//! [`decide::decide`] (the one place that allows or refuses), [`token::TokenText`] (the format of a
//! secret) and [`denial::Code`] (the reasons, with their statuses).

pub mod action;
pub mod audit;
pub mod characters;
pub mod client;
pub mod connect;
pub mod decide;
pub mod denial;
pub mod ecosystem;
pub mod expiry;
pub mod id;
pub mod links;
pub mod listing;
pub mod login;
pub mod maven_version;
pub mod names;
pub mod narrow;
pub mod network;
pub mod nuget_version;
pub mod password;
pub mod pattern;
pub mod policy;
pub mod role;
pub mod rotation;
pub mod scope;
pub mod sentence;
pub mod size;
pub mod tag;
pub mod timestamp;
pub mod token;
pub mod token_form;
pub mod views;
pub mod widening;
