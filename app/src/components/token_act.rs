//! Acts on a token that take one button and no more.

use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};
use model::id::TokenId;

use super::{confirm_identity::Confirmation, problem::ProblemAlert, status::announce};
use crate::{
    Failure,
    server_fns::token_life::{resume_token, stop_old_value, suspend_token},
};

/// The act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenAct {
    /// Puts it to rest.
    Suspend,
    /// Wakes it.
    Resume,
    /// Ends the value that is being replaced.
    StopOld,
}

impl TokenAct {
    const fn path(self) -> &'static str {
        match self {
            Self::Suspend => "suspend",
            Self::Resume => "resume",
            Self::StopOld => "stop-old",
        }
    }

    const fn label(self) -> &'static str {
        match self {
            Self::Suspend => "Suspend",
            Self::Resume => "Resume",
            Self::StopOld => "Stop now",
        }
    }

    fn said(self, description: &str) -> String {
        match self {
            Self::Suspend => format!("{description} is suspended."),
            Self::Resume => format!("{description} works again."),
            Self::StopOld => format!("The old value of {description} has stopped."),
        }
    }

    async fn perform(self, id: TokenId) -> Result<(), Failure> {
        match self {
            Self::Suspend => suspend_token(id).await,
            Self::Resume => resume_token(id).await,
            Self::StopOld => stop_old_value(id).await,
        }
    }
}

/// How often something on the page was changed: what is shown is fetched again each time.
#[derive(Clone, Copy)]
pub(crate) struct Changes(RwSignal<u32>);

impl Changes {
    /// Makes it known to the page.
    pub(crate) fn provide() -> Self {
        let changes = Self(RwSignal::new(0));
        provide_context(changes);
        changes
    }

    /// The number of changes so far.
    pub(crate) fn count(self) -> u32 {
        self.0.get()
    }
}

/// The button. Without script it is sent and leads to the token's page; with script the act is done in
/// place, and what goes with the button loses the focus to the content.
#[component]
pub(crate) fn ActButton<'a>(
    /// The act.
    act: TokenAct,
    /// The token.
    id: TokenId,
    /// What it is for.
    description: &'a str,
    /// How the button looks.
    #[prop(default = "button")]
    class: &'static str,
) -> impl IntoView + use<> {
    let description = description.to_owned();
    let confirmation = Confirmation::get();
    let changes = use_context::<Changes>();
    let problem = RwSignal::new(None::<String>);
    let acting = Acting {
        act,
        id,
        description: StoredValue::new(description.clone()),
        confirmation,
        changes,
        is_busy: RwSignal::new(false),
        problem,
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        acting.start(None);
    };
    view! {
        <form class="act" method="post" action=format!("/profile/tokens/{id}/{}", act.path()) on:submit=submit>
            <button class=class aria-busy=move || acting.is_busy.get().then_some("true")>
                {act.label()}<span class="visually-hidden">{format!(" {description}")}</span>
            </button>
        </form>
        <ProblemAlert problem/>
    }
    .into_any()
}

#[derive(Clone, Copy)]
struct Acting {
    act: TokenAct,
    id: TokenId,
    description: StoredValue<String>,
    confirmation: Confirmation,
    changes: Option<Changes>,
    is_busy: RwSignal<bool>,
    problem: RwSignal<Option<String>>,
}

impl Acting {
    fn start(self, password: Option<String>) {
        if self.is_busy.get_untracked() {
            return;
        }
        self.is_busy.set(true);
        self.problem.set(None);
        spawn_local(async move {
            let result = match self.confirmation.confirm(password).await {
                Ok(()) => self.act.perform(self.id).await,
                Err(failure) => Err(failure),
            };
            self.is_busy.set(false);
            match self.confirmation.settle(result, move |password| self.start(Some(password))) {
                Some(Ok(())) => self.done(),
                Some(Err(failure)) => self.problem.set(Some(failure.to_string())),
                None => {}
            }
        });
    }

    fn done(self) {
        if let Some(description) = self.description.try_get_value() {
            announce(self.act.said(&description));
        }
        if let Some(Changes(count)) = self.changes {
            count.update(|count| *count += 1);
        }
    }
}
