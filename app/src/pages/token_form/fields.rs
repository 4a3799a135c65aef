//! The fields of the form that have no file of their own. What a field holds stands in the document
//! alone; the style sheet shows and hides what depends on a choice.

use leptos::prelude::*;
use model::{
    token_form::{Field, LONGEST_DESCRIPTION, TokenForm},
    views::TokenFormStart,
};

use super::filling::Filling;

/// What is wrong with a field, under an id that the field is described by.
#[component]
pub(super) fn FieldError(filling: Filling, field: Field, id: &'static str) -> impl IntoView {
    move || {
        let problem = filling.problem(field);
        problem.map(|problem| view! { <p class="field-error" id=id>{problem}</p> }.into_any())
    }
}

#[component]
pub(super) fn DescriptionField(filling: Filling, value: String) -> impl IntoView {
    let is_wrong = move || filling.problem(Field::Description).is_some();
    let described = move || {
        if is_wrong() { "description-error description-hint" } else { "description-hint" }
    };
    view! {
        <div class="field">
            <label for="description">"Description"</label>
            <p class="hint" id="description-hint">"Where will it be used? For example: laptop, CI publish."</p>
            <FieldError filling field=Field::Description id="description-error"/>
            <input
                class="input"
                id="description"
                name="description"
                type="text"
                value=value
                autocomplete="off"
                maxlength=LONGEST_DESCRIPTION
                required
                aria-describedby=described
                aria-invalid=move || is_wrong().then_some("true")
            />
        </div>
    }
}

/// The cards, and beneath them what may be done besides publishing. `rules` are those of a token that
/// no card says: they stay as long as no other card is chosen.
pub(super) fn access_field(
    filling: Filling,
    form: &TokenForm,
    rules: Option<Vec<String>>,
) -> impl IntoView + use<> {
    let keeps = rules.is_some();
    let first = if keeps { "keep" } else { "read" };
    let card = |value: &'static str, label: &'static str, hint: &'static str| {
        view! {
            <div class="radio-card">
                <label>
                    <input type="radio" name="access" value=value checked=form.access == value id=(value == first).then_some("access")/>
                    <strong>{label}</strong>
                    <span class="hint">{hint}</span>
                </label>
            </div>
        }
    };
    let kept = rules.map(|rules| {
        let rules: Vec<_> = rules.into_iter().map(|rule| view! { <li>{rule}</li> }).collect();
        view! {
            {card("keep", "As it is", "This token has rules that this form cannot show. They stay as they are unless you choose another card.")}
            <ul class="rules">{rules}</ul>
        }
    });
    let extra = |name: &'static str, is_set: bool, label: &'static str, hint: &'static str| {
        view! {
            <div class="choice">
                <label>
                    <input type="checkbox" name=name value="true" checked=is_set/>
                    <span>{label}</span>
                    <span class="hint">{hint}</span>
                </label>
            </div>
        }
    };
    view! {
        <fieldset class="choices">
            <legend>"Access"</legend>
            <FieldError filling field=Field::Access id="access-error"/>
            <div class="radio-cards one">
                {kept}
                {card("read", "Read", "Install and download packages. It cannot publish.")}
                {card("write", "Write", "Publish new packages and new versions, and nothing else. It cannot see, install or download any package: npm publish works, npm install is refused.")}
                {card("both", "Read and write", "Install packages, and publish new packages and new versions.")}
            </div>
            <div class="write-part scope-part">
                {extra("may_unlist", form.may_unlist == "true", "May also unlist, deprecate and retag", "Change what is said of versions that are there, where it may publish.")}
                {extra("may_delete", form.may_delete == "true", "May also delete", "Remove versions and packages for good, where it may publish.")}
            </div>
        </fieldset>
    }
    .into_any()
}

/// The end of a token that is changed, as it is.
fn keep_card(ends: String, is_chosen: bool) -> AnyView {
    view! {
        <div class="radio-card">
            <label>
                <input type="radio" name="expires" value="keep" checked=is_chosen/>
                <strong>"As it is"</strong>
                <span class="hint">{ends}</span>
            </label>
        </div>
    }
    .into_any()
}

#[component]
pub(super) fn ExpiryField(
    filling: Filling,
    start: TokenFormStart,
    ends: Option<String>,
) -> impl IntoView {
    let TokenFormStart { form, offers, first_day, last_day, .. } = start;
    let cards: Vec<_> = offers
        .into_iter()
        .map(|offer| {
            let is_chosen = form.expires == offer.value;
            let hint = offer.last_day.unwrap_or_else(|| "Works until you revoke it".to_owned());
            view! {
                <div class="radio-card">
                    <label>
                        <input type="radio" name="expires" value=offer.value checked=is_chosen/>
                        <strong>{offer.label}</strong>
                        <span class="hint">{hint}</span>
                    </label>
                </div>
            }
        })
        .collect();
    let is_wrong = move || filling.problem(Field::Expires).is_some();
    // In words as soon as the date can be read.
    let last_day_in_words = move || {
        let words = filling.preview.with(|preview| preview.expires.clone());
        words.map(|words| view! { <p class="hint" id="expires-on-words">{words}</p> }.into_any())
    };
    let on_date = form.expires == "on";
    let keep = ends.map(|ends| keep_card(ends, form.expires == "keep"));
    view! {
        <fieldset class="choices">
            <legend>"Expires"</legend>
            <p class="hint">"At the end of the day, UTC."</p>
            <div class="radio-cards">
                {keep}
                {cards}
                <div class="radio-card">
                    <label>
                        <input type="radio" name="expires" value="on" checked=on_date/>
                        <strong>"On a date"</strong>
                        <span class="hint">"Choose the last day"</span>
                    </label>
                    <div class="more">
                        <FieldError filling field=Field::Expires id="expires-on-error"/>
                        <label class="visually-hidden" for="expires-on">"Last day"</label>
                        <input
                            class="input"
                            id="expires-on"
                            name="expires_on"
                            type="date"
                            min=first_day
                            max=last_day
                            value=form.expires_on
                            aria-describedby=move || if is_wrong() { "expires-on-error" } else { "expires-on-words" }
                            aria-invalid=move || is_wrong().then_some("true")
                        />
                        {move || last_day_in_words()}
                    </div>
                </div>
            </div>
        </fieldset>
    }
    .into_any()
}
