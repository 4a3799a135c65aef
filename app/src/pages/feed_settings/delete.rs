//! The end of a feed: its name is typed first, because it cannot be undone.

use leptos::prelude::*;
use model::{
    links,
    names::FeedName,
    views::{FeedContents, FeedSettings},
};

use super::acts::Acts;
use crate::{
    components::{form_answer::FormAnswer, text_field::TextField, token_words::packages},
    server_fns::feeds::FeedAct,
};

/// The section.
#[component]
pub(super) fn Delete<'a>(
    /// The feed.
    settings: FeedSettings,
    /// The acts of the page.
    acts: Acts,
    /// The answer that the form got.
    answer: &'a FormAnswer,
) -> impl IntoView + use<> {
    let feed = settings.feed;
    let action = format!("{}/delete", links::feed_settings(&feed));
    let submit = acts.submit(|data| Some(FeedAct::Delete(data.get("confirm").as_string()?)));
    let hint = format!("Type {feed} to confirm.");
    view! {
        <section class="section" id="delete" aria-labelledby="delete-title">
            <h2 id="delete-title">"Delete"</h2>
            <form class="card form danger-zone" method="post" action=action on:submit=submit>
                <div class="stack">
                    <p>{consequences(settings.contents)}</p>
                    <p>"The name stays yours: nobody else on this server can take it, unless an administrator releases it."</p>
                </div>
                <TextField name="confirm" label="Name of the feed" hint autocomplete="off" longest=FeedName::LONGEST is_code=true answer/>
                <div class="actions"><button class="button danger solid">{format!("Delete {feed}")}</button></div>
            </form>
        </section>
    }
    .into_any()
}

/// *All of it goes: 12 packages with 40 versions. 2 tokens …*
fn consequences(contents: FeedContents) -> String {
    let FeedContents { packages: held, versions, tokens } = contents;
    let packages = if held == 0 {
        "The feed is empty.".to_owned()
    } else {
        let versions = format!("{versions} version{}", if versions == 1 { "" } else { "s" });
        format!(
            "{} with {versions} are deleted for good, and builds that need them fail.",
            self::packages(held)
        )
    };
    let tokens = match tokens {
        0 => String::new(),
        1 => " 1 token is limited to this feed or has a rule about it.".to_owned(),
        count => format!(" {count} tokens are limited to this feed or have a rule about it."),
    };
    format!("{packages}{tokens} This cannot be undone.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_what_is_lost() {
        for (packages, versions, tokens, words) in [
            (0, 0, 0, "The feed is empty. This cannot be undone."),
            (
                1,
                1,
                1,
                "1 package with 1 version are deleted for good, and builds that need them fail. 1 token is limited to this feed or has a rule about it. This cannot be undone.",
            ),
            (
                2,
                7,
                3,
                "2 packages with 7 versions are deleted for good, and builds that need them fail. 3 tokens are limited to this feed or have a rule about it. This cannot be undone.",
            ),
        ] {
            assert_eq!(consequences(FeedContents { packages, versions, tokens }), words);
        }
    }
}
