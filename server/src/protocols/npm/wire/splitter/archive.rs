//! The archive's text, as it stands in its JSON string.

use super::{super::path::hexadecimal, SplitError, decoder::Decoder, run};

/// Reads the JSON string that holds the archive, from after its opening quote.
#[derive(Debug)]
pub(super) struct Archive {
    decoder: Decoder,
    escape: Escape,
}

/// Where in an escape sequence the text is.
#[derive(Debug, Clone, Copy)]
enum Escape {
    None,
    Backslash,
    Unicode { digits: u8, value: u16 },
}

impl Archive {
    /// An archive of at most `limit` bytes.
    pub(super) fn new(limit: u64) -> Self {
        Self { decoder: Decoder::new(limit), escape: Escape::None }
    }

    /// Takes a run of text. Gives how many bytes were taken, and whether the closing quote was among
    /// them.
    pub(super) fn take(
        &mut self,
        text: &[u8],
        sink: &mut impl FnMut(&[u8]),
    ) -> Result<(usize, bool), SplitError> {
        if !matches!(self.escape, Escape::None) {
            let Some(&byte) = text.first() else {
                return Ok((0, false));
            };
            self.escaped(byte, sink)?;
            return Ok((1, false));
        }
        let end = run(text);
        self.decoder.push(&text[..end], sink)?;
        match text.get(end) {
            Some(b'"') => Ok((end + 1, true)),
            Some(_) => {
                self.escape = Escape::Backslash;
                Ok((end + 1, false))
            }
            None => Ok((end, false)),
        }
    }

    /// Ends the archive; gives its length in bytes.
    pub(super) fn finish(&self) -> Result<u64, SplitError> {
        self.decoder.finish()
    }

    /// Takes one byte of an escape sequence (RFC 8259 §7). Of the short ones only the slash's is base64.
    fn escaped(&mut self, byte: u8, sink: &mut impl FnMut(&[u8])) -> Result<(), SplitError> {
        self.escape = match (self.escape, byte) {
            (Escape::Backslash, b'u') => Escape::Unicode { digits: 0, value: 0 },
            (Escape::Backslash, b'/') => {
                self.decoder.push(b"/", sink)?;
                Escape::None
            }
            (Escape::Unicode { digits, value }, _) => {
                let value = value << 4 | u16::from(hexadecimal(byte).ok_or(SplitError::NotBase64)?);
                if digits < 3 {
                    Escape::Unicode { digits: digits + 1, value }
                } else {
                    let character = u8::try_from(value).map_err(|_| SplitError::NotBase64)?;
                    self.decoder.push(&[character], sink)?;
                    Escape::None
                }
            }
            (Escape::Backslash | Escape::None, _) => return Err(SplitError::NotBase64),
        };
        Ok(())
    }
}
