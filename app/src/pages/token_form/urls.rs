//! Whether the token may stand in a URL.

use leptos::prelude::*;
use model::token_form::Field;

use super::{fields::FieldError, filling::Filling};

/// The checkbox, and what it means before it is ticked.
#[component]
pub(super) fn UrlsField(filling: Filling, is_set: bool) -> impl IntoView {
    let is_wrong = move || filling.problem(Field::PreAuthenticated).is_some();
    let described = move || {
        if is_wrong() { "pre-authenticated-error urls-warning" } else { "urls-warning" }
    };
    view! {
        <fieldset class="choices">
            <legend>"URLs"</legend>
            <FieldError filling field=Field::PreAuthenticated id="pre-authenticated-error"/>
            <div class="choice">
                <label>
                    <input
                        type="checkbox"
                        id="pre-authenticated"
                        name="pre_authenticated"
                        value="true"
                        checked=is_set
                        aria-describedby=described
                        aria-invalid=move || is_wrong().then_some("true")
                    />
                    <span>"May stand in a URL"</span>
                    <span class="hint">"For clients that can be given a URL and nothing else. Such a token only reads, and only feeds that are named."</span>
                </label>
            </div>
            <p class="hint" id="urls-warning">
                "Lock files, build logs and the logs of proxies will hold the URL, and whoever sees it can read what the token can."
            </p>
        </fieldset>
    }
    .into_any()
}
