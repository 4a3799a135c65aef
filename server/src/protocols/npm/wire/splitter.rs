//! A publish body taken apart while it arrives.
//!
//! npm publishes with one JSON document that holds the whole archive as a base64 string at
//! `_attachments.<file>.data`. [`Splitter`] reads it in pieces of any size: that one string is decoded and
//! handed on as it comes, everything else is kept, with `""` in its place. Memory is bounded by the
//! document, not by the archive.
//!
//! The splitter follows the structure of the JSON exactly, so that nothing but that one place is ever
//! taken for the archive; whether strings and numbers outside it are well formed is left to the parser that
//! reads the document afterwards.

mod archive;
mod decoder;
mod error;

use std::borrow::Cow;

use self::archive::Archive;
pub(crate) use self::error::SplitError;
use super::sentence::Size;

/// How deep objects and arrays may nest. Manifests need about five levels.
const DEPTH_LIMIT: usize = 64;

/// The largest parts a [`Splitter`] accepts, in bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Of the JSON document without the archive.
    pub(crate) document: usize,
    /// Of the decoded archive.
    pub(crate) attachment: u64,
}

/// A publish body taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Split {
    /// The JSON document, with `""` in place of the archive.
    pub(crate) document: Vec<u8>,
    /// The length of the archive in bytes, if the document had one.
    pub(crate) attachment: Option<u64>,
}

/// What an open object or array is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Frame {
    Root,
    Attachments,
    Attachment,
    Object,
    Array,
}

/// What the next value is, by the key before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Plain,
    Attachments,
    Attachment,
    Data,
}

/// What the next byte belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// The body's opening brace.
    Start,
    /// A value.
    Value,
    /// After `[`: a value or `]`.
    FirstValue,
    /// A key, after a comma.
    Key,
    /// After `{`: a key or `}`.
    FirstKey,
    Colon,
    /// A comma or the end of the object or array.
    AfterValue,
    /// A number, `true`, `false` or `null`.
    Literal,
    /// A string that is kept.
    Text {
        key: bool,
        escaped: bool,
    },
    /// The archive.
    Archive,
    /// After the body's closing brace.
    End,
}

/// Takes a publish body apart; see the module.
#[derive(Debug)]
pub(crate) struct Splitter {
    limits: Limits,
    document: Vec<u8>,
    frames: Vec<Frame>,
    state: State,
    role: Role,
    /// Where in `document` the current key begins, its quote included.
    key_start: usize,
    offset: u64,
    attachments_seen: bool,
    attachment_seen: bool,
    archive: Archive,
    /// The archive's length, once it ended.
    attachment: Option<u64>,
    failure: Option<SplitError>,
}

