//! What comes with a request besides its path.

use url::form_urlencoded;

use super::{
    name::{Name, NameError},
    url::{Url, UrlError},
};

/// What `bower register` sends.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Registration {
    pub(crate) name: Name,
    pub(crate) url: Url,
}

/// Why a form is none to register a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RegistrationError {
    /// The name is none.
    #[error(transparent)]
    Name(#[from] NameError),
    /// The address is none.
    #[error(transparent)]
    Url(#[from] UrlError),
    /// A field is there twice.
    #[error("The form has to have one name and one url.")]
    Twice,
}

impl Registration {
    /// Reads the body (`application/x-www-form-urlencoded`).
    pub(crate) fn parse(body: &[u8]) -> Result<Self, RegistrationError> {
        let field = |name: &str| {
            let mut values = form_urlencoded::parse(body).filter(|(key, _)| key == name);
            let value = values.next().map(|(_, value)| value.into_owned()).unwrap_or_default();
            if values.next().is_some() { Err(RegistrationError::Twice) } else { Ok(value) }
        };
        Ok(Self { name: Name::parse(field("name")?.trim())?, url: Url::parse(&field("url")?)? })
    }
}

/// The `access_token` of a query, if there is one.
pub(crate) fn access_token(query: &str) -> Option<String> {
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    pairs.find(|(key, _)| key == "access_token").map(|(_, value)| value.into_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_registration_as_bower_sends_it() {
        let sent = b"name=newpkg&url=git%3A%2F%2F127.0.0.1%3A19418%2Fx.git";
        let registration = Registration::parse(sent).unwrap();
        assert_eq!(registration.name.as_str(), "newpkg");
        assert_eq!(registration.url.as_str(), "git://127.0.0.1:19418/x.git");
        for (bad, error) in [
            ("", RegistrationError::Name(NameError::Empty)),
            ("{}", RegistrationError::Name(NameError::Empty)),
            ("name=a", RegistrationError::Url(UrlError::Empty)),
            ("name=a&name=b&url=git://h/a", RegistrationError::Twice),
            ("name=a&url=git://h/a&url=git://h/b", RegistrationError::Twice),
        ] {
            assert_eq!(Registration::parse(bad.as_bytes()), Err(error), "{bad}");
        }
        assert_eq!(access_token("a=b&access_token=x%5Fy").as_deref(), Some("x_y"));
        assert_eq!(access_token("token=x"), None);
    }

    proptest! {
        #[test]
        fn any_body_is_a_form_or_not(body in proptest::collection::vec(any::<u8>(), 0..99)) {
            let _ = Registration::parse(&body);
        }
    }
}
