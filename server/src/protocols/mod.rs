//! What package clients speak: a folder for each ecosystem, and what they have in common.
//!
//! | module | what it holds |
//! |---|---|
//! | [`conditional`] | requests for what the client may have already |
//! | [`credentials`] | the one credential that decides a request |
//! | [`npm`] | npm, pnpm and yarn |

mod conditional;
pub(crate) mod credentials;
pub(crate) mod npm;
