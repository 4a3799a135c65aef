//! Base64 decoded as it streams by.

use base64::{DecodeError, DecodeSliceError, Engine, engine::general_purpose::STANDARD};

use super::{super::sentence::Size, SplitError};

/// Characters decoded at once: a multiple of four, small enough for the stack.
const BLOCK: usize = 4096;

/// Decodes base64 (RFC 4648 §4, with padding) that arrives in pieces.
#[derive(Debug)]
pub(super) struct Decoder {
    /// Characters that do not make a group of four yet.
    pending: [u8; 4],
    pending_len: usize,
    /// Whether padding has ended the data.
    padded: bool,
    decoded: u64,
    limit: u64,
}

impl Decoder {
    /// A decoder that gives out at most `limit` bytes.
    pub(super) fn new(limit: u64) -> Self {
        Self { pending: [0; 4], pending_len: 0, padded: false, decoded: 0, limit }
    }

    /// Decodes the next characters and hands the bytes to `sink`.
    pub(super) fn push(
        &mut self,
        mut text: &[u8],
        sink: &mut impl FnMut(&[u8]),
    ) -> Result<(), SplitError> {
        while let Some((&first, rest)) = text.split_first() {
            if self.padded {
                return Err(SplitError::AfterPadding);
            }
            if self.pending_len == 0 && text.len() >= 4 {
                let (block, rest) = text.split_at(text.len().min(BLOCK) & !3);
                self.decode(block, sink)?;
                text = rest;
            } else {
                self.pending[self.pending_len] = first;
                self.pending_len += 1;
                text = rest;
                if self.pending_len == 4 {
                    self.pending_len = 0;
                    self.decode(&{ self.pending }, sink)?;
                }
            }
        }
        Ok(())
    }

    /// Ends the data; gives the number of bytes decoded.
    pub(super) fn finish(&self) -> Result<u64, SplitError> {
        if self.pending_len == 0 { Ok(self.decoded) } else { Err(SplitError::Padding) }
    }

    /// Decodes at most [`BLOCK`] characters in whole groups of four.
    fn decode(&mut self, groups: &[u8], sink: &mut impl FnMut(&[u8])) -> Result<(), SplitError> {
        let mut bytes = [0; BLOCK / 4 * 3];
        let length = STANDARD.decode_slice(groups, &mut bytes).map_err(|error| match error {
            DecodeSliceError::DecodeError(DecodeError::InvalidByte(at, b'=')) => {
                if groups[at..].iter().all(|byte| *byte == b'=') {
                    SplitError::Padding
                } else {
                    SplitError::AfterPadding
                }
            }
            DecodeSliceError::DecodeError(
                DecodeError::InvalidPadding | DecodeError::InvalidLength(_),
            ) => SplitError::Padding,
            _ => SplitError::NotBase64,
        })?;
        self.padded = groups.ends_with(b"=");
        self.decoded += length as u64;
        if self.decoded > self.limit {
            return Err(SplitError::AttachmentTooLarge(Size(self.limit)));
        }
        sink(&bytes[..length]);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decode(pieces: &[&[u8]], limit: u64) -> Result<Vec<u8>, SplitError> {
        let mut decoder = Decoder::new(limit);
        let mut bytes = Vec::new();
        for piece in pieces {
            decoder.push(piece, &mut |part: &[u8]| bytes.extend_from_slice(part))?;
        }
        let length = decoder.finish()?;
        assert_eq!(length, bytes.len() as u64);
        Ok(bytes)
    }

    #[test]
    fn good_and_bad_ends() {
        for (text, result) in [
            ("", Ok(&b""[..])),
            ("TQ==", Ok(b"M")),
            ("TWE=", Ok(b"Ma")),
            ("TWFu", Ok(b"Man")),
            ("TQ", Err(SplitError::Padding)),
            ("TQ=", Err(SplitError::Padding)),
            ("TWFuT", Err(SplitError::Padding)),
            ("T===", Err(SplitError::Padding)),
            ("====", Err(SplitError::Padding)),
            ("TQ==TQ==", Err(SplitError::AfterPadding)),
            ("TQ==T", Err(SplitError::AfterPadding)),
            ("TQ===", Err(SplitError::AfterPadding)),
            ("TQ=a", Err(SplitError::AfterPadding)),
            ("TR==", Err(SplitError::NotBase64)),
            ("TWF-", Err(SplitError::NotBase64)),
            ("TWF ", Err(SplitError::NotBase64)),
            ("TW\nu", Err(SplitError::NotBase64)),
            ("\u{e9}\u{e9}", Err(SplitError::NotBase64)),
        ] {
            let result = result.map(<[u8]>::to_vec);
            assert_eq!(decode(&[text.as_bytes()], 100), result, "{text}");
            let bytewise: Vec<&[u8]> = text.as_bytes().chunks(1).collect();
            assert_eq!(decode(&bytewise, 100), result, "{text} byte by byte");
        }
    }

    #[test]
    fn the_limit_is_exact() {
        assert_eq!(decode(&[b"TWFu"], 3), Ok(b"Man".to_vec()));
        assert_eq!(decode(&[b"TWFu"], 2), Err(SplitError::AttachmentTooLarge(Size(2))));
    }

    proptest! {
        #[test]
        fn pieces_make_no_difference(
            bytes in proptest::collection::vec(any::<u8>(), 0..20_000),
            sizes in proptest::collection::vec(1_usize..6000, 1..8),
        ) {
            let text = STANDARD.encode(&bytes);
            let mut rest = text.as_bytes();
            let mut pieces = Vec::new();
            for size in sizes.iter().cycle() {
                let (piece, tail) = rest.split_at((*size).min(rest.len()));
                pieces.push(piece);
                rest = tail;
                if rest.is_empty() { break; }
            }
            prop_assert_eq!(decode(&pieces, u64::MAX), Ok(bytes));
        }

        #[test]
        fn agrees_with_a_decoder_that_sees_everything(text in "[A-Za-z0-9+/=]{0,16}|[ -~]{0,8}", cut in 0_usize..16) {
            let (head, tail) = text.as_bytes().split_at(cut.min(text.len()));
            prop_assert_eq!(decode(&[head, tail], u64::MAX).ok(), STANDARD.decode(&text).ok());
        }
    }
}
