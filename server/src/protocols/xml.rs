//! XML as far as package manifests need it: elements, attributes and text, read whole into a tree of
//! bounded size. Nothing outside the text is ever looked at: there are no document types, and no
//! entities but those that XML has by itself.

use quick_xml::{
    Reader, XmlVersion,
    escape::resolve_predefined_entity,
    events::{BytesRef, BytesStart, Event},
};

/// The most elements of a document.
const ELEMENTS: usize = 20_000;
/// How deep they may stand in each other.
const DEPTH: usize = 48;

/// The one other encoding in which manifests are found.
const LATIN: &str = "iso-8859-1";
/// The most bytes before the end of a document's declaration.
const LONGEST_DECLARATION: usize = 200;

/// An element with what stands in it. Names are without their prefix.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Element {
    name: String,
    attributes: Vec<(String, String)>,
    children: Vec<Element>,
    text: String,
}

/// Why a text is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum XmlError {
    /// It is in another encoding than UTF-8.
    #[error("is not in UTF-8")]
    Encoding,
    /// It has a document type, which could define entities.
    #[error("has a document type (DOCTYPE), which is not allowed")]
    DocumentType,
    /// It has an entity that nothing defines.
    #[error("has an entity that XML does not define by itself")]
    Entity,
    /// Too many elements, or too deep.
    #[error("has too many elements, or elements too deep within each other")]
    TooLarge,
    /// It is no XML.
    #[error("is not well-formed XML")]
    Malformed,
}

impl Element {
    /// Reads a document in UTF-8: its root element.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, XmlError> {
        Self::parse_text(utf8(bytes)?, "utf-8")
    }

    /// The same of a document that may also be in ISO-8859-1, if it says so: what Maven reads.
    pub(crate) fn parse_latin(bytes: &[u8]) -> Result<Self, XmlError> {
        if declared(bytes).is_some_and(|name| name.eq_ignore_ascii_case(LATIN)) {
            // Each byte is the character of its number.
            let text: String = bytes.iter().copied().map(char::from).collect();
            return Self::parse_text(&text, LATIN);
        }
        Self::parse(bytes)
    }

    fn parse_text(text: &str, encoding: &str) -> Result<Self, XmlError> {
        let mut reader = Reader::from_str(text);
        let mut open: Vec<Self> = Vec::new();
        let mut root = None;
        let mut count = 0;
        loop {
            match reader.read_event().map_err(|_| XmlError::Malformed)? {
                Event::Start(start) => {
                    let element = begin(&start, &mut count)?;
                    open.push(element);
                    if open.len() > DEPTH {
                        return Err(XmlError::TooLarge);
                    }
                }
                Event::Empty(start) => {
                    let element = begin(&start, &mut count)?;
                    end(element, &mut open, &mut root)?;
                }
                Event::End(_) => {
                    let element = open.pop().ok_or(XmlError::Malformed)?;
                    end(element, &mut open, &mut root)?;
                }
                Event::Text(text) => say(&text.xml10_content(), &mut open)?,
                Event::CData(text) => say(&text.xml10_content(), &mut open)?,
                Event::GeneralRef(entity) => say(&resolve(&entity)?, &mut open)?,
                Event::DocType(_) => return Err(XmlError::DocumentType),
                Event::Decl(declaration) => {
                    let declared = declaration.encoding().transpose();
                    let declared = declared.map_err(|_| XmlError::Malformed)?;
                    if !declared.is_none_or(|name| name.eq_ignore_ascii_case(encoding)) {
                        return Err(XmlError::Encoding);
                    }
                }
                Event::Comment(_) | Event::PI(_) => {}
                Event::Eof => break,
            }
        }
        if open.is_empty() { root.ok_or(XmlError::Malformed) } else { Err(XmlError::Malformed) }
    }

    /// Its name, without a prefix.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Its text, without surrounding space. What stands in elements within does not count.
    pub(crate) fn text(&self) -> &str {
        self.text.trim()
    }

    /// An attribute's value.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The elements of a name within it.
    pub(crate) fn children<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |child| child.name == name)
    }
}

