//! A page and what it is made of: read once on the server, and carried to the browser along with it.
//!
//! What waits for data is compiled once for all pages, not anew for the types of each: that is a
//! fifth of what browsers load. So the data passes through it without its type.

use std::{any::Any, pin::Pin, sync::Arc};

use leptos::{
    prelude::*,
    server::codee::{Decoder, Encoder},
};
use serde::{Serialize, de::DeserializeOwned};

use crate::Failure;

/// Data on its way to a page.
#[derive(Clone)]
struct Data {
    /// As it stands in the document. The server writes it, the browser reads it once.
    json: String,
    /// As it was fetched.
    value: Option<Arc<dyn Any + Send + Sync>>,
}

impl Data {
    fn of<T: Serialize + Send + Sync + 'static>(value: Result<T, Failure>) -> Self {
        let json = if cfg!(feature = "ssr") { serde_json::to_string(&value).ok() } else { None };
        Self { json: json.unwrap_or_default(), value: Some(Arc::new(value)) }
    }

    fn read<T: DeserializeOwned + Clone + 'static>(&self) -> Result<T, Failure> {
        match &self.value {
            Some(value) => value.downcast_ref().cloned(),
            // From bytes, as the answers of server functions are read: from text everything would
            // be compiled once more.
            None => serde_json::from_slice(self.json.as_bytes()).ok(),
        }
        .unwrap_or(Err(Failure::Unreachable))
    }
}

struct Carry;

impl Encoder<Data> for Carry {
    type Error = std::convert::Infallible;
    type Encoded = String;

    fn encode(data: &Data) -> Result<String, Self::Error> {
        Ok(data.json.clone())
    }
}

impl Decoder<Data> for Carry {
    type Error = std::convert::Infallible;
    type Encoded = str;

    fn decode(text: &str) -> Result<Data, Self::Error> {
        Ok(Data { json: text.to_owned(), value: None })
    }
}

type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// A page of what `fetch`, a server function, gives. It is fetched again whenever `key` changes,
/// which is what `fetch` depends on.
pub(crate) fn page_of<T, F>(
    key: impl Fn() -> String + Send + Sync + 'static,
    fetch: impl Fn() -> F + Send + Sync + 'static,
    show: impl Fn(Result<T, Failure>) -> AnyView + Send + Sync + 'static,
) -> AnyView
where
    T: Serialize + DeserializeOwned + Clone + Send + Sync + 'static,
    F: Future<Output = Result<T, Failure>> + Send + 'static,
{
    let fetch = move || -> Boxed<Data> {
        let fetched = fetch();
        Box::pin(async move { Data::of(fetched.await) })
    };
    any_page(Box::new(key), Box::new(fetch), Arc::new(move |data: Data| show(data.read())))
}

fn any_page(
    key: Box<dyn Fn() -> String + Send + Sync>,
    fetch: Box<dyn Fn() -> Boxed<Data> + Send + Sync>,
    show: Arc<dyn Fn(Data) -> AnyView + Send + Sync>,
) -> AnyView {
    let data = Resource::<Data, Carry>::new_with_options(key, move |_| fetch(), false);
    let suspended = move || {
        let show = Arc::clone(&show);
        Suspend::new(async move { show(data.await) })
    };
    // On the server nothing changes, and what is a function is called once more only to see whether
    // something in it has to be waited for: the whole page would be made twice.
    if cfg!(feature = "ssr") {
        view! { <Suspense>{suspended()}</Suspense> }.into_any()
    } else {
        view! { <Suspense>{suspended.clone()}</Suspense> }.into_any()
    }
}
