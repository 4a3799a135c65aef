//! The forms that make accounts, begin sessions, and change passwords. Each is posted to the
//! address of the page that holds it.

use axum::{
    extract::Path,
    response::{IntoResponse as _, Response},
};
use http::{Method, header};
use model::{
    names::{Email, Username},
    password::{self, BadPassword},
    views::LinkPurpose,
};
use registry::{Error, accounts::NewAccount, sessions::SessionSecret};

use super::{
    password_notice,
    posted::{Posted, Refused},
};
use crate::web::{
    InternalError, LocalPath,
    routes::{Access, Routes},
};

/// Declares the forms.
pub(super) fn routes(routes: &mut Routes) {
    routes.route(Method::POST, "/setup", Access::SetUp, set_up);
    routes.route(Method::POST, "/sign-up", Access::Anyone, sign_up);
    for purpose in [LinkPurpose::Invitation, LinkPurpose::Reset] {
        let path = format!("/{}/{{code}}", place(purpose));
        let handler =
            move |code: Path<String>, posted: Posted| choose_password(purpose, code, posted);
        routes.route(Method::POST, &path, Access::Anyone, handler);
    }
    routes.route(Method::POST, "/sign-in", Access::Anyone, sign_in);
    routes.route(Method::POST, "/confirm", Access::SignedIn, confirm);
    routes.route(Method::POST, "/profile/security", Access::SignedIn, change_password);
}

async fn set_up(posted: Posted) -> Response {
    // Somebody was quicker, or pressed the button twice: the page is gone.
    match posted.services().accounts.none_exist().await {
        Ok(true) => {}
        Ok(false) => return LocalPath::known("/").redirect(),
        Err(error) => return InternalError::from(error).into_response(),
    }
    let session = match new_account(&posted) {
        Ok(new) => {
            let code = posted.text("code");
            let made = posted.services().accounts.set_up(code, new, &posted.origin).await;
            made.map_err(|error| refused(&posted, error, Some("code")))
        }
        Err(refused) => Err(refused),
    };
    let page = LocalPath::known("/setup");
    sign_in_with(posted, session, tokens(), page, &["code", "username", "email"]).await
}

async fn sign_up(posted: Posted) -> Response {
    let session = match new_account(&posted) {
        Ok(new) => {
            let made = posted.services().accounts.sign_up(new, &posted.origin).await;
            made.map_err(|error| refused(&posted, error, None))
        }
        Err(refused) => Err(refused),
    };
    let page = LocalPath::known("/sign-up");
    sign_in_with(posted, session, tokens(), page, &["username", "email"]).await
}

/// The first part of the address of a link.
const fn place(purpose: LinkPurpose) -> &'static str {
    match purpose {
        LinkPurpose::Invitation => "invite",
        LinkPurpose::Reset => "reset",
    }
}

async fn choose_password(
    purpose: LinkPurpose,
    Path(code): Path<String>,
    posted: Posted,
) -> Response {
    // A link that looks like none of ours is one that does not work.
    let page = LocalPath::parse(&format!("/{}/{code}", place(purpose)));
    let page = page.unwrap_or_else(|| LocalPath::known("/invite/none"));
    let session = match wrong_password(&posted, "password") {
        None => {
            let new = posted.password("password");
            let accounts = &posted.services().accounts;
            let chosen = match purpose {
                LinkPurpose::Invitation => {
                    accounts.accept_invitation(&code, &new, &posted.origin).await
                }
                LinkPurpose::Reset => accounts.reset_password(&code, &new, &posted.origin).await,
            };
            chosen.map_err(|error| refused(&posted, error, None))
        }
        Some(wrong) => Err(Refused::Fields(vec![wrong])),
    };
    sign_in_with(posted, session, tokens(), page, &[]).await
}

async fn sign_in(posted: Posted) -> Response {
    let password = posted.password("password");
    let sessions = &posted.services().sessions;
    let session = sessions.sign_in(posted.text("login"), &password, &posted.origin).await;
    let (next, page) = (posted.next(), LocalPath::known("/sign-in"));
    let page = page.leading_to(&next);
    sign_in_with(posted, session.map_err(Refused::Form), next, page, &["login"]).await
}