impl Splitter {
    /// A splitter at the beginning of a body.
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            document: Vec::new(),
            frames: Vec::new(),
            state: State::Start,
            role: Role::Plain,
            key_start: 0,
            offset: 0,
            attachments_seen: false,
            attachment_seen: false,
            archive: Archive::new(limits.attachment),
            attachment: None,
            failure: None,
        }
    }

    /// Takes the next bytes of the body; `sink` receives the archive, piece by piece and in order.
    ///
    /// What `sink` received is to be thrown away after an error. An error stays: every later call
    /// answers the same.
    pub(crate) fn push(
        &mut self,
        chunk: &[u8],
        sink: &mut impl FnMut(&[u8]),
    ) -> Result<(), SplitError> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        self.take(chunk, sink).inspect_err(|error| self.failure = Some(error.clone()))
    }

    /// Ends the body.
    pub(crate) fn finish(self) -> Result<Split, SplitError> {
        if let Some(failure) = self.failure {
            return Err(failure);
        }
        if self.state != State::End {
            return Err(SplitError::Truncated);
        }
        Ok(Split { document: self.document, attachment: self.attachment })
    }

    fn take(&mut self, mut rest: &[u8], sink: &mut impl FnMut(&[u8])) -> Result<(), SplitError> {
        while let Some(&byte) = rest.first() {
            let taken = match self.state {
                State::Text { key, escaped } => self.text(rest, key, escaped)?,
                State::Archive => self.archive(rest, sink)?,
                _ => self.structure(byte)?,
            };
            rest = &rest[taken..];
            self.offset += taken as u64;
        }
        Ok(())
    }

    /// Takes one byte outside strings. Gives how many were taken: none at the end of a literal, which
    /// shows only in the byte after it.
    fn structure(&mut self, byte: u8) -> Result<usize, SplitError> {
        let blank = matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
        match (self.state, byte) {
            (State::Literal, b'0'..=b'9' | b'a'..=b'z' | b'E' | b'+' | b'-' | b'.') => {}
            (State::Literal, _) => {
                self.state = State::AfterValue;
                return Ok(0);
            }
            _ if blank => {}
            (State::Start, b'{') => self.open(Frame::Root)?,
            (State::Start, b'[' | b'"' | b't' | b'f' | b'n' | b'-' | b'0'..=b'9') => {
                return Err(SplitError::NotAnObject);
            }
            (State::FirstKey, b'}') | (State::FirstValue, b']') => self.close(),
            (State::FirstKey | State::Key, b'"') => {
                self.key_start = self.document.len();
                self.state = State::Text { key: true, escaped: false };
            }
            (State::Colon, b':') => self.state = State::Value,
            (State::Value | State::FirstValue, _) => self.value(byte)?,
            (State::AfterValue, _) => match (self.frames.last(), byte) {
                (Some(Frame::Array), b',') => self.state = State::Value,
                (Some(Frame::Array), b']') => self.close(),
                (Some(Frame::Array) | None, _) => return Err(self.syntax()),
                (Some(_), b',') => self.state = State::Key,
                (Some(_), b'}') => self.close(),
                (Some(_), _) => return Err(self.syntax()),
            },
            _ => return Err(self.syntax()),
        }
        self.keep(&[byte])?;
        Ok(1)
    }

    /// Takes the first byte of a value.
    fn value(&mut self, byte: u8) -> Result<(), SplitError> {
        let role = std::mem::replace(&mut self.role, Role::Plain);
        if role == Role::Data && byte != b'"' {
            return Err(SplitError::DataNotText);
        }
        match (byte, role) {
            (b'{', Role::Attachments) => self.open(Frame::Attachments),
            (b'{', Role::Attachment) => self.open(Frame::Attachment),
            (b'{', _) => self.open(Frame::Object),
            (b'[', _) => self.open(Frame::Array),
            (b'"', Role::Data) => {
                self.state = State::Archive;
                Ok(())
            }
            (b'"', _) => {
                self.state = State::Text { key: false, escaped: false };
                Ok(())
            }
            (b't' | b'f' | b'n' | b'-' | b'0'..=b'9', _) => {
                self.state = State::Literal;
                Ok(())
            }
            _ => Err(self.syntax()),
        }
    }

    fn open(&mut self, frame: Frame) -> Result<(), SplitError> {
        if self.frames.len() == DEPTH_LIMIT {
            return Err(SplitError::TooDeep);
        }
        self.frames.push(frame);
        self.state = if frame == Frame::Array { State::FirstValue } else { State::FirstKey };
        Ok(())
    }

    fn close(&mut self) {
        self.frames.pop();
        self.state = if self.frames.is_empty() { State::End } else { State::AfterValue };
    }

    /// Takes a run of a string that is kept.
    fn text(&mut self, rest: &[u8], key: bool, escaped: bool) -> Result<usize, SplitError> {
        if escaped {
            self.keep(&rest[..1])?;
            self.state = State::Text { key, escaped: false };
            return Ok(1);
        }
        let end = run(rest);
        let taken = (end + 1).min(rest.len());
        self.keep(&rest[..taken])?;
        match rest.get(end) {
            Some(b'"') if key => {
                self.role = self.role_of_key()?;
                self.state = State::Colon;
            }
            Some(b'"') => self.state = State::AfterValue,
            Some(_) => self.state = State::Text { key, escaped: true },
            None => {}
        }
        Ok(taken)
    }

    /// Says what the value of the key that just ended is.
    fn role_of_key(&mut self) -> Result<Role, SplitError> {
        match self.frames.last() {
            Some(Frame::Root) if self.key_is("_attachments") => {
                if std::mem::replace(&mut self.attachments_seen, true) {
                    return Err(SplitError::Repeated("_attachments"));
                }
                Ok(Role::Attachments)
            }
            Some(Frame::Attachments) => {
                if std::mem::replace(&mut self.attachment_seen, true) {
                    return Err(SplitError::SeveralAttachments);
                }
                Ok(Role::Attachment)
            }
            Some(Frame::Attachment) if self.key_is("data") => {
                if self.attachment.is_some() {
                    return Err(SplitError::Repeated("data"));
                }
                Ok(Role::Data)
            }
            _ => Ok(Role::Plain),
        }
    }

    /// Whether the key that just ended is `name`. Its escapes are resolved by the parser that reads the
    /// document afterwards, and refuses what is no string.
    fn key_is(&self, name: &str) -> bool {
        let key = &self.document[self.key_start..];
        serde_json::from_slice::<Cow<'_, str>>(key).is_ok_and(|key| key == name)
    }

    /// Takes a run of the archive's text.
    fn archive(&mut self, rest: &[u8], sink: &mut impl FnMut(&[u8])) -> Result<usize, SplitError> {
        let (taken, ended) = self.archive.take(rest, sink)?;
        if ended {
            self.attachment = Some(self.archive.finish()?);
            self.keep(b"\"")?;
            self.state = State::AfterValue;
        }
        Ok(taken)
    }

    fn keep(&mut self, bytes: &[u8]) -> Result<(), SplitError> {
        if bytes.len() > self.limits.document - self.document.len() {
            return Err(SplitError::DocumentTooLarge(Size(self.limits.document as u64)));
        }
        self.document.extend_from_slice(bytes);
        Ok(())
    }

    fn syntax(&self) -> SplitError {
        SplitError::Syntax(self.offset)
    }
}

/// How many bytes stand before the first quote or backslash.
fn run(text: &[u8]) -> usize {
    text.iter().position(|byte| matches!(byte, b'"' | b'\\')).unwrap_or(text.len())
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
