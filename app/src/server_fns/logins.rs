//! Sign-ins that a terminal began.

use leptos::{prelude::*, server_fn::codec::Json};
use model::views::LoginPage;

use crate::Failure;

/// What a terminal asks for that led somebody here. Decides nothing.
#[server(endpoint = "logins/page", input = Json)]
pub async fn read_login(
    /// The code of the address.
    code: String,
) -> Result<LoginPage, Failure> {
    use crate::context::{caller, failure, origin, services};
    services()?.logins.page(&caller()?, &code, &origin()?).await.map_err(failure)
}
