//! What owners do to a feed, where there is script.

use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use model::views::FeedSettings;
use wasm_bindgen::JsCast as _;
use web_sys::{FormData, HtmlElement, HtmlFormElement};

use crate::{
    components::{confirm_identity::Confirmation, status::announce},
    server_fns::feeds::{FeedAct, act_on_feed},
};

/// The acts of the page, and what became of the last one.
#[derive(Clone, Copy)]
pub(super) struct Acts {
    feed: StoredValue<String>,
    pub(super) is_public: RwSignal<bool>,
    pub(super) is_saved: RwSignal<bool>,
    pub(super) problem: RwSignal<Option<String>>,
    is_busy: RwSignal<bool>,
    confirmation: Confirmation,
    navigate: Callback<String>,
}

impl Acts {
    pub(super) fn new(settings: FeedSettings, is_saved: bool) -> Self {
        let navigate = use_navigate();
        Self {
            feed: StoredValue::new(settings.feed),
            is_public: RwSignal::new(settings.is_public),
            is_saved: RwSignal::new(is_saved),
            problem: RwSignal::new(None),
            is_busy: RwSignal::new(false),
            confirmation: Confirmation::get(),
            navigate: Callback::new(move |path: String| {
                navigate(&path, NavigateOptions::default());
            }),
        }
    }

    /// Takes a form that is sent. What `read` cannot read, the browser sends.
    pub(super) fn submit(
        self,
        read: impl Fn(&FormData) -> Option<FeedAct> + 'static,
    ) -> impl Fn(SubmitEvent) + 'static {
        move |event| {
            let form = event.target().and_then(|form| form.dyn_into::<HtmlFormElement>().ok());
            let data = form.and_then(|form| FormData::new_with_form(&form).ok());
            let Some(act) = data.as_ref().and_then(&read) else { return };
            event.prevent_default();
            self.act(act, None);
        }
    }

    fn act(self, act: FeedAct, password: Option<String>) {
        if self.is_busy.get_untracked() {
            return;
        }
        self.is_busy.set(true);
        self.problem.set(None);
        self.is_saved.set(false);
        let feed = self.feed.get_value();
        spawn_local(async move {
            let result = match self.confirmation.confirm(password).await {
                Ok(()) => act_on_feed(feed, act.clone()).await,
                Err(failure) => Err(failure),
            };
            self.is_busy.set(false);
            let again = act.clone();
            let again = move |password| self.act(again.clone(), Some(password));
            match self.confirmation.settle(result, again) {
                Some(Ok(())) => self.settled(&act),
                Some(Err(failure)) => self.problem.set(Some(failure.to_string())),
                None => {}
            }
        });
    }

    fn settled(self, act: &FeedAct) {
        match act {
            FeedAct::Delete(_) => {
                let feed = self.feed.get_value();
                announce(format!("The feed {feed} is deleted."));
                self.navigate.run(format!("/feeds?deleted={feed}"));
                return;
            }
            FeedAct::Publish => self.is_public.set(true),
            FeedAct::Close => self.is_public.set(false),
            FeedAct::Describe(_) => {}
        }
        announce("Saved.".to_owned());
        self.is_saved.set(true);
        request_animation_frame(|| {
            let notice = document().get_element_by_id("done");
            if let Some(notice) = notice.and_then(|notice| notice.dyn_into::<HtmlElement>().ok()) {
                // What can be focused by script takes focus.
                let _ = notice.focus();
            }
        });
    }
}
