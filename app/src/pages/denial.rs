//! Why a request was refused.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use model::views::{DenialPage as Page, EvaluatedRule};

use super::failed::Failed;
use crate::{
    components::{page_title::PageTitle, time::Moment},
    server_fns::denials::read_denial,
};

/// `/denials/{id}`: for the owner of the credential alone.
#[component]
pub(crate) fn DenialPage() -> impl IntoView {
    let params = use_params_map();
    let id = move || params.with(|params| params.get("id").unwrap_or_default());
    let page = Resource::new(id, read_denial);
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                match page.await {
                    Ok(page) => view! { <Content page/> }.into_any(),
                    Err(failure) => view! { <Failed failure/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

#[component]
fn Content(page: Page) -> impl IntoView {
    let code = page.code.text();
    let rules: Vec<_> = page
        .rules
        .iter()
        .enumerate()
        .map(|(index, rule)| rule_view(index + 1, rule, &page))
        .collect();
    let has_rules = !rules.is_empty();
    let token = page.token.clone();
    let package = page.package.clone();
    let repeats = (page.times > 1).then(|| {
        view! { ", and "{page.times - 1}" more times until "<Moment at=page.last_at words=page.last_at.date_and_time()/> }
    });
    view! {
        <PageTitle text=format!("Refused: {code}")/>
        <div class="shell">
            <main id="main" tabindex="-1">
                <div class="page-head">
                    <div>
                        <h1>"Refused "<span class="badge danger">{code}</span></h1>
                        <p>{page.sentence.clone()}</p>
                    </div>
                </div>
                <div class="with-aside">
                    <div class="form">
                        <section class="section" aria-labelledby="why">
                            <h2 id="why">"What is missing"</h2>
                            <p><mark class="missing">{page.missing.clone()}</mark></p>
                            {has_rules.then(|| view! {
                                <h3>"How the rules of the token were judged"</h3>
                                <ol class="trace">{rules}</ol>
                            })}
                        </section>
                        <section class="section" aria-labelledby="request">
                            <h2 id="request">"The request"</h2>
                            <dl class="facts">
                                <div><dt>"When"</dt><dd><Moment at=page.first_at words=page.first_at.date_and_time()/>{repeats}</dd></div>
                                <div><dt>"Action"</dt><dd>{page.action.clone().unwrap_or_else(|| "any".to_owned())}</dd></div>
                                <div><dt>"Feed"</dt><dd>{page.feed.clone()}</dd></div>
                                {package.map(|(kind, name)| view! { <div><dt>"Package"</dt><dd>{name}" ("{kind}")"</dd></div> })}
                                <div><dt>"Client"</dt><dd>{page.client.clone()}</dd></div>
                                <div><dt>"Address"</dt><dd>{page.address.clone()}</dd></div>
                            </dl>
                        </section>
                    </div>
                    <section class="card aside" aria-labelledby="you">
                        <h2 id="you">"Was this you?"</h2>
                        {was_it_you(&page, token)}
                    </section>
                </div>
            </main>
        </div>
    }
}

fn was_it_you(
    page: &Page,
    token: Option<(model::id::TokenId, String, String)>,
) -> impl IntoView + use<> {
    let access = if page.action.as_deref() == Some("read") { "read" } else { "write" };
    let create = format!("/profile/tokens/new?access={access}");
    let pattern = page.package.as_ref().map(|(_, name)| format!("&packages=named&pattern={}", encoded(name)));
    let create = create + &pattern.unwrap_or_default();
    let no = match token {
        Some((id, description, last4)) => view! {
            <p><strong>"No."</strong>" Then somebody else holds the token "{description.clone()}" (ends in "{last4}"). Revoke it now."</p>
            <div class="actions"><a class="button danger" href=format!("/profile/tokens/{id}#revoke")>"Revoke "{description}"…"</a></div>
        }
        .into_any(),
        None => view! {
            <p><strong>"No."</strong>" Then somebody else knows your password. Change it now."</p>
            <div class="actions"><a class="button danger" href="/profile/security">"Change password…"</a></div>
        }
        .into_any(),
    };
    view! {
        <p><strong>"Yes."</strong>" Create a token that may do this. The form is filled in for you."</p>
        <div class="actions"><a class="button primary" href=create>"Create that token"</a></div>
        <hr/>
        {no}
    }
}

/// A name as part of a query. Names of packages have few characters that need it.
fn encoded(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_ascii_alphanumeric() || "@/._:-".contains(*c))
        .map(|c| match c {
            '@' => "%40".to_owned(),
            '/' => "%2F".to_owned(),
            ':' => "%3A".to_owned(),
            c => c.to_string(),
        })
        .collect()
}

fn rule_view(number: usize, rule: &EvaluatedRule, page: &Page) -> impl IntoView + use<> {
    let verdict = rule.verdict;
    let package = page.package.as_ref().map_or("the feed as a whole", |(_, name)| name.as_str());
    let parts = [
        ("Action", verdict.action, page.action.clone().unwrap_or_default()),
        ("Feed", verdict.feed, page.feed.clone()),
        ("Package", verdict.package, package.to_owned()),
    ];
    let is_decisive = rule.decisive;
    let lines: Vec<_> = parts
        .into_iter()
        .map(|(part, matches, what)| {
            let (class, word) =
                if matches { ("trace-step ok", "Yes") } else { ("trace-step danger", "No") };
            let text = if matches { format!("{part}: {what}") } else { format!("{part}: not {what}") };
            let text = if is_decisive && !matches {
                view! { <mark class="missing">{text}</mark> }.into_any()
            } else {
                text.into_any()
            };
            view! { <div class=class><strong>{word}</strong>" "<span>{text}</span></div> }
        })
        .collect();
    view! {
        <li>
            <h3>{format!("Rule {number}: {}", rule.words)}</h3>
            {lines}
        </li>
    }
}
