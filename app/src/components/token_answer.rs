//! What a page about tokens has to show when it answers a form that was posted.

use model::{
    token::RevealedSecret,
    token_form::{Problem, TokenForm},
    views::Regenerated,
};

use crate::server_fns::tokens::Created;

/// The answer; empty for a page that was simply opened, which in a browser with script every page is.
#[derive(Default)]
pub(crate) struct TokenAnswer {
    /// What was wrong, in a sentence.
    pub(crate) failure: Option<String>,
    /// What was wrong with the fields of the form.
    pub(crate) problems: Vec<Problem>,
    /// The form as typed.
    pub(crate) form: Option<TokenForm>,
    /// A token that was just made.
    pub(crate) created: Option<Created>,
    /// A value that was asked for.
    pub(crate) secret: Option<RevealedSecret>,
    /// A token that was just given a new value.
    pub(crate) regenerated: Option<Regenerated>,
}

impl TokenAnswer {
    /// The answer that this page is made for.
    #[cfg(feature = "ssr")]
    pub(crate) fn get() -> Self {
        let crate::Answer { failure, problems, token_form, created, secret, regenerated, .. } =
            crate::Answer::get();
        Self { failure, problems, form: token_form, created, secret, regenerated }
    }

    /// The answer that this page is made for.
    #[cfg(not(feature = "ssr"))]
    pub(crate) fn get() -> Self {
        Self::default()
    }
}
