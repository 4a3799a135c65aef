//! A token's value: masked, shown for a while on request, copied without being shown.

use std::time::Duration;

use leptos::{
    ev::SubmitEvent, html, leptos_dom::helpers::set_interval_with_handle, prelude::*,
    task::spawn_local,
};
use model::{
    id::TokenId,
    token::RevealTo,
    views::{TokenStatus, TokenView},
};
use wasm_bindgen::JsCast;

use super::{
    confirm_identity::Confirmation,
    copy_button::{CopyButton, Source},
    problem::ProblemAlert,
    status::announce,
    token_urls::token_urls,
};
use crate::server_fns::tokens::reveal_token;

/// For how many seconds a value is shown, unless it is kept.
const SHOWN_FOR: u32 = 30;

#[derive(Clone, Copy)]
struct Value {
    id: TokenId,
    description: StoredValue<String>,
    confirmation: Confirmation,
    /// The value, only while it is shown.
    text: RwSignal<Option<String>>,
    /// Seconds until it hides itself; `None` if it is kept.
    left: RwSignal<Option<u32>>,
    is_busy: RwSignal<bool>,
    problem: RwSignal<Option<String>>,
}

impl Value {
    fn show(self, password: Option<String>) {
        if self.is_busy.get_untracked() {
            return;
        }
        self.is_busy.set(true);
        self.problem.set(None);
        let confirmation = self.confirmation;
        spawn_local(async move {
            let result = match confirmation.confirm(password).await {
                Ok(()) => reveal_token(self.id, RevealTo::Screen).await,
                Err(failure) => Err(failure),
            };
            self.is_busy.set(false);
            match confirmation.settle(result, move |password| self.show(Some(password))) {
                // Nobody looks any more.
                Some(Ok(_)) if document().hidden() => {}
                Some(Ok(value)) => {
                    self.left.set(Some(SHOWN_FOR));
                    self.text.set(Some(value.expose().to_owned()));
                    self.say("is shown");
                }
                Some(Err(failure)) => self.problem.set(Some(failure.to_string())),
                None => {}
            }
        });
    }

    fn hide(self) {
        self.text.set(None);
        self.say("is hidden");
    }

    /// Says it, unless the page was left meanwhile.
    fn say(self, what: &str) {
        if let Some(description) = self.description.try_get_value() {
            announce(format!("Token {description} {what}."));
        }
    }

    fn tick(self) {
        match self.left.try_get_untracked().flatten() {
            Some(0 | 1) => self.hide(),
            Some(left) => self.left.set(Some(left - 1)),
            None => {}
        }
    }

    /// Hides the value as soon as nobody looks at it.
    fn watch(self, is_shown: Memo<bool>) {
        Effect::new(move |_| {
            if !is_shown.get() {
                return;
            }
            let ticking = set_interval_with_handle(move || self.tick(), Duration::from_secs(1));
            let on = |event: &str, hides: fn(&web_sys::Event) -> bool| {
                window_event_listener_untyped(event, move |event| {
                    if hides(&event) {
                        self.hide();
                    }
                })
            };
            let watching = [
                on("visibilitychange", |_| document().hidden()),
                on("pagehide", |_| true),
                on("keydown", |event| {
                    let key = event.dyn_ref::<web_sys::KeyboardEvent>();
                    key.is_some_and(|event| event.key() == "Escape")
                }),
            ];
            on_cleanup(move || {
                if let Ok(ticking) = ticking {
                    ticking.clear();
                }
                watching.into_iter().for_each(WindowListenerHandle::remove);
            });
        });
    }
}

/// The value of a token, with what can be done with it.
#[component]
pub(crate) fn TokenValue<'a>(
    /// The token.
    token: &'a TokenView,
) -> impl IntoView + use<> {
    let mask = token.mask();
    let spoken = token.spoken_mask();
    if token.status == TokenStatus::Revoked || !token.can_be_shown {
        return view! {
            <div><code class="mask" aria-hidden="true">{mask}</code><span class="visually-hidden">{spoken}</span></div>
        }
        .into_any();
    }
    let name = format!("token {}", token.description);
    let value = Value {
        id: token.id,
        description: StoredValue::new(token.description.clone()),
        confirmation: Confirmation::get(),
        text: RwSignal::new(None),
        left: RwSignal::new(None),
        is_busy: RwSignal::new(false),
        problem: RwSignal::new(None),
    };
    let Value { id, text, left, is_busy, problem, .. } = value;
    let is_shown = Memo::new(move |_| text.with(Option::is_some));
    value.watch(is_shown);
    let (show, hide) = (NodeRef::<html::Button>::new(), NodeRef::<html::Button>::new());
    keep_focus(is_shown, show, hide);

    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        value.show(None);
    };
    let masked = {
        let name = name.clone();
        move || {
            view! {
                <form id=format!("show-{id}") method="post" action=format!("/profile/tokens/{id}/reveal") on:submit=submit>
                    <button class="mask" node_ref=show aria-busy=move || is_busy.get().then_some("true")>
                        <code aria-hidden="true">{mask.clone()}</code>
                        <span>"Show"</span>
                        <span class="visually-hidden">{format!(" {name}, {spoken}")}</span>
                    </button>
                </form>
            }
        }
    };
    let label = StoredValue::new(format!(" {name}"));
    let feeds = StoredValue::new(token.url_feeds.clone());
    let urls =
        move || text.get().and_then(|value| feeds.with_value(|feeds| token_urls(feeds, &value)));
    let shown = move || {
        let output = format!("value-{id}");
        view! {
            <output class="secret" id=output.clone() translate="no" spellcheck="false" aria-live="off"><span>{text}</span></output>
            <button type="button" class="button" node_ref=hide aria-controls=output on:click=move |_| value.hide()>
                "Hide"<span class="visually-hidden">{label.get_value()}</span>
            </button>
        }
    };
    let keep = move |_| {
        left.set(None);
        if let Some(hide) = hide.get_untracked() {
            // This button goes; the one before it stays.
            let _ = hide.focus();
        }
    };
    let is_kept = Memo::new(move |_| left.with(Option::is_none));
    let countdown = move || {
        let seconds = move || left.get().unwrap_or_default().to_string();
        (!is_kept.get()).then(|| {
            view! {
                <button type="button" class="button quiet" on:click=keep>
                    "Keep showing"<span class="visually-hidden">{label.get_value()}</span>
                </button>
                <p class="hint">"Hides in "{seconds}" s"</p>
            }
            .into_any()
        })
    };
    view! {
        <div class="token-value">
            {move || if is_shown.get() { shown().into_any() } else { masked().into_any() }}
            <CopyButton what=name source=Source::Token(id)/>
            {move || is_shown.get().then(countdown)}
            <ProblemAlert problem/>
        </div>
        {move || urls()}
    }
    .into_any()
}

/// Show and Hide take each other's place; the focus that one loses goes to the other.
fn keep_focus(is_shown: Memo<bool>, show: NodeRef<html::Button>, hide: NodeRef<html::Button>) {
    Effect::new(move |was_shown: Option<bool>| {
        let is_shown = is_shown.get();
        if was_shown.is_some_and(|was_shown| was_shown != is_shown) {
            request_animation_frame(move || {
                let is_lost =
                    document().active_element().is_none_or(|focused| focused.tag_name() == "BODY");
                let heir = if is_shown { hide } else { show }.try_get_untracked().flatten();
                if let (true, Some(heir)) = (is_lost, heir) {
                    // A button in the page takes focus.
                    let _ = heir.focus();
                }
            });
        }
        is_shown
    });
}
