//! A handler that panics fails its own request and no other.

use std::any::Any;

use axum::response::{IntoResponse as _, Response};

use crate::web::InternalError;

/// Turns what a panic carries into an internal error.
#[expect(clippy::needless_pass_by_value, reason = "the layer hands it over")]
pub(crate) fn caught(payload: Box<dyn Any + Send>) -> Response {
    let message = payload
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| payload.downcast_ref::<&str>().copied())
        .unwrap_or("no message");
    InternalError::from(format!("a handler panicked: {message}")).into_response()
}

#[cfg(test)]
mod tests {
    use app::context::RequestNumber;
    use axum::{
        Router,
        body::Body,
        extract::Request,
        middleware::{Next, from_fn},
        routing::get,
    };
    use http::header;
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;

    use super::*;
    use crate::middleware::{log, steps::guarded};

    async fn fails() -> Result<(), InternalError> {
        Err(std::io::Error::other("the secret reason").into())
    }

    async fn lacks() -> Result<(), InternalError> {
        let context = "the database does not answer";
        Err(registry::Error::Unavailable { context, source: "the secret reason".into() }.into())
    }

    async fn panics() {
        panic!("the secret reason");
    }

    #[tokio::test]
    #[expect(clippy::disallowed_methods, reason = "these routes are not the product's")]
    async fn who_asked_learns_the_requests_number_alone() {
        let router = Router::new()
            .route("/fails", get(fails))
            .route("/F/panics", get(panics))
            .route("/F/lacks", get(lacks))
            .layer(from_fn(|request, next: Next| guarded(request, next)))
            .layer(from_fn(|request, next: Next| log::record(request, next)));
        for (path, status, body) in [
            ("/fails", 500, "It is logged there as request 7."),
            (
                "/F/panics",
                500,
                r#"{"error":"Something broke on the server. It is logged there as request 7."}"#,
            ),
            (
                "/F/lacks",
                503,
                r#"{"error":"Not at this moment: the database does not answer. Try again shortly."}"#,
            ),
        ] {
            let mut request = Request::builder().uri(path).body(Body::empty()).unwrap();
            request.extensions_mut().insert(RequestNumber("7".to_owned()));
            let response = router.clone().oneshot(request).await.unwrap();
            assert_eq!(response.status(), status);
            assert_eq!(response.headers().contains_key(header::RETRY_AFTER), status == 503);
            let text = response.into_body().collect().await.unwrap().to_bytes();
            let text = String::from_utf8_lossy(&text);
            assert!(text.contains(body) && !text.contains("secret"), "{text}");
        }
    }
}
