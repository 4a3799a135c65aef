//! Words that pages about tokens share.

/// `1 package`, `4 packages`.
pub(crate) fn packages(count: u64) -> String {
    format!("{count} package{}", if count == 1 { "" } else { "s" })
}

/// `1 package matches`, `4 packages match`.
pub(crate) fn packages_match(count: u64) -> String {
    format!("{} match{}", packages(count), if count == 1 { "es" } else { "" })
}

/// ` by npm 11.4 from 10.1.2.3`, as far as it is known.
pub(crate) fn by_and_from(client: &str, address: &str) -> String {
    let part = |word, text: &str| {
        if text.is_empty() { String::new() } else { format!(" {word} {text}") }
    };
    format!("{}{}", part("by", client), part("from", address))
}

/// The words with a capital letter in front.
pub(crate) fn sentence_case(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}
