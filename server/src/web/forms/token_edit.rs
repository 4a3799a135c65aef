//! The form that changes a token, for browsers without script.

use app::Answer;
use axum::{extract::Path, response::Response};
use http::{Method, StatusCode};
use model::{links, token_form::TokenForm, views::Edited};
use registry::Error;

use super::{
    posted::Posted,
    tokens::{confirm_and_return, refused, token},
};
use crate::web::{
    LocalPath,
    routes::{Access, Routes},
};

/// Declares the form.
pub(super) fn routes(routes: &mut Routes) {
    routes.route(Method::POST, "/profile/tokens/{id}/edit", Access::SignedIn, edit);
}

async fn edit(Path(id): Path<String>, posted: Posted) -> Response {
    let (id, token_page) = token(&id);
    let page = id.and_then(|id| LocalPath::parse(&links::token_edit(id)));
    let page = page.unwrap_or_else(|| token_page.clone());
    let Some(caller) = posted.caller() else { return LocalPath::sign_in(&page).redirect() };
    let form = TokenForm::from_pairs(posted.fields().iter().cloned()).without_empty_rows();
    let edited = match id {
        Some(id) => posted.services().tokens.edit(caller, id, &form, &posted.origin).await,
        None => Err(Error::NotFound("token")),
    };
    // The page finds out by itself what gets wider, and what is there now.
    let again = |agreed: String| Answer {
        token_form: Some(TokenForm { agreed, ..form.clone() }),
        ..Answer::default()
    };
    match edited {
        Ok(Edited::Saved) => {
            let saved = LocalPath::parse(&format!("{}?saved=yes", token_page.as_str()));
            saved.unwrap_or(token_page).redirect()
        }
        Ok(Edited::Widens(lines)) => {
            posted.show(&page, again(lines.join("\n")), StatusCode::OK).await
        }
        Ok(Edited::Changed(_)) => {
            posted.show(&page, again(String::new()), StatusCode::CONFLICT).await
        }
        Err(Error::Unconfirmed) => confirm_and_return(posted, page, form).await,
        Err(Error::Problems(problems)) => {
            let answer = Answer { problems, ..again(String::new()) };
            posted.show(&page, answer, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(error) => {
            let form = TokenForm { agreed: String::new(), ..form };
            refused(posted, &page, Some(form), error).await
        }
    }
}
