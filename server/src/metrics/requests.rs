//! What is counted of every request: which protocol, how it ended, how long it took.

use std::time::Instant;

use axum::{extract::Request, response::Response};
use http::{StatusCode, Uri};
use model::denial::Code;
use prometheus::{HistogramOpts, HistogramVec, IntCounterVec, Opts, Registry};

use crate::{middleware::steps::Then, web::Area};

/// Upper bounds in seconds. Few: every protocol has each of them.
const BUCKETS: [f64; 7] = [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10.0];
/// The code of what was not refused by a denial.
const NO_CODE: &str = "none";

/// The counters.
pub(crate) struct Requests {
    answered: IntCounterVec,
    durations: HistogramVec,
}

impl Requests {
    /// Counters that `registry` shows.
    pub(crate) fn shown_by(registry: &Registry) -> Result<Self, prometheus::Error> {
        let answered = IntCounterVec::new(
            Opts::new(
                "latchkey_requests_total",
                "Requests by protocol, by how they ended (ok, redirect, refused, failed) and by the \
                 code of the denial.",
            ),
            &["protocol", "outcome", "code"],
        )?;
        let durations = HistogramVec::new(
            HistogramOpts::new("latchkey_request_duration_seconds", "Time until the answer began.")
                .buckets(BUCKETS.to_vec()),
            &["protocol"],
        )?;
        registry.register(Box::new(answered.clone()))?;
        registry.register(Box::new(durations.clone()))?;
        Ok(Self { answered, durations })
    }
}

/// Counts the request when its answer begins. Whoever refuses by a denial puts its code into the
/// response's extensions.
pub(crate) async fn count(
    requests: Option<&Requests>,
    request: Request,
    next: impl Then,
) -> Response {
    let Some(requests) = requests else { return next.run(request).await };
    let started = Instant::now();
    let protocol = protocol(request.uri());
    let response = next.run(request).await;
    let code = response.extensions().get().map_or(NO_CODE, |code: &Code| code.text());
    let outcome = outcome(response.status());
    requests.answered.with_label_values(&[protocol, outcome, code]).inc();
    requests.durations.with_label_values(&[protocol]).observe(started.elapsed().as_secs_f64());
    response
}

fn outcome(status: StatusCode) -> &'static str {
    match status.as_u16() {
        304 => "ok",
        300..400 => "redirect",
        400..500 => "refused",
        500.. => "failed",
        _ => "ok",
    }
}

/// What is spoken at an address. Whatever addresses strangers make up, there are ten of these.
fn protocol(uri: &Uri) -> &'static str {
    match Area::of(uri) {
        Area::Api => "api",
        Area::Functions => "functions",
        Area::Assets => "assets",
        Area::Pages => "pages",
        Area::Probes => "probes",
        Area::Feeds => {
            let mut segments = uri.path().trim_start_matches('/').split('/').skip(2);
            let mut segment = segments.next();
            if segment == Some("auth") {
                segment = segments.nth(1);
            }
            match segment {
                Some("npm") => "npm",
                Some("api") => "nuget",
                Some("maven") => "maven",
                Some("bower") => "bower",
                _ => "feeds",
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_has_its_protocol() {
        for (path, expected) in [
            ("/F/main/npm/left-pad", "npm"),
            ("/F/main/auth/lka_x/npm/left-pad", "npm"),
            ("/F/main/api/v3/index.json", "nuget"),
            ("/F/main/api/v2/package", "nuget"),
            ("/F/main/maven/com/acme/a", "maven"),
            ("/F/main/bower/packages", "bower"),
            ("/F/main/anything", "feeds"),
            ("/F", "feeds"),
            ("/F/main/auth", "feeds"),
            ("/api/v1/token", "api"),
            ("/_fn/tokens/list", "functions"),
            ("/assets/1/a.js", "assets"),
            ("/readyz", "probes"),
            ("/profile", "pages"),
        ] {
            assert_eq!(protocol(&path.parse().unwrap()), expected, "{path}");
        }
    }

    #[test]
    fn every_status_has_its_outcome() {
        for (status, expected) in
            [(200, "ok"), (304, "ok"), (303, "redirect"), (401, "refused"), (503, "failed")]
        {
            assert_eq!(outcome(StatusCode::from_u16(status).unwrap()), expected);
        }
    }
}
