//! The formats npm's clients speak: pure functions over bytes and text, no requests, files or clocks.
//!
//! | module | what it holds |
//! |---|---|
//! | [`accept`] | which of the two packument forms an `Accept` header asks for |
//! | [`account`] | what is sent about signing in, tokens and the account |
//! | [`hashes`] | the hashes a client declares, against those measured |
//! | [`manifest`] | what is kept of a published manifest |
//! | [`name`] | package names |
//! | [`outline`] | the document by which clients change what is there |
//! | [`packument`] | the document that describes a package to its clients |
//! | [`path`] | what a path below the feed's address means |
//! | [`publish`] | the document of a publish |
//! | [`splitter`] | a publish body taken apart while it arrives: document here, archive there |
//! | [`version`] | versions and dist-tags |

pub(crate) mod accept;
pub(crate) mod account;
pub(crate) mod hashes;
pub(crate) mod manifest;
pub(crate) mod name;
pub(crate) mod outline;
pub(crate) mod packument;
pub(crate) mod path;
pub(crate) mod publish;
pub(crate) mod splitter;
pub(crate) mod version;

pub(crate) use crate::protocols::{encoding, rfc3339, sentence};
