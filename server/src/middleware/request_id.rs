//! A name for each request, by which a person can point the operator at a line of the log.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use app::context::RequestNumber;
use axum::{
    extract::{Request, State},
    response::Response,
};
use http::{HeaderName, HeaderValue};
use model::timestamp::Timestamp;

use super::steps::Then;

/// The header every response carries its request's id in.
const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// Numbers the requests of one run of the program: when it started, and the request's number since,
/// both in base 36. Unique as long as no two programs with one log start in the same millisecond; not
/// a secret.
#[derive(Debug)]
pub(crate) struct RequestIds {
    start: String,
    count: AtomicU64,
}

impl RequestIds {
    pub(crate) fn since(start: Timestamp) -> Self {
        Self { start: base36(start.as_millis().unsigned_abs()), count: AtomicU64::new(0) }
    }

    fn next(&self) -> RequestNumber {
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        RequestNumber(format!("{}-{}", self.start, base36(number)))
    }
}

/// Puts the number into the request's extensions and the response's header. One that a client sent is
/// not believed.
pub(crate) async fn number(
    State(ids): State<Arc<RequestIds>>,
    mut request: Request,
    next: impl Then,
) -> Response {
    let id = ids.next();
    let header = HeaderValue::from_str(&id.0);
    request.extensions_mut().insert(id);
    let mut response = next.run(request).await;
    if let Ok(header) = header {
        response.headers_mut().insert(HEADER, header);
    }
    response
}

fn base36(mut number: u64) -> String {
    let mut digits = Vec::with_capacity(13);
    loop {
        let digit = u32::try_from(number % 36).unwrap_or(0);
        digits.extend(char::from_digit(digit, 36));
        number /= 36;
        if number == 0 {
            return digits.into_iter().rev().collect();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_short_and_follow_each_other() {
        let ids = RequestIds::since(Timestamp::from_millis(1_803_297_600_000));
        let first = ids.next();
        assert_eq!(first.0, "n0f8txc0-0");
        for _ in 0..35 {
            ids.next();
        }
        assert!(ids.next().0.ends_with("-10"));
    }
}
