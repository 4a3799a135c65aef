//! Randomness, digests, seals and password hashes.

pub(crate) mod digest;
pub(crate) mod entropy;
pub(crate) mod master_key;
pub(crate) mod passwords;

pub use master_key::BadKey;