fn utf8(bytes: &[u8]) -> Result<&str, XmlError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    str::from_utf8(bytes).map_err(|_| XmlError::Encoding)
}

/// The encoding that a document's first line declares (Extensible Markup Language 1.0, §4.3.3).
fn declared(bytes: &[u8]) -> Option<&str> {
    let end = bytes.windows(2).take(LONGEST_DECLARATION).position(|two| two == b"?>")?;
    let declaration = str::from_utf8(bytes.get(..end)?).ok()?.strip_prefix("<?xml ")?;
    let value = declaration.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    Some(value.get(1..)?.split_once(quote)?.0)
}

fn begin(start: &BytesStart<'_>, count: &mut usize) -> Result<Element, XmlError> {
    *count += 1;
    if *count > ELEMENTS {
        return Err(XmlError::TooLarge);
    }
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|_| XmlError::Malformed)?;
        let value = attribute.normalized_value(XmlVersion::Implicit1_0);
        let value = value.map_err(|_| XmlError::Entity)?.into_owned();
        attributes.push((attribute.key.local_name().as_ref().to_owned(), value));
    }
    let name = start.local_name().as_ref().to_owned();
    Ok(Element { name, attributes, ..Element::default() })
}

fn end(element: Element, open: &mut [Element], root: &mut Option<Element>) -> Result<(), XmlError> {
    match open.last_mut() {
        Some(parent) => parent.children.push(element),
        None if root.is_none() => *root = Some(element),
        None => return Err(XmlError::Malformed),
    }
    Ok(())
}

fn say(text: &str, open: &mut [Element]) -> Result<(), XmlError> {
    match open.last_mut() {
        Some(element) => element.text.push_str(text),
        None if text.trim().is_empty() => {}
        None => return Err(XmlError::Malformed),
    }
    Ok(())
}

