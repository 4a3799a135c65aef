//! The pages and their addresses.

use leptos::{prelude::*, wasm_split::wasm_split};
use leptos_meta::provide_meta_context;
use leptos_router::{
    Lazy, LazyRoute, SsrMode,
    components::{FlatRoutes, Route, Router},
    path,
};

use crate::{
    components::frame::Frame,
    page_code::{NotLoaded, opened},
    pages::{
        approve_login::ApproveLoginPage,
        audit::AuditPage,
        choose_password::{ChoosePasswordPage, ResetPasswordPage},
        confirm::ConfirmPage,
        connect::ConnectPage,
        create_feed::CreateFeedPage,
        create_token::CreateTokenPage,
        delete_account::DeleteAccountPage,
        delete_package::DeletePackagePage,
        denial::DenialPage,
        edit_token::EditTokenPage,
        everyones_tokens::EveryonesTokensPage,
        feed::FeedPage,
        feed_settings::FeedSettingsPage,
        feeds::FeedsPage,
        finish_sign_in::FinishSignInPage,
        home::HomePage,
        invite_person::InvitePersonPage,
        members::MembersPage,
        not_found::NotFoundPage,
        package::PackagePage,
        people::PeoplePage,
        person::PersonPage,
        policy::PolicyPage,
        profile::ProfilePage,
        regenerate_token::RegenerateTokenPage,
        security::SecurityPage,
        set_up::SetUpPage,
        sign_in::SignInPage,
        sign_up::SignUpPage,
        token::TokenPage,
        tokens::TokensPage,
    },
    site::provide_site,
};

/// Declares pages whose code a browser loads when one of their group is opened, so that a first visit
/// loads little more than its own page. What groups share is loaded in pieces of its own: the more
/// groups, the more and the smaller pieces.
macro_rules! loaded_when_opened {
    ($($group:ident { $($view:ident: $route:ident => $page:ident,)+ })+) => {$($(
        struct $route;

        impl LazyRoute for $route {
            fn data() -> Self {
                Self
            }

            async fn view(_: Self) -> AnyView {
                opened($view).await
            }
        }

        #[wasm_split($group, wasm_split_path = leptos::wasm_split, fallible)]
        fn $view() -> Result<AnyView, NotLoaded> {
            Ok($page().into_any())
        }
    )+)+};
}

loaded_when_opened! {
    account {
        set_up: SetUp => SetUpPage,
        sign_in: SignIn => SignInPage,
        finish_sign_in: FinishSignIn => FinishSignInPage,
        sign_up: SignUp => SignUpPage,
        choose_password: ChoosePassword => ChoosePasswordPage,
        reset_password: ResetPassword => ResetPasswordPage,
        confirm: Confirm => ConfirmPage,
        profile: Profile => ProfilePage,
        delete_account: DeleteAccount => DeleteAccountPage,
        security: Security => SecurityPage,
    }
    tokens {
        tokens: Tokens => TokensPage,
        token: Token => TokenPage,
        regenerate_token: RegenerateToken => RegenerateTokenPage,
    }
    forms {
        create_token: CreateToken => CreateTokenPage,
        edit_token: EditToken => EditTokenPage,
        approve_login: ApproveLogin => ApproveLoginPage,
        denial: Denial => DenialPage,
    }
    feeds {
        feeds: Feeds => FeedsPage,
        feed: Feed => FeedPage,
        create_feed: CreateFeed => CreateFeedPage,
        members: Members => MembersPage,
        feed_settings: FeedSettings => FeedSettingsPage,
    }
    audit {
        audit: Audit => AuditPage,
    }
    admin {
        people: People => PeoplePage,
        invite_person: InvitePerson => InvitePersonPage,
        person: Person => PersonPage,
        everyones_tokens: EveryonesTokens => EveryonesTokensPage,
        policy: Policy => PolicyPage,
    }
    connect {
        connect: Connect => ConnectPage,
    }
    packages {
        package: Package => PackagePage,
        delete_package: DeletePackage => DeletePackagePage,
    }
}

