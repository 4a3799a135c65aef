//! The form that makes a token for a client which is being connected.

use app::{
    Answer,
    server_fns::{connect, tokens},
};
use axum::response::Response;
use http::{Method, StatusCode};
use model::connect::ConnectQuery;
use registry::Error;

use super::{posted::Posted, tokens::refused};
use crate::web::{
    LocalPath,
    routes::{Access, Routes},
};

/// Declares the form.
pub(super) fn routes(routes: &mut Routes) {
    routes.route(Method::POST, "/connect", Access::Confirmed, create);
}

/// Makes the token and leads to the page that is filled in with it. Where no copy of its value is
/// kept, the page about a new token shows it this once.
async fn create(posted: Posted) -> Response {
    let query = ConnectQuery::from_pairs(posted.fields().iter().cloned());
    let page = at(&query);
    let Some(caller) = posted.caller() else { return LocalPath::sign_in(&page).redirect() };
    let services = posted.services();
    let made = async {
        let setup = connect::setup(services, caller, &posted.origin, &query).await?;
        let (setup, feed, problem) = setup.ok_or(Error::NotFound("feed"))?;
        if let Some(problem) = problem {
            return Err(Error::Invalid(problem));
        }
        let mut form = setup.token_form(&feed.id.to_string());
        posted.text("form").clone_into(&mut form.form);
        tokens::create(services, caller, &posted.origin, &form).await
    };
    match made.await {
        Ok(created) if created.can_be_shown => {
            at(&ConnectQuery { token: Some(created.id), ..query }).redirect()
        }
        Ok(created) => {
            let answer = Answer { created: Some(created), ..Answer::default() };
            posted.show(&LocalPath::known("/profile/tokens/new"), answer, StatusCode::OK).await
        }
        Err(Error::Unconfirmed) => LocalPath::confirm(&page).redirect(),
        Err(error) => refused(posted, &page, None, error).await,
    }
}

fn at(query: &ConnectQuery) -> LocalPath {
    LocalPath::parse(&query.link()).unwrap_or_else(|| LocalPath::known("/connect"))
}