fn resolve(entity: &BytesRef<'_>) -> Result<String, XmlError> {
    if let Some(character) = entity.resolve_char_ref().map_err(|_| XmlError::Entity)? {
        return Ok(character.to_string());
    }
    let text = resolve_predefined_entity(&entity.xml10_content()).map(str::to_owned);
    text.ok_or(XmlError::Entity)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use quick_xml::escape::escape;

    use super::*;

    #[test]
    fn a_document_becomes_a_tree() {
        let root = Element::parse(
            b"\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n<!-- c --><p:a xmlns:p='u' k=\"1 &lt; &#x32;\">\n \
              x &amp; y<![CDATA[<z>]]>&#233; <b/><b n='2'>in</b></p:a>\n",
        )
        .unwrap();
        assert_eq!((root.name(), root.text()), ("a", "x & y<z>\u{e9}"));
        assert_eq!((root.attribute("k"), root.attribute("n")), (Some("1 < 2"), None));
        let children: Vec<_> = root.children("b").map(|b| (b.text(), b.attribute("n"))).collect();
        assert_eq!(children, [("", None), ("in", Some("2"))]);
        assert_eq!(root.children("c").count(), 0);
    }

    #[test]
    fn what_is_not_read() {
        let deep = format!("{}{}", "<a>".repeat(DEPTH + 1), "</a>".repeat(DEPTH + 1));
        let many = format!("<a>{}</a>", "<b/>".repeat(ELEMENTS));
        let laughs = "<!DOCTYPE a [<!ENTITY b \"lol\"><!ENTITY c \"&b;&b;\">]><a>&c;</a>";
        let outside = "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>";
        for (document, error) in [
            (&b""[..], XmlError::Malformed),
            (b"text", XmlError::Malformed),
            (b"<a>", XmlError::Malformed),
            (b"<a></b>", XmlError::Malformed),
            (b"</a>", XmlError::Malformed),
            (b"<a/><b/>", XmlError::Malformed),
            (b"<a/>text", XmlError::Malformed),
            (b"<a b='1' b='2'/>", XmlError::Malformed),
            (b"<a b=1/>", XmlError::Malformed),
            (b"<a>&b;</a>", XmlError::Entity),
            (b"<a b='&c;'/>", XmlError::Entity),
            (b"<a>&#0;</a>", XmlError::Entity),
            (b"<a>&#xd800;</a>", XmlError::Entity),
            (laughs.as_bytes(), XmlError::DocumentType),
            (outside.as_bytes(), XmlError::DocumentType),
            (b"<?xml version='1.0' encoding='utf-16'?><a/>", XmlError::Encoding),
            (b"<?xml version='1.0' encoding='windows-1252'?><a>\xe4</a>", XmlError::Encoding),
            (b"\xff\xfe<\x00a\x00/\x00>\x00", XmlError::Encoding),
            (deep.as_bytes(), XmlError::TooLarge),
            (many.as_bytes(), XmlError::TooLarge),
        ] {
            let text = String::from_utf8_lossy(document);
            assert_eq!(Element::parse(document), Err(error), "{}", &text[..text.len().min(60)]);
        }
    }

    #[test]
    fn latin_is_read_where_it_is_declared() {
        let document = |line: &str| [line.as_bytes(), b"<a b='\xe9'>\xfc&#8364;</a>"].concat();
        for line in [
            "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>",
            "<?xml version='1.0' encoding = 'iso-8859-1' standalone='yes'?>\n",
        ] {
            let read = Element::parse_latin(&document(line)).unwrap();
            assert_eq!((read.text(), read.attribute("b")), ("\u{fc}\u{20ac}", Some("\u{e9}")));
            assert_eq!(Element::parse(&document(line)), Err(XmlError::Encoding));
        }
        for line in [
            "",
            "<?xml version='1.0'?>",
            "<?xml version='1.0' encoding='utf-8'?>",
            "<?xml encoding",
        ] {
            assert_eq!(Element::parse_latin(&document(line)), Err(XmlError::Encoding), "{line}");
        }
        let later = "<a/><?xml version='1.0' encoding='ISO-8859-1'?>";
        assert!(Element::parse_latin(later.as_bytes()).is_err());
        assert_eq!(Element::parse_latin(b"<a>\xc3\xa9</a>").unwrap().text(), "\u{e9}");
    }

    fn trees() -> impl Strategy<Value = Element> {
        let attributes = prop::collection::btree_map("[a-c]", "[ -~\u{e9}]{0,9}", 0..3);
        let element = ("[a-z][a-z0-9.-]{0,4}", attributes, "[ -~\u{e9}]{0,9}");
        let leaf = element.prop_map(|(name, attributes, text)| Element {
            name,
            attributes: attributes.into_iter().collect(),
            text,
            children: Vec::new(),
        });
        leaf.clone().prop_recursive(6, 60, 5, move |inner| {
            let children = prop::collection::vec(inner, 0..5);
            (leaf.clone(), children).prop_map(|(leaf, children)| Element { children, ..leaf })
        })
    }

    fn written(element: &Element) -> String {
        let Element { name, attributes, text, children } = element;
        let attributes: Vec<String> =
            attributes.iter().map(|(name, value)| format!(" {name}='{}'", escape(value))).collect();
        let attributes = attributes.concat();
        let children: String = children.iter().map(written).collect();
        format!("<{name}{attributes}>{}{children}</{name}>", escape(text))
    }

    proptest! {
        #[test]
        fn any_tree_is_read_as_it_was_written(tree in trees()) {
            prop_assert_eq!(Element::parse(written(&tree).as_bytes()), Ok(tree));
        }

        #[test]
        fn half_a_document_is_none(tree in trees(), at in any::<prop::sample::Index>()) {
            let document = written(&tree);
            let half = &document[..document.floor_char_boundary(at.index(document.len()))];
            prop_assert!(Element::parse(half.as_bytes()).is_err());
        }

        #[test]
        fn any_bytes_are_read_or_not(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Element::parse_latin(&bytes);
        }

        #[test]
        fn any_tags_are_read_or_not(text in "(<a>|</a>|<b c='&lt;'/>|&amp;|&#65;|<!--|-->|<!\\[CDATA\\[|\\]\\]>|x| ){0,12}") {
            let _ = Element::parse_latin(text.as_bytes());
        }
    }
}
