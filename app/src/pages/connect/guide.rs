//! The steps, with what is copied for each.

use leptos::prelude::*;
use model::{
    connect::{Goes, Snippet, Step, TOKEN, Trouble},
    timestamp::Timestamp,
    views::{ConnectToken, Told},
};

use super::seen::SeenBox;
use crate::components::copy_button::{CopyButton, Source};

/// The steps, whether the client has come, and what may go wrong.
#[component]
pub(super) fn Steps(told: Told, again: String, since: Timestamp) -> impl IntoView {
    let Told { setup, guide, token, seen, .. } = told;
    let steps: Vec<_> = guide.steps.into_iter().map(|step| shown(step, token.as_ref())).collect();
    let waits = token.map(|token| {
        view! { <SeenBox token=token.id feed=setup.feed.clone() since first=seen again/> }
    });
    let troubles: Vec<_> = guide
        .troubles
        .into_iter()
        .map(|Trouble { seen, remedy }| view! { <dt>{seen}</dt><dd>{remedy}</dd> })
        .collect();
    let title = format!("{} with {}", setup.client.label(), setup.feed);
    view! {
        <section class="section" aria-labelledby="steps">
            <h2 id="steps">{title}</h2>
            <ol class="steps">{steps}</ol>
        </section>
        {waits}
        <section class="section" aria-labelledby="trouble">
            <h2 id="trouble">"If it does not work"</h2>
            <dl class="facts troubles">{troubles}</dl>
        </section>
    }
    .into_any()
}

fn shown(step: Step, token: Option<&ConnectToken>) -> AnyView {
    let Step { title, words, snippets } = step;
    let words: Vec<_> =
        words.into_iter().map(|words| view! { <p class="muted">{words}</p> }).collect();
    let snippets: Vec<_> =
        snippets.into_iter().map(|snippet| block(&title, snippet, token)).collect();
    view! { <li><h3>{title}</h3>{words}{snippets}</li> }.into_any()
}

/// A text. It is shown with the mask of the token and copied with its value.
fn block(step: &str, snippet: Snippet, token: Option<&ConnectToken>) -> AnyView {
    let holds_token = snippet.holds_token();
    let Snippet { goes, place, text } = snippet;
    let what = match goes {
        Goes::Terminal => format!("{place}: {step}"),
        Goes::Committed | Goes::Secret | Goes::Field => place.clone(),
    };
    let badge = match goes {
        Goes::Committed => Some(("badge ok", "Safe to commit")),
        Goes::Secret => Some(("badge warn", "Secret: never commit it")),
        Goes::Terminal | Goes::Field => None,
    };
    let badge = badge.map(|(class, words)| view! { <span class=class>{words}</span> });
    let (shown, source, hint) = match token.filter(|_| holds_token) {
        Some(token) if token.can_be_shown => {
            let shown = text.replace(TOKEN, &token.mask);
            let hint =
                format!("Copied with the value of {}, which is not shown.", token.description);
            (shown, Source::Around(token.id, text), Some(hint))
        }
        Some(token) => {
            let hint = format!(
                "No copy of the value of {} is kept: put it in place of {TOKEN}.",
                token.description
            );
            (text.clone(), Source::Text(text), Some(hint))
        }
        None => (text.clone(), Source::Text(text), None),
    };
    let plain = (holds_token && token.is_some()).then(|| {
        view! { <p class="hint only-plain">"Without script only what stands here can be copied: show the token's value on its own page."</p> }
    });
    let hint = hint.map(|hint| view! { <p class="hint needs-script">{hint}</p> });
    view! {
        <figure class="code-block">
            <figcaption><span class="place">{place}</span>{badge}<CopyButton what source is_quiet=true/></figcaption>
            <pre><code>{shown}</code></pre>
        </figure>
        {hint}{plain}
    }
    .into_any()
}
