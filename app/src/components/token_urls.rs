//! The URLs that hold a token's value. They are as secret as the value, and shown along with it.

use leptos::prelude::*;
use model::ecosystem::Ecosystem;

use crate::site::Site;

/// What follows the token in the URL of each kind of package that is served.
const PLACES: [(Ecosystem, &str); 4] = [
    (Ecosystem::Npm, "npm/"),
    (Ecosystem::Nuget, "api/v3/index.json"),
    (Ecosystem::Maven, "maven"),
    (Ecosystem::Bower, "bower"),
];

/// The list, for each feed that the token may read in URLs; nothing for a token that may not.
pub(crate) fn token_urls(feeds: &[String], value: &str) -> Option<AnyView> {
    let public_url = Site::get().public_url;
    let lines: Vec<_> = urls(&public_url, feeds, value)
        .into_iter()
        .map(|(feed, kind, url)| {
            view! { <div><dt>{format!("{kind}, {feed}")}</dt><dd><code translate="no">{url}</code></dd></div> }
        })
        .collect();
    (!lines.is_empty()).then(|| {
        view! {
            <div class="stack">
                <p class="hint">"As URLs, which lock files and the logs of proxies will hold:"</p>
                <dl class="facts">{lines}</dl>
            </div>
        }
        .into_any()
    })
}

/// Feed, kind of package and URL.
fn urls(public_url: &str, feeds: &[String], value: &str) -> Vec<(String, &'static str, String)> {
    let of_feed = |feed: &String| {
        PLACES.map(|(kind, place)| {
            let url = format!("{public_url}/F/{feed}/auth/{value}/{place}");
            (feed.clone(), kind.label(), url)
        })
    };
    feeds.iter().flat_map(of_feed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_for_each_feed_and_kind() {
        let urls = urls("https://h", &["main".to_owned(), "side".to_owned()], "lka_x");
        let urls: Vec<&str> = urls.iter().map(|(_, _, url)| url.as_str()).collect();
        assert_eq!(urls.len(), 8);
        assert_eq!(
            urls[..4],
            [
                "https://h/F/main/auth/lka_x/npm/",
                "https://h/F/main/auth/lka_x/api/v3/index.json",
                "https://h/F/main/auth/lka_x/maven",
                "https://h/F/main/auth/lka_x/bower",
            ]
        );
    }
}
