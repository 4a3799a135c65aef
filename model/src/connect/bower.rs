//! Bower.

use super::{Recipe, Setup, Snippet, TOKEN, VARIABLE, npm};

/// The public registry that most projects also use.
const PUBLIC: &str = "https://registry.bower.io";

/// `.bowerrc`, for a feed alone. Credentials stand in the address; Bower puts variables of the
/// environment into it.
pub fn bowerrc(address: &str, is_public: bool) -> String {
    format!("{{\n  \"registry\": \"{}\"\n}}", registry(address, !is_public))
}

/// The feed's address for Bower, with the variable where it takes a token.
fn registry(address: &str, takes_token: bool) -> String {
    match address.split_once("://") {
        Some((scheme, place)) if takes_token => {
            format!("{scheme}://token:${{{VARIABLE}}}@{place}/bower")
        }
        _ => format!("{address}/bower"),
    }
}

pub(super) fn recipe(setup: &Setup) -> Recipe {
    let registry = registry(&setup.address, setup.needs_token());
    // The feed first: whoever it has the name of is not asked of anybody else.
    let file = format!(
        "{{\n  \"registry\": {{\n    \"search\": [\"{registry}\", \"{PUBLIC}\"],\n    \"register\": \"{registry}\",\n    \"publish\": \"{registry}\"\n  }}\n}}"
    );
    let name = setup.example_name();
    let register = format!(
        "bower register {name} https://git.example.com/{name}.git --config.interactive=false"
    );
    Recipe {
        files: vec![Snippet::committed(".bowerrc", file)],
        secrets: vec![
            Snippet::terminal(npm::take_token()),
            Snippet::field("What the terminal waits for", TOKEN),
        ],
        advice: vec![
            "Bower takes the token from the environment: the terminal waits for you to paste it, and keeps it out of the history.",
        ],
        check: Some(format!("bower lookup {name}")),
        install: Snippet::terminal(format!("bower install {name}")),
        publish: register.clone(),
        job_install: vec!["npx bower install".to_owned()],
        job_publish: vec![format!("npx {register}")],
    }
}

#[cfg(test)]
mod tests {
    use super::bowerrc;

    #[test]
    fn the_file_is_as_bower_reads_it() {
        assert_eq!(
            bowerrc("https://feeds.example/F/main", false),
            "{\n  \"registry\": \"https://token:${LATCHKEY_TOKEN}@feeds.example/F/main/bower\"\n}"
        );
        assert_eq!(
            bowerrc("https://feeds.example/F/open", true),
            "{\n  \"registry\": \"https://feeds.example/F/open/bower\"\n}"
        );
    }
}
