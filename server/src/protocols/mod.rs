//! What package clients speak: a folder for each ecosystem, and what they have in common.
//!
//! | module | what it holds |
//! |---|---|
//! | [`conditional`] | requests for what the client may have already |
//! | [`credentials`] | the one credential that decides a request |
//! | [`encoding`] | how an answer is compressed |
//! | [`maven`] | Maven, Gradle and sbt |
//! | [`npm`] | npm, pnpm and yarn |
//! | [`nuget`] | NuGet's clients |
//! | [`rendered`] | documents, kept ready to be sent |
//! | [`rfc3339`] | times as text |
//! | [`sentence`] | client input made safe to repeat in an error |
//! | [`xml`] | XML, read without trust |

mod conditional;
pub(crate) mod credentials;
pub(crate) mod encoding;
pub(crate) mod maven;
pub(crate) mod npm;
pub(crate) mod nuget;
mod rendered;
pub(crate) mod rfc3339;
pub(crate) mod sentence;
pub(crate) mod xml;