/// The application: the same tree on the server and in the browser. Every route is rendered to its
/// end before it is sent, so that it is whole without script.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_site();
    let whole = SsrMode::Async;
    // Flat: nested ones begin to hydrate before the page's own code has come, and draw it twice.
    view! {
        <Router>
            <Frame>
                <FlatRoutes fallback=NotFoundPage>
                    <Route path=path!("/") view=HomePage ssr=whole.clone()/>
                    <Route path=path!("/setup") view={Lazy::<SetUp>::new()} ssr=whole.clone()/>
                    <Route path=path!("/sign-in") view={Lazy::<SignIn>::new()} ssr=whole.clone()/>
                    <Route path=path!("/sign-in/finish") view={Lazy::<FinishSignIn>::new()} ssr=whole.clone()/>
                    <Route path=path!("/sign-up") view={Lazy::<SignUp>::new()} ssr=whole.clone()/>
                    <Route path=path!("/invite/:code") view={Lazy::<ChoosePassword>::new()} ssr=whole.clone()/>
                    <Route path=path!("/reset/:code") view={Lazy::<ResetPassword>::new()} ssr=whole.clone()/>
                    <Route path=path!("/confirm") view={Lazy::<Confirm>::new()} ssr=whole.clone()/>
                    <Route path=path!("/login/:code") view={Lazy::<ApproveLogin>::new()} ssr=whole.clone()/>
                    <Route path=path!("/profile") view={Lazy::<Profile>::new()} ssr=whole.clone()/>
                    <Route path=path!("/profile/delete") view={Lazy::<DeleteAccount>::new()} ssr=whole.clone()/>
                    <Route path=path!("/profile/tokens") view={Lazy::<Tokens>::new()} ssr=whole.clone()/>
                    <Route path=path!("/profile/tokens/new") view={Lazy::<CreateToken>::new()} ssr=whole.clone()/>
                    <Route path=path!("/profile/tokens/:id") view={Lazy::<Token>::new()} ssr=whole.clone()/>
                    <Route path=path!("/profile/tokens/:id/edit") view={Lazy::<EditToken>::new()} ssr=whole.clone()/>
                    <Route path=path!("/profile/tokens/:id/regenerate") view={Lazy::<RegenerateToken>::new()} ssr=whole.clone()/>
                    <Route path=path!("/profile/security") view={Lazy::<Security>::new()} ssr=whole.clone()/>
                    <Route path=path!("/connect") view={Lazy::<Connect>::new()} ssr=whole.clone()/>
                    <Route path=path!("/audit") view={Lazy::<Audit>::new()} ssr=whole.clone()/>
                    <Route path=path!("/feeds") view={Lazy::<Feeds>::new()} ssr=whole.clone()/>
                    <Route path=path!("/feeds/new") view={Lazy::<CreateFeed>::new()} ssr=whole.clone()/>
                    <Route path=path!("/feeds/:feed") view={Lazy::<Feed>::new()} ssr=whole.clone()/>
                    <Route path=path!("/feeds/:feed/members") view={Lazy::<Members>::new()} ssr=whole.clone()/>
                    <Route path=path!("/feeds/:feed/settings") view={Lazy::<FeedSettings>::new()} ssr=whole.clone()/>
                    <Route path=path!("/feeds/:feed/:ecosystem/:name") view={Lazy::<Package>::new()} ssr=whole.clone()/>
                    <Route path=path!("/feeds/:feed/:ecosystem/:name/:version") view={Lazy::<Package>::new()} ssr=whole.clone()/>
                    <Route path=path!("/feeds/:feed/:ecosystem/:name/:version/delete") view={Lazy::<DeletePackage>::new()} ssr=whole.clone()/>
                    <Route path=path!("/admin") view={Lazy::<People>::new()} ssr=whole.clone()/>
                    <Route path=path!("/admin/people/new") view={Lazy::<InvitePerson>::new()} ssr=whole.clone()/>
                    <Route path=path!("/admin/people/:username") view={Lazy::<Person>::new()} ssr=whole.clone()/>
                    <Route path=path!("/admin/tokens") view={Lazy::<EveryonesTokens>::new()} ssr=whole.clone()/>
                    <Route path=path!("/admin/policy") view={Lazy::<Policy>::new()} ssr=whole.clone()/>
                    <Route path=path!("/denials/:id") view={Lazy::<Denial>::new()} ssr=whole/>
                </FlatRoutes>
            </Frame>
        </Router>
    }
}
