//! Licence expressions (<https://spdx.github.io/spdx-spec/v2.3/SPDX-license-expressions/>).

/// How deep parentheses may stand in each other.
const DEPTH: usize = 8;

/// Whether a text has the form of a licence expression: names joined by `AND`, `OR` and `WITH`, in
/// parentheses where need be. Which names there are is not known here.
pub(crate) fn is_expression(text: &str) -> bool {
    let spaced = text.replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_ascii_whitespace().collect();
    let mut rest = words.as_slice();
    any(&mut rest, 0) && rest.is_empty()
}

/// Reads terms joined by operators.
fn any(words: &mut &[&str], depth: usize) -> bool {
    loop {
        if !term(words, depth) {
            return false;
        }
        match words {
            ["AND" | "OR", rest @ ..] => *words = rest,
            _ => return true,
        }
    }
}

fn term(words: &mut &[&str], depth: usize) -> bool {
    match *words {
        ["(", rest @ ..] if depth < DEPTH => {
            *words = rest;
            let is_closed = any(words, depth + 1) && words.first() == Some(&")");
            *words = words.get(1..).unwrap_or_default();
            is_closed
        }
        [name, "WITH", exception, rest @ ..] if is_name(name) && is_name(exception) => {
            *words = rest;
            true
        }
        [name, rest @ ..] if is_name(name) => {
            *words = rest;
            true
        }
        _ => false,
    }
}

fn is_name(word: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
    let name = word.strip_suffix('+').unwrap_or(word);
    let is_operator = matches!(name, "AND" | "OR" | "WITH");
    !is_operator && !name.is_empty() && name.bytes().all(is_allowed)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn expressions() {
        for fine in [
            "MIT",
            "Apache-2.0 OR MIT",
            "GPL-2.0+",
            "(LGPL-2.1 OR MIT) AND BSD-3-Clause",
            "GPL-2.0-only WITH Classpath-exception-2.0",
            "MIT AND (A OR (B AND C WITH D))",
        ] {
            assert!(is_expression(fine), "{fine}");
        }
        let deep = format!("{}MIT{}", "(".repeat(DEPTH + 1), ")".repeat(DEPTH + 1));
        for bad in [
            "",
            " ",
            "MIT OR",
            "OR MIT",
            "MIT MIT",
            "(MIT",
            "MIT)",
            "()",
            "MIT WITH",
            "A WITH B WITH C",
            "MIT/X11",
            "AND",
            "MIT or X",
            "<b>",
            &deep,
        ] {
            assert!(!is_expression(bad), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_an_expression_or_not(text in "(\\(|\\)|AND|OR|WITH| |MIT|\\+|x){0,30}") {
            is_expression(&text);
        }
    }
}
