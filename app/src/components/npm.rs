//! What npm has to be told.

/// The name that stands for a token's value in whatever is shown and copied.
pub(crate) const VARIABLE: &str = "LATCHKEY_TOKEN";

/// The lines of `.npmrc` for the feed at `address`, or for one scope of packages from it. npm takes
/// credentials by the address without its scheme. They hold no secret.
pub(crate) fn npmrc(address: &str, scope: Option<&str>) -> String {
    let place = address.split_once(':').map_or(address, |(_, place)| place);
    format!("{}\n{place}/npm/:_authToken=${{{VARIABLE}}}", source(address, scope))
}

/// The one of them that says where packages, or those of a scope, come from. Public feeds need no more.
pub(crate) fn source(address: &str, scope: Option<&str>) -> String {
    let setting = scope.map_or_else(|| "registry".to_owned(), |scope| format!("{scope}:registry"));
    format!("{setting}={address}/npm/")
}

/// The command that waits for a token to be pasted and keeps it out of the history.
pub(crate) fn take_token() -> String {
    format!("read -rs {VARIABLE} && export {VARIABLE}")
}

#[cfg(test)]
mod tests {
    use super::npmrc;

    #[test]
    fn the_lines_are_as_npm_reads_them() {
        assert_eq!(
            npmrc("http://127.0.0.1:3000/F/main", Some("@acme")),
            "@acme:registry=http://127.0.0.1:3000/F/main/npm/\n//127.0.0.1:3000/F/main/npm/:_authToken=${LATCHKEY_TOKEN}"
        );
        assert_eq!(
            npmrc("https://feeds.example/F/main", None),
            "registry=https://feeds.example/F/main/npm/\n//feeds.example/F/main/npm/:_authToken=${LATCHKEY_TOKEN}"
        );
    }
}
