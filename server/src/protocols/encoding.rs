//! How an answer is compressed.

use std::io::{self, Write as _};

use brotli::{CompressorWriter, enc::BrotliEncoderParams};
use flate2::{Compression, write::GzEncoder};

/// Brotli's middle quality: for text like this nearly as small as the highest, at a fraction of the
/// time.
const BROTLI_QUALITY: i32 = 5;
const BROTLI_BUFFER: usize = 64 << 10;

/// The codings of an answer (RFC 9110 §8.4.1), the better ones last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Encoding {
    /// As it is.
    Identity,
    /// RFC 1952.
    Gzip,
    /// RFC 7932.
    Brotli,
}

impl Encoding {
    const ALL: [Self; 3] = [Self::Identity, Self::Gzip, Self::Brotli];

    /// Its name in headers; nothing for an answer as it is.
    pub(crate) const fn name(self) -> Option<&'static str> {
        match self {
            Self::Identity => None,
            Self::Gzip => Some("gzip"),
            Self::Brotli => Some("br"),
        }
    }

    /// Chooses by the weights of an `Accept-Encoding` header (RFC 9110 §12.5.3), and of equal ones the
    /// better. Several header lines are joined by commas before the call.
    pub(crate) fn negotiate(accept: &str) -> Self {
        let weights = |encoding: Self| {
            let name = encoding.name().unwrap_or("identity");
            // Nobody has to name identity for it to be fine, and nobody prefers it who does not.
            weight(accept, name).unwrap_or(u16::from(encoding == Self::Identity))
        };
        let best = Self::ALL.into_iter().max_by_key(|encoding| (weights(*encoding), *encoding));
        best.filter(|encoding| weights(*encoding) > 0).unwrap_or(Self::Identity)
    }

    /// Compresses. Takes a while for large texts.
    pub(crate) fn encode(self, text: &[u8]) -> io::Result<Vec<u8>> {
        match self {
            Self::Identity => Ok(text.to_vec()),
            Self::Gzip => {
                let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
                encoder.write_all(text)?;
                encoder.finish()
            }
            Self::Brotli => {
                let parameters =
                    BrotliEncoderParams { quality: BROTLI_QUALITY, ..Default::default() };
                let mut encoder =
                    CompressorWriter::with_params(Vec::new(), BROTLI_BUFFER, &parameters);
                encoder.write_all(text)?;
                encoder.flush()?;
                Ok(encoder.into_inner())
            }
        }
    }
}

/// The weight that a header gives a coding, by its name or else by `*`.
fn weight(accept: &str, name: &str) -> Option<u16> {
    let mut any = None;
    for item in accept.split(',') {
        let mut parts = item.split(';').map(str::trim);
        let coding = parts.next().unwrap_or_default();
        let weight = parts
            .filter_map(|parameter| parameter.split_once('='))
            .find(|(key, _)| key.eq_ignore_ascii_case("q"))
            .map_or(Some(1000), |(_, value)| thousandths(value));
        if coding.eq_ignore_ascii_case(name) {
            return weight;
        }
        if coding == "*" {
            any = weight;
        }
    }
    any
}

/// Reads a `qvalue` (RFC 9110 §12.4.2): `0` or `1` with at most three decimals, at most one.
pub(crate) fn thousandths(text: &str) -> Option<u16> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    if !matches!(whole, "0" | "1")
        || decimals.len() > 3
        || !decimals.bytes().all(|byte| byte.is_ascii_digit())
    {
        return None;
    }
    format!("{whole}{decimals:0<3}").parse().ok().filter(|weight| *weight <= 1000)
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn weights() {
        for (text, weight) in [
            ("1", Some(1000)),
            ("1.000", Some(1000)),
            ("0", Some(0)),
            ("0.", Some(0)),
            ("0.8", Some(800)),
            ("0.05", Some(50)),
            ("1.001", None),
            ("0.1234", None),
            ("-1", None),
            ("+1", None),
            ("", None),
            ("0.+1", None),
        ] {
            assert_eq!(thousandths(text), weight, "{text}");
        }
    }

    #[test]
    fn what_clients_ask_for() {
        use Encoding::{Brotli, Gzip, Identity};
        for (accept, encoding) in [
            ("", Identity),
            ("gzip,deflate", Gzip),
            ("gzip, deflate, br", Brotli),
            ("gzip;q=1.0, *;q=0.5", Gzip),
            ("*", Brotli),
            ("br;q=0, gzip;q=0.2", Gzip),
            ("identity;q=0.5, gzip;q=0.2", Identity),
            ("gzip;q=0.5, br;q=0.4", Gzip),
            ("deflate", Identity),
            ("GZIP", Gzip),
            ("identity;q=0, *;q=0", Identity),
            ("gzip;q=nonsense", Identity),
        ] {
            assert_eq!(Encoding::negotiate(accept), encoding, "{accept}");
        }
    }

    #[test]
    fn what_is_compressed_comes_back() {
        let text = "{\"name\":\"demo\"}".repeat(10_000);
        let gzip = Encoding::Gzip.encode(text.as_bytes()).unwrap();
        let mut back = String::new();
        flate2::read::GzDecoder::new(gzip.as_slice()).read_to_string(&mut back).unwrap();
        assert_eq!(back, text);
        let br = Encoding::Brotli.encode(text.as_bytes()).unwrap();
        let mut back = String::new();
        brotli::Decompressor::new(br.as_slice(), 4096).read_to_string(&mut back).unwrap();
        assert_eq!(back, text);
        assert!(gzip.len() < text.len() / 50 && br.len() < gzip.len());
        assert_eq!(Encoding::Identity.encode(b"as it is").unwrap(), b"as it is");
    }

    proptest! {
        #[test]
        fn any_header_gets_an_answer(accept in any::<String>()) {
            Encoding::negotiate(&accept);
        }
    }
}
