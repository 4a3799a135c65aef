//! What package clients speak: a folder for each ecosystem, and what they have in common.
//!
//! | module | what it holds |
//! |---|---|
//! | [`bower`] | Bower |
//! | [`conditional`] | requests for what the client may have already |
//! | [`credentials`] | the one credential that decides a request |
//! | [`encoding`] | how an answer is compressed |
//! | [`maven`] | Maven, Gradle and sbt |
//! | [`npm`] | npm, pnpm and yarn |
//! | [`nuget`] | NuGet's clients |
//! | [`pre_authenticated`] | addresses that carry their credential |
//! | [`rendered`] | documents, kept ready to be sent |
//! | [`rfc3339`] | times as text |
//! | [`said`] | refusals in one sentence |
//! | [`sentence`] | client input made safe to repeat in an error |
//! | [`xml`] | XML, read without trust |

pub(crate) mod bower;
mod conditional;
pub(crate) mod credentials;
pub(crate) mod encoding;
pub(crate) mod maven;
pub(crate) mod npm;
pub(crate) mod nuget;
pub(crate) mod pre_authenticated;
mod rendered;
pub(crate) mod rfc3339;
mod said;
pub(crate) mod sentence;
pub(crate) mod xml;
