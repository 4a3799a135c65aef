//! What acts on a version mean to the clients of its ecosystem.

use model::{ecosystem::Ecosystem, maven_version::MavenVersion};

/// What an unlisted version is.
pub(crate) const fn unlisted(ecosystem: Ecosystem) -> &'static str {
    match ecosystem {
        Ecosystem::Nuget => {
            "Searches and new installations leave it out. Projects that ask for this very version still restore it."
        }
        Ecosystem::Maven => {
            "Searches and the list of versions leave it out: ranges, LATEST and RELEASE do not pick it. Builds that name this very version still get it."
        }
        _ => "Searches leave it out. Who asks for this very version still gets it.",
    }
}

/// What is better about unlisting than about deleting.
pub(crate) const fn unlisting(ecosystem: Ecosystem) -> &'static str {
    match ecosystem {
        Ecosystem::Nuget | Ecosystem::Maven => {
            "Nobody finds it any more, and what asks for this very version goes on working. You can list it again."
        }
        _ => {
            "Nobody finds it any more, and what has it in a lock file goes on working. You can list it again."
        }
    }
}

/// Who is told of a deprecation.
pub(crate) const fn deprecating(ecosystem: Ecosystem) -> &'static str {
    match ecosystem {
        Ecosystem::Nuget => {
            "dotnet and Visual Studio show the reason for an installed version when they are asked for deprecated packages."
        }
        Ecosystem::Maven => {
            "Maven and Gradle know no deprecation: the reason stands on this page only."
        }
        _ => "Clients print the reason when they install such a version.",
    }
}

/// What deleting breaks, and what does less.
pub(crate) const fn deletion(ecosystem: Ecosystem) -> &'static str {
    match ecosystem {
        Ecosystem::Nuget => {
            "Projects that ask for a version are not restored any more when it is deleted. Unlisting and deprecating break nothing; nuget delete and dotnet nuget delete unlist too."
        }
        Ecosystem::Maven => {
            "Builds that name a version fail when it is deleted. Unlisting breaks nothing."
        }
        Ecosystem::Bower => {
            "Projects that ask for this name fail when it is deleted. What it leads to stays as it is."
        }
        _ => {
            "Builds that have a version in their lock files fail when it is deleted. Unlisting and deprecating break nothing."
        }
    }
}

/// Who fails once it is deleted.
pub(crate) const fn fails(ecosystem: Ecosystem) -> &'static str {
    match ecosystem {
        Ecosystem::Nuget => "Projects that ask for it are not restored from now on. ",
        Ecosystem::Maven => "Builds that name it fail from now on. ",
        Ecosystem::Bower => "Projects that ask for it fail from now on. ",
        _ => "Clients that have it in a lock file fail from now on. ",
    }
}

/// Whether a version may be published again after it was deleted.
pub(crate) fn may_return(ecosystem: Ecosystem, version: &str) -> bool {
    ecosystem == Ecosystem::Maven && MavenVersion::is_snapshot(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_snapshot_comes_back() {
        for (ecosystem, version, returns) in [
            (Ecosystem::Maven, "1.0-SNAPSHOT", true),
            (Ecosystem::Maven, "1.0", false),
            (Ecosystem::Npm, "1.0.0-SNAPSHOT", false),
        ] {
            assert_eq!(may_return(ecosystem, version), returns, "{ecosystem} {version}");
        }
    }
}
