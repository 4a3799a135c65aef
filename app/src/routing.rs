//! The pages and their addresses.

use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::{
    SsrMode,
    components::{Route, Router, Routes},
    path,
};

use crate::{
    components::frame::Frame,
    pages::{
        choose_password::ChoosePasswordPage, confirm::ConfirmPage, create_feed::CreateFeedPage,
        create_token::CreateTokenPage, denial::DenialPage, feed::FeedPage, feeds::FeedsPage,
        home::HomePage, not_found::NotFoundPage, security::SecurityPage, set_up::SetUpPage,
        sign_in::SignInPage, sign_up::SignUpPage, token::TokenPage, tokens::TokensPage,
    },
    site::provide_site,
};

/// The application: the same tree on the server and in the browser. Every route is rendered to its
/// end before it is sent, so that it is whole without script.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_site();
    let whole = SsrMode::Async;
    view! {
        <Router>
            <Frame>
                <Routes fallback=NotFoundPage>
                    <Route path=path!("/") view=HomePage ssr=whole.clone()/>
                    <Route path=path!("/setup") view=SetUpPage ssr=whole.clone()/>
                    <Route path=path!("/sign-in") view=SignInPage ssr=whole.clone()/>
                    <Route path=path!("/sign-up") view=SignUpPage ssr=whole.clone()/>
                    <Route path=path!("/invite/:code") view=ChoosePasswordPage ssr=whole.clone()/>
                    <Route path=path!("/confirm") view=ConfirmPage ssr=whole.clone()/>
                    <Route path=path!("/profile/tokens") view=TokensPage ssr=whole.clone()/>
                    <Route path=path!("/profile/tokens/new") view=CreateTokenPage ssr=whole.clone()/>
                    <Route path=path!("/profile/tokens/:id") view=TokenPage ssr=whole.clone()/>
                    <Route path=path!("/profile/security") view=SecurityPage ssr=whole.clone()/>
                    <Route path=path!("/feeds") view=FeedsPage ssr=whole.clone()/>
                    <Route path=path!("/feeds/new") view=CreateFeedPage ssr=whole.clone()/>
                    <Route path=path!("/feeds/:feed") view=FeedPage ssr=whole.clone()/>
                    <Route path=path!("/denials/:id") view=DenialPage ssr=whole/>
                </Routes>
            </Frame>
        </Router>
    }
}
