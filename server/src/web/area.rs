//! The parts of the address space. Each has its own rules for cookies, caching and what a browser
//! may do with an answer.

use http::Uri;

/// Which part a request belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Area {
    /// `/F/…`: what package clients speak to. Cookies mean nothing here.
    Feeds,
    /// `/api/…`: the management API. Cookies mean nothing here either.
    Api,
    /// `/_fn/…`: the server functions that pages call.
    Functions,
    /// `/assets/…` and the icon browsers ask for by themselves: the same for everybody.
    Assets,
    /// `/healthz` and `/readyz`: what supervisors ask. The same for everybody.
    Probes,
    /// Everything else: pages, and the forms on them.
    Pages,
}

impl Area {
    /// The area of a request. Paths are compared as sent: the router does not decode them either.
    pub(crate) fn of(uri: &Uri) -> Self {
        let first = uri.path().trim_start_matches('/').split('/').next().unwrap_or_default();
        match first {
            "F" => Self::Feeds,
            "api" => Self::Api,
            "_fn" => Self::Functions,
            "assets" | "favicon.ico" => Self::Assets,
            "healthz" | "readyz" => Self::Probes,
            _ => Self::Pages,
        }
    }

    /// Whether requests are made by programs that carry their credential themselves.
    pub(crate) fn is_for_programs(self) -> bool {
        matches!(self, Self::Feeds | Self::Api)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_has_its_area() {
        for (path, area) in [
            ("/F/main/npm/left-pad", Area::Feeds),
            ("/F", Area::Feeds),
            ("//F/main", Area::Feeds),
            ("/f/main", Area::Pages),
            ("/api/v1/token", Area::Api),
            ("/_fn/tokens/create", Area::Functions),
            ("/assets/0123/latchkey.js", Area::Assets),
            ("/favicon.ico", Area::Assets),
            ("/healthz", Area::Probes),
            ("/readyz", Area::Probes),
            ("/", Area::Pages),
            ("/Feeds", Area::Pages),
            ("/apis", Area::Pages),
        ] {
            assert_eq!(Area::of(&path.parse().unwrap()), area, "{path}");
        }
    }
}
