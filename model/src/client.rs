//! Which program sent a request, as far as its `User-Agent` tells (RFC 9110 §10.1.5).

/// Agents by the product name they send, in the order they are looked for, and what people call
/// them. Earlier entries win: pnpm, for one, also names npm and node.
const KNOWN: [(&str, &str); 17] = [
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
    ("Mozilla/", "browser"),
];

/// The most characters kept of an agent that is not known.
const LONGEST: usize = 40;

/// A short name with its version: `npm 11.19.1`; for a program that is not known, the start of what
/// it sent, in the characters such a line may have; `unknown client` for nothing at all.
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
            let plain = version.is_empty() || name == "browser";
            return if plain { name.to_owned() } else { format!("{name} {version}") };
        }
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
            ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36", "browser"),
            ("my-tool/1.0\r\nX: y", "my-tool/1.0  X: y"),
            ("", "unknown client"),
        ] {
            assert_eq!(describe(agent), expected, "{agent}");
        }
    }
}
