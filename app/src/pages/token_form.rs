//! The form that makes or changes a token, which two pages share.

mod feeds;
mod fields;
mod filling;
mod networks;
mod packages;
mod rows;
mod summary;
mod urls;

use leptos::prelude::*;
use model::{
    token_form::{Problem, TokenForm},
    views::{TokenFormStart, TokenPreview},
};

pub(super) use self::filling::{Editing, Purpose};
use self::{
    feeds::feeds_field,
    fields::{DescriptionField, ExpiryField, access_field},
    filling::{Filling, Problems},
    networks::NetworksField,
    packages::PackagesField,
    summary::Summary,
    urls::UrlsField,
};

/// What the form begins with.
pub(super) struct Beginning {
    /// The form and what there is to choose from.
    pub(super) start: TokenFormStart,
    /// What it means so far.
    pub(super) preview: TokenPreview,
    /// What was wrong with the fields when it was sent.
    pub(super) problems: Vec<Problem>,
    /// What else stood in the way.
    pub(super) failure: Option<String>,
    /// The rules of the token in words, where the form cannot say them.
    pub(super) rules: Option<Vec<String>>,
    /// When a token that is changed ends, in words.
    pub(super) ends: Option<String>,
    /// Whether it is an additional token, which may stand in URLs.
    pub(super) is_additional: bool,
}

/// The form. What stands above its fields are the children.
#[component]
pub(super) fn TokenFormFields(
    beginning: Beginning,
    purpose: Purpose,
    children: Children,
) -> impl IntoView {
    let Beginning { start, preview, problems, failure, rules, ends, is_additional } = beginning;
    let form = start.form.clone();
    let is_for_urls = form.pre_authenticated == "true";
    let filling = Filling::new(purpose, &form, preview, problems, failure);
    // What was chosen before the script came, or restored by the browser, counts too.
    Effect::new(move |_| filling.changed());
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        filling.send(None);
    };
    let hidden = match purpose {
        Purpose::Create(_) => {
            let TokenForm { form, .. } = form.clone();
            view! { <input type="hidden" name="form" value=form autocomplete="off"/> }.into_any()
        }
        Purpose::Edit(editing) => {
            view! { <input type="hidden" name="revision" value=editing.revision autocomplete="off"/> }
                .into_any()
        }
    };
    let action = purpose.action();
    view! {
        <Problems filling/>
        <form
            class="with-aside"
            method="post"
            action=action
            novalidate
            node_ref=filling.form
            on:input=move |_| filling.changed()
            on:submit=submit
        >
            {hidden}
            <div class="form">
                {children()}
                <DescriptionField filling value=form.description.clone()/>
                {access_field(filling, &form, rules)}
                {feeds_field(filling, &start)}
                <PackagesField filling form=form.clone()/>
                <NetworksField filling form/>
                {is_additional.then(|| view! { <UrlsField filling is_set=is_for_urls/> })}
                <ExpiryField filling start ends/>
            </div>
            <Summary filling/>
        </form>
    }
    .into_any()
}
