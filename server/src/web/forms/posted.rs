//! A form that was posted, with who posted it, and the ways to answer it.

use app::{Answer, Failure, context};
use axum::{
    extract::{FromRequest, Request},
    response::{IntoResponse as _, Response},
};
use http::{StatusCode, header, request::Parts};
use registry::{
    Caller, Error, Origin, Services,
    sessions::{PasswordText, SessionSecret},
};

use crate::web::{Area, InternalError, LocalPath, kept::Kept, leptos, refusal, state::ServerState};

/// The most bytes of a form; the largest have a hundred patterns.
const LARGEST: usize = 256 * 1024;

/// A form that was posted.
pub(super) struct Posted {
    pub(super) state: ServerState,
    pub(super) origin: Origin,
    parts: Parts,
    fields: Vec<(String, String)>,
}

/// Why a form is shown again.
pub(super) enum Refused {
    /// Single fields are wrong: their names, and what is wrong with each.
    Fields(Vec<(&'static str, String)>),
    /// A service said no.
    Form(Error),
    /// A service said no to what stands in this field.
    Field(&'static str, Error),
}

impl FromRequest<ServerState> for Posted {
    type Rejection = Response;

    async fn from_request(request: Request, state: &ServerState) -> Result<Self, Response> {
        let (parts, body) = request.into_parts();
        let kind = parts.headers.get(header::CONTENT_TYPE).map_or(&b""[..], |kind| kind.as_bytes());
        if !kind.starts_with(b"application/x-www-form-urlencoded") {
            return Err(unreadable(StatusCode::UNSUPPORTED_MEDIA_TYPE));
        }
        let body = axum::body::to_bytes(body, LARGEST).await;
        let body = body.map_err(|_| unreadable(StatusCode::PAYLOAD_TOO_LARGE))?;
        let fields = url::form_urlencoded::parse(&body).into_owned().collect();
        let Some(origin) = parts.extensions.get::<Origin>().cloned() else {
            return Err(InternalError::from("a request without an origin").into_response());
        };
        Ok(Self { state: state.clone(), origin, parts, fields })
    }
}

fn unreadable(status: StatusCode) -> Response {
    let sentence = "This form could not be read. Go back, reload the page and try again.";
    refusal(Area::Pages, status, sentence)
}

impl Posted {
    pub(super) fn services(&self) -> &Services {
        &self.state.services
    }

    /// Every field, as sent.
    pub(super) fn fields(&self) -> &[(String, String)] {
        &self.fields
    }

    /// What a field holds; nothing if it was not sent.
    pub(super) fn text(&self, field: &str) -> &str {
        let found = self.fields.iter().find(|(name, _)| name == field);
        found.map_or("", |(_, value)| value.as_str())
    }

    /// The password in a field.
    pub(super) fn password(&self, field: &str) -> PasswordText {
        PasswordText::new(self.text(field))
    }

    /// Where the form leads when it worked: `next`, if that is a page of this site, or the first
    /// page.
    pub(super) fn next(&self) -> LocalPath {
        LocalPath::parse(self.text("next")).unwrap_or_else(|| LocalPath::known("/"))
    }

    /// What the browser keeps of somebody who came back from a provider.
    pub(super) fn arrival(&self) -> &str {
        let is_secure = self.state.public_url.is_https();
        Kept::Decision.read(&self.parts.headers, is_secure).unwrap_or_default()
    }

    /// The person who posted it.
    pub(super) fn caller(&self) -> Option<&Caller> {
        self.parts.extensions.get()
    }

    /// Leads on, signed in with a new session.
    pub(super) fn lead_with(&self, session: &SessionSecret, next: &LocalPath) -> Response {
        let Some(cookie) = self.state.session_cookie().set(session.expose()) else {
            return InternalError::from("a session no cookie can hold").into_response();
        };
        let mut response = next.redirect();
        response.headers_mut().append(header::SET_COOKIE, cookie);
        response
    }

    /// Shows the page with the form again: what is wrong with it, and what was typed into the
    /// fields that `keep` names. Never name a password.
    pub(super) async fn again(
        self,
        page: &LocalPath,
        keep: &[&'static str],
        refused: Refused,
    ) -> Response {
        let typed = keep.iter().map(|name| (*name, self.text(name).to_owned())).collect();
        let mut answer = Answer { typed, ..Answer::default() };
        let (error, field) = match refused {
            Refused::Fields(wrong) => {
                answer.wrong = wrong;
                return self.show(page, answer, StatusCode::UNPROCESSABLE_ENTITY).await;
            }
            Refused::Form(error) => (error, None),
            Refused::Field(field, error) => (error, Some(field)),
        };
        let (status, failure) = match context::refusal(error) {
            Ok(known) => known,
            Err(error) => return InternalError::from(error).into_response(),
        };
        match field {
            Some(field) => answer.wrong = vec![(field, failure.to_string())],
            None => answer.failure = Some(failure.to_string()),
        }
        let mut response = self.show(page, answer, status).await;
        if let Failure::Throttled(seconds) = failure {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }

    /// Shows a page as the answer to this form.
    pub(super) async fn show(
        self,
        page: &LocalPath,
        answer: Answer,
        status: StatusCode,
    ) -> Response {
        let mut response = leptos::answer(&self.state, self.parts, page, answer).await;
        // A page that found something wrong by itself knows better.
        if response.status() == StatusCode::OK {
            *response.status_mut() = status;
        }
        response
    }
}
