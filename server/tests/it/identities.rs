//! Identities at providers, as the router meets them. The provider runs in this process and does what a
//! test tells it to; each test of something bad has a good case beside it.

mod accounts;
mod bad_answers;
mod bad_tokens;
mod github;
mod logout;
mod provider;
