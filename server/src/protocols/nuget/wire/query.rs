//! What searches ask for.

use url::form_urlencoded;

/// How many results an answer has where the client does not say.
const TAKE: usize = 20;
/// The most results an answer has: each comes with its versions.
const MOST: usize = 100;
/// The most characters of what is searched for.
const LONGEST: usize = 400;

/// A search, or what is to be completed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Query {
    /// The words.
    pub(crate) text: String,
    /// The package whose versions are wanted.
    pub(crate) id: Option<String>,
    /// How many results to leave out first.
    pub(crate) skip: usize,
    /// How many results to answer.
    pub(crate) take: usize,
    /// Whether versions before a release are wanted too.
    pub(crate) prerelease: bool,
    /// Whether the client reads every version.
    pub(crate) semver2: bool,
    /// The type that packages have to be of.
    pub(crate) package_type: Option<String>,
}

impl Query {
    /// Reads the part of a URL after `?`. What cannot be read is as if it were not there.
    pub(crate) fn parse(query: &str) -> Self {
        let mut found = Self {
            text: String::new(),
            id: None,
            skip: 0,
            take: TAKE,
            prerelease: false,
            semver2: false,
            package_type: None,
        };
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let value: String = value.trim().chars().take(LONGEST).collect();
            match name.to_ascii_lowercase().as_str() {
                "q" => found.text = value,
                "id" => found.id = Some(value),
                "skip" => found.skip = value.parse().unwrap_or(0),
                "take" => found.take = value.parse().map_or(TAKE, |take: usize| take.min(MOST)),
                "prerelease" => found.prerelease = value.eq_ignore_ascii_case("true"),
                "semverlevel" => found.semver2 = value.starts_with('2'),
                // The second is what clients before NuGet 7 send.
                "packagetype" | "packagetypefilter" if !value.is_empty() => {
                    found.package_type = Some(value);
                }
                _ => {}
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_clients_send() {
        // nuget.exe 5.8.
        let query = Query::parse("q=demo&skip=0&take=20&prerelease=false&semVerLevel=2.0.0");
        assert_eq!((query.text.as_str(), query.skip, query.take), ("demo", 0, 20));
        assert_eq!((query.prerelease, query.semver2), (false, true));
        // Visual Studio and dotnet.
        let query = Query::parse(
            "q=a%20b+c&skip=26&take=26&prerelease=true&supportedFramework=x&semVerLevel=2.0.0&packageType=DotnetTool",
        );
        assert_eq!((query.text.as_str(), query.skip, query.take), ("a b c", 26, 26));
        assert_eq!(query.package_type.as_deref(), Some("DotnetTool"));
        assert!(query.prerelease);
        let query = Query::parse("id=Demo.Pkg&prerelease=True");
        assert_eq!(
            (query.id.as_deref(), query.prerelease, query.semver2),
            (Some("Demo.Pkg"), true, false)
        );
        let query = Query::parse("");
        assert_eq!((query.text.as_str(), query.take, query.id), ("", TAKE, None));
        assert_eq!(Query::parse("take=-1&skip=x&q=%ff").take, TAKE);
        assert_eq!(Query::parse("take=1000").take, MOST);
    }

    proptest! {
        #[test]
        fn any_text_is_a_query(text in any::<String>()) {
            prop_assert!(Query::parse(&text).text.chars().count() <= LONGEST);
        }
    }
}
