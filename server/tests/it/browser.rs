//! A browser without script: it keeps cookies, follows nothing, and sends forms as browsers do.

use std::cell::RefCell;

use axum::{
    body::Body,
    http::{HeaderName, Request},
};

use crate::support::{Answer, Server};

pub(crate) struct Browser<'a> {
    server: &'a Server,
    cookies: RefCell<Vec<(String, String)>>,
}

impl<'a> Browser<'a> {
    /// A browser that was never here.
    pub(crate) fn new(server: &'a Server) -> Self {
        Self { server, cookies: RefCell::default() }
    }

    /// The browser of `ada`, the administrator.
    pub(crate) async fn of_ada(server: &'a Server) -> Self {
        let browser = Self::new(server);
        browser.take(&server.set_up().await);
        browser
    }

    /// Another one with the same cookies, as they are now.
    pub(crate) fn copy(&self) -> Self {
        Self { server: self.server, cookies: self.cookies.clone() }
    }

    /// A cookie's value.
    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        let cookies = self.cookies.borrow();
        cookies.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path), String::new()).await
    }

    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body =
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = Request::post(path)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("origin", "http://127.0.0.1:3000")
            .header("sec-fetch-site", "same-origin");
        self.send(request, body).await
    }

    /// Calls a server function as hydrated pages do: `feeds/list` with its arguments.
    pub(crate) async fn call(&self, function: &str, arguments: serde_json::Value) -> Answer {
        let request = Request::post(format!("/_fn/{function}"))
            .header("accept", "application/json")
            .header("content-type", "application/json")
            .header("origin", "http://127.0.0.1:3000")
            .header("sec-fetch-site", "same-origin");
        self.send(request, arguments.to_string()).await
    }

    /// Whether it is signed in.
    pub(crate) async fn is_signed_in(&self) -> bool {
        self.get("/feeds").await.status == 200
    }

    async fn send(&self, request: axum::http::request::Builder, body: String) -> Answer {
        let mut request = request.header("host", "127.0.0.1:3000").header("accept", "text/html");
        for (name, value) in self.cookies.borrow().iter() {
            request = request.header("cookie", format!("{name}={value}"));
        }
        let answer = Answer::of(self.server.send(request.body(Body::from(body)).unwrap()).await);
        let answer = answer.await;
        for cookie in answer.headers.get_all(HeaderName::from_static("set-cookie")) {
            self.take(cookie.to_str().unwrap());
        }
        answer
    }

    /// Takes a cookie as `Set-Cookie` gives it.
    pub(crate) fn take(&self, cookie: &str) {
        let (name, rest) = cookie.split_once('=').unwrap();
        let value = rest.split(';').next().unwrap();
        let mut cookies = self.cookies.borrow_mut();
        cookies.retain(|(known, _)| known != name);
        if !rest.contains("Max-Age=0") {
            cookies.push((name.to_owned(), value.to_owned()));
        }
    }
}
