//! Which program sent a request, as far as its `User-Agent` tells (RFC 9110 §10.1.5).

/// Programs by the product name they send, in the order they are looked for, and what people call
/// them. Earlier entries win: pnpm, for one, also names npm and node.
const KNOWN: [(&str, &str); 16] = [
    ("pnpm/", "pnpm"),
    ("yarn/", "yarn"),
    ("npm/", "npm"),
    ("bower/", "Bower"),
    ("NuGet Command Line/", "nuget.exe"),
    ("NuGet VS VSIX/", "Visual Studio"),
    ("NuGet .NET Core MSBuild Task/", "dotnet restore"),
    ("NuGet MSBuild Task/", "MSBuild"),
    ("Paket/", "Paket"),
    ("Apache-Maven/", "Maven"),
    ("Gradle/", "Gradle"),
    ("pip/", "pip"),
    ("twine/", "twine"),
    ("uv/", "uv"),
    ("cargo/", "cargo"),
    ("curl/", "curl"),
];

/// What every browser begins with.
const BROWSER: &str = "Mozilla/";
/// Browsers likewise: most also name the one they descend from.
const BROWSERS: [(&str, &str); 6] = [
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];
/// Systems likewise: a telephone also names the one for desks.
const SYSTEMS: [(&str, &str); 6] = [
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
];

/// The most characters kept of an agent that is not known.
const LONGEST: usize = 40;

/// A short name with its version: `npm 11.19.1`; a browser with its system: `Firefox on Linux`; for a
/// program that is not known, the start of what it sent, in the characters such a line may have;
/// `unknown client` for nothing at all.
pub fn describe(user_agent: &str) -> String {
    let at_start_of_word = |mark: &str| {
        user_agent.match_indices(mark).map(|(at, _)| at).find(|at| {
            !user_agent[..*at].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '-')
        })
    };
    for (mark, name) in KNOWN {
        if let Some(at) = at_start_of_word(mark) {
            let version: String = user_agent[at + mark.len()..]
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || ".-+".contains(*c))
                .take(20)
                .collect();
            return if version.is_empty() { name.to_owned() } else { format!("{name} {version}") };
        }
    }
    if user_agent.starts_with(BROWSER) {
        let named = |known: &[(&str, &'static str)]| {
            known.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, name)| *name)
        };
        let browser = named(&BROWSERS).unwrap_or("Browser");
        return named(&SYSTEMS)
            .map_or_else(|| browser.to_owned(), |system| format!("{browser} on {system}"));
    }
    let shown: String = user_agent
        .chars()
        .map(|c| if c.is_ascii_graphic() { c } else { ' ' })
        .take(LONGEST)
        .collect();
    let shown = shown.trim();
    if shown.is_empty() { "unknown client".to_owned() } else { shown.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_clients_people_use() {
        for (agent, expected) in [
            ("npm/11.19.1 node/v20.20.2 linux x64 workspaces/false", "npm 11.19.1"),
            ("pnpm/10.34.9 npm/? node/v20.20.2 linux x64", "pnpm 10.34.9"),
            ("yarn/1.22.22 npm/? node/v20.20.2 linux x64", "yarn 1.22.22"),
            ("NuGet Command Line/5.8.0 (Unix 6.1)", "nuget.exe 5.8.0"),
            ("Apache-Maven/3.8.7 (Java 17; Linux)", "Maven 3.8.7"),
            ("cargo/1.95.0 (abc 2026-03-21)", "cargo 1.95.0"),
            ("curl/8.5.0", "curl 8.5.0"),
            ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36", "Browser on Linux"),
            ("Mozilla/5.0", "Browser"),
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0",
                "Firefox on Linux",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36 Edg/156.0.0.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (Linux; Android 16; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36",
                "Chrome on Android",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1",
                "Safari on iPhone",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15",
                "Safari on macOS",
            ),
            ("my-tool/1.0\r\nX: y", "my-tool/1.0  X: y"),
            ("", "unknown client"),
        ] {
            assert_eq!(describe(agent), expected, "{agent}");
        }
    }
}
