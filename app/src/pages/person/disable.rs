//! Disabling an account, after what stops with it has been said; and enabling it.

use leptos::prelude::*;
use model::views::{PersonPage, PersonState};

use super::{acts::address, holdings::token_list};
use crate::server_fns::people::PersonAct;

/// The section.
#[component]
pub(super) fn Standing<'a>(
    /// The page.
    page: &'a PersonPage,
) -> impl IntoView + use<> {
    let name = page.person.username.clone();
    if page.person.state == PersonState::Disabled {
        let meaning = if page.person.tokens == 1 {
            "Its token, its password and its identities are accepted again.".to_owned()
        } else {
            let tokens = page.person.tokens;
            format!("Its {tokens} tokens, its password and its identities are accepted again.")
        };
        return view! {
            <section class="section" aria-labelledby="standing">
                <h2 id="standing">"Enable"</h2>
                <p>{meaning}</p>
                <form class="act" method="post" action=address(&name, PersonAct::Enable)>
                    <button class="button">{format!("Enable {name}")}</button>
                </form>
            </section>
        }
        .into_any();
    }
    let form = if page.is_viewer {
        view! { <p>"You cannot disable your own account. Another administrator can."</p> }
            .into_any()
    } else if page.is_last_admin {
        view! { <p>{format!("{name} is the only administrator who can sign in.")}</p> }.into_any()
    } else {
        view! {
            <p>"Nothing of the account works until it is enabled again. What it published stays."</p>
            <details class="confirm">
                <summary class="button danger">{format!("Disable {name}…")}</summary>
                <form class="card" method="post" action=address(&name, PersonAct::Disable)>
                    {consequences(page)}
                    <div class="actions"><button class="button danger solid">{format!("Disable {name}")}</button></div>
                </form>
            </details>
        }
        .into_any()
    };
    view! {
        <section class="section" aria-labelledby="standing">
            <h2 id="standing">"Disable"</h2>
            {form}
        </section>
    }
    .into_any()
}

/// Everything that stops.
fn consequences(page: &PersonPage) -> AnyView {
    let (tokens, sessions) = (page.person.tokens, page.sessions);
    let alone: Vec<_> =
        page.feeds.iter().filter(|feed| feed.is_alone).map(|feed| feed.name.clone()).collect();
    let feeds = (!alone.is_empty()).then(|| {
        let words = format!(
            "{} left without an owner who can act: {}. Readers and contributors go on as before; make somebody else an owner by the command line.",
            counted(u64::try_from(alone.len()).unwrap_or(u64::MAX), "feed is", "feeds are"),
            alone.join(", ")
        );
        view! { <p>{words}</p> }.into_any()
    });
    view! {
        <p>{format!("{} refused from the next request on:", counted(tokens, "token is", "tokens are"))}</p>
        {token_list(page)}
        <p>{format!("{} ended. Links that were sent and not used are dead.", counted(sessions, "session is", "sessions are"))}</p>
        {feeds}
    }
    .into_any()
}

/// `1 token is`, `4 tokens are`.
fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stops_is_counted() {
        assert_eq!(counted(1, "token is", "tokens are"), "1 token is");
        assert_eq!(counted(0, "token is", "tokens are"), "0 tokens are");
    }
}
