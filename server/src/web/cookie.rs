//! Reading cookies (RFC 6265 §4.2).

use http::{HeaderMap, header};

/// The value of the first cookie of this name.
pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(known, _)| *known == name)
        .map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_a_value_among_others() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, "theme=dark; sid=abc=; sid=second".parse().unwrap());
        headers.append(header::COOKIE, "x=1;y".parse().unwrap());
        assert_eq!(cookie(&headers, "theme"), Some("dark"));
        assert_eq!(cookie(&headers, "sid"), Some("abc="));
        assert_eq!(cookie(&headers, "x"), Some("1"));
        assert_eq!(cookie(&headers, "y"), None);
        assert_eq!(cookie(&headers, "id"), None);
    }
}
