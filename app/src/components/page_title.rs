//! The document's title.

use leptos::prelude::*;
use leptos_meta::Title;

/// Sets the title to `text · Latchkey`. `leptos_meta` writes a title's text into the server's HTML
/// as it is, and names of packages come from strangers: on that side it is escaped here.
#[component]
pub(crate) fn PageTitle(
    /// The page's own name.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    let mut text = text;
    text.push_str(" · Latchkey");
    let text = if cfg!(feature = "ssr") { escaped(&text) } else { text };
    view! { <Title text=text/> }
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            _ => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_cannot_end_itself() {
        assert_eq!(escaped("</title><script>&\""), "&lt;/title&gt;&lt;script&gt;&amp;&quot;");
    }
}
