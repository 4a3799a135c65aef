//! The networks a token may be used from: any, or those that are listed.

use leptos::prelude::*;
use model::{
    token_form::{Field, TokenForm},
    views::NetworkPreview,
};

use super::{
    fields::FieldError,
    filling::Filling,
    rows::{Kind, RowsField},
};
use crate::components::token_words::sentence_case;

const NETWORKS: Kind = Kind {
    name: "network",
    label: "Network",
    noun: "network",
    // As long as the longest address with its length gets, and room for what is mistyped.
    longest: 64,
    says: |filling, place| {
        filling.preview.with(|preview| {
            let NetworkPreview { words, good } = preview.networks.get(place)?;
            let end = if *good && !words.is_empty() { "." } else { "" };
            Some((format!("{}{end}", sentence_case(words)), *good))
        })
    },
};

#[component]
pub(super) fn NetworksField(filling: Filling, form: TokenForm) -> impl IntoView {
    let is_listed = form.networks == "listed";
    let outside = move || {
        let address = filling.preview.with(|preview| preview.outside.clone())?;
        let words = format!(
            "You are at {address}, which is in none of these networks: the token would be refused here."
        );
        Some(view! { <div class="notice warn"><div><p>{words}</p></div></div> }.into_any())
    };
    view! {
        <fieldset class="choices">
            <legend>"Networks"</legend>
            <div class="choice">
                <label>
                    <input type="radio" name="networks" value="any" checked=!is_listed/>
                    <span>"Any network"</span>
                </label>
            </div>
            <div class="choice">
                <label>
                    <input type="radio" name="networks" value="listed" checked=is_listed/>
                    <span>"Only these networks"</span>
                </label>
                <div class="more">
                    <p class="hint">"In CIDR notation, such as 10.1.0.0/16 or 2001:db8::/32; or a single address."</p>
                    <FieldError filling field=Field::Networks id="networks-error"/>
                    <RowsField filling kind=NETWORKS numbers=filling.networks typed=form.network/>
                    {move || outside()}
                </div>
            </div>
        </fieldset>
    }
    .into_any()
}