async fn confirm(posted: Posted) -> Response {
    let next = posted.next();
    let Some(caller) = posted.caller() else {
        return LocalPath::sign_in(&next).redirect();
    };
    let password = posted.password("password");
    match posted.services().sessions.confirm(caller, &password, &posted.origin).await {
        Ok(session) => posted.lead_with(&session, &next),
        Err(error) => {
            let page = LocalPath::confirm(&next);
            posted.again(&page, &[], not_yours("password", error)).await
        }
    }
}

async fn change_password(posted: Posted) -> Response {
    let page = LocalPath::known("/profile/security");
    let Some(caller) = posted.caller() else {
        return LocalPath::sign_in(&page).redirect();
    };
    if let Some(wrong) = wrong_password(&posted, "new") {
        return posted.again(&page, &[], Refused::Fields(vec![wrong])).await;
    }
    let (current, new) = (posted.password("current"), posted.password("new"));
    let accounts = &posted.services().accounts;
    let changed = if caller.has_password {
        accounts.change_password(caller, &current, &new, &posted.origin).await
    } else {
        accounts.set_first_password(caller, &new, &posted.origin).await
    };
    match changed {
        Ok(()) => {
            let mut response = page.redirect();
            response.headers_mut().append(header::SET_COOKIE, password_notice::SET);
            response
        }
        Err(Error::Unconfirmed) => LocalPath::confirm(&page).redirect(),
        Err(error @ Error::Invalid(_)) => {
            posted.again(&page, &[], Refused::Field("new", error)).await
        }
        Err(error) => posted.again(&page, &[], not_yours("current", error)).await,
    }
}

/// Leads on with a new session, in place of the one the browser had; or shows the form again.
pub(super) async fn sign_in_with(
    posted: Posted,
    session: Result<SessionSecret, Refused>,
    next: LocalPath,
    page: LocalPath,
    keep: &[&'static str],
) -> Response {
    let session = match session {
        Ok(session) => session,
        Err(refused) => return posted.again(&page, keep, refused).await,
    };
    if let Some(caller) = posted.caller()
        && let Err(error) = posted.services().sessions.sign_out(caller, &posted.origin).await
    {
        return InternalError::from(error).into_response();
    }
    posted.lead_with(&session, &next)
}

/// Where people begin.
pub(super) fn tokens() -> LocalPath {
    LocalPath::known("/profile/tokens")
}

/// The account that a form asks for, or everything that can be seen to be wrong with it.
fn new_account(posted: &Posted) -> Result<NewAccount, Refused> {
    let username = posted.text("username").parse::<Username>();
    let email = posted.text("email").parse::<Email>();
    let password = wrong_password(posted, "password");
    match (username, email, password) {
        (Ok(username), Ok(email), None) => {
            Ok(NewAccount { username, email, password: Some(posted.password("password")) })
        }
        (username, email, password) => {
            let username = username.err().map(|error| ("username", error.to_string()));
            let email = email.err().map(|error| ("email", error.to_string()));
            Err(Refused::Fields([username, email, password].into_iter().flatten().collect()))
        }
    }
}

/// What is wrong with a new password at first sight.
fn wrong_password(posted: &Posted, field: &'static str) -> Option<(&'static str, String)> {
    let shortest = posted.services().policy().shortest_password;
    let wrong = password::check(posted.text(field), shortest).err();
    wrong.map(|error| (field, error.to_string()))
}

/// Finds the field that a service's sentence about a new account is about; `other` is for those that
/// are about none of the account's own.
fn refused(posted: &Posted, error: Error, other: Option<&'static str>) -> Refused {
    let field = match &error {
        Error::Invalid(text) if *text == BadPassword::Guessable.to_string() => Some("password"),
        Error::Invalid(_) => other,
        // A name may be known to be taken; an address never is.
        Error::Taken(text) => {
            let name = posted.text("username").trim().to_ascii_lowercase();
            text.contains(&format!("“{name}”")).then_some("username")
        }
        _ => None,
    };
    match field {
        Some(field) => Refused::Field(field, error),
        None => Refused::Form(error),
    }
}

/// A wrong password of somebody whose name is known.
pub(super) fn not_yours(field: &'static str, error: Error) -> Refused {
    match error {
        Error::WrongPassword => {
            Refused::Field(field, Error::Forbidden("This is not your password. Try again."))
        }
        error => Refused::Form(error),
    }
}
