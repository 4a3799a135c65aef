//! What the audit log is asked for. It stands in the address of its page and of its exports, and the
//! command line says the same.

use serde::{Deserialize, Serialize};

use super::{link, search};
use crate::{
    audit::{Act, Group},
    expiry::parse_date,
    timestamp::Timestamp,
};

/// Which rows of the audit log are read, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AuditQuery {
    /// The name of the person who did it or whom it concerns; empty for anybody.
    pub who: String,
    /// The name of an act or the word of a group of acts; empty for any.
    pub what: String,
    /// The name of a feed; empty for any, and for what happens in none.
    pub feed: String,
    /// The beginning of the first day, UTC.
    pub from: Option<Timestamp>,
    /// The beginning of the last day, UTC; it counts whole.
    pub to: Option<Timestamp>,
    /// Only rows with lower numbers than this.
    pub before: Option<i64>,
}

impl AuditQuery {
    /// Reads the query of an address.
    pub fn from_pairs<N: AsRef<str>>(pairs: impl IntoIterator<Item = (N, String)>) -> Self {
        let mut query = Self::default();
        for (name, value) in pairs {
            match name.as_ref() {
                "who" => query.who = search(&value),
                "what" => query.what = known(&value),
                "feed" => query.feed = search(&value),
                "from" => query.from = day(&value),
                "to" => query.to = day(&value),
                "before" => query.before = value.parse().ok().filter(|before| *before > 0),
                _ => {}
            }
        }
        query
    }

    /// The query to put after an address: empty, or from its question mark on.
    pub fn link(&self) -> String {
        let day = |at: Option<Timestamp>| at.map(Timestamp::iso_date).unwrap_or_default();
        link([
            ("who", self.who.as_str()),
            ("what", self.what.as_str()),
            ("feed", self.feed.as_str()),
            ("from", &day(self.from)),
            ("to", &day(self.to)),
            ("before", &self.before.map(|before| before.to_string()).unwrap_or_default()),
        ])
    }

    /// The same rows from another one on.
    #[must_use]
    pub fn before(&self, before: Option<i64>) -> Self {
        Self { before, ..self.clone() }
    }

    /// Whether it leaves any row out, other than newer ones.
    pub fn is_narrow(&self) -> bool {
        *self != Self { before: self.before, ..Self::default() }
    }

    /// The acts it asks for; `None` for any.
    pub fn acts(&self) -> Option<Vec<Act>> {
        let group = Group::of(&self.what).map(|group| group.acts().to_vec());
        group.or_else(|| Act::of(&self.what).map(|act| vec![act]))
    }

    /// The moment after the last day.
    pub fn until(&self) -> Option<Timestamp> {
        let end = self.to.map(|day| Timestamp::end_of(day.date()));
        end.map(|end| end.plus(std::time::Duration::from_millis(1)))
    }
}

/// The name of an act or the word of a group, if there is such a one.
fn known(word: &str) -> String {
    let is_known = Group::of(word).is_some() || Act::of(word).is_some();
    if is_known { word.to_owned() } else { String::new() }
}

fn day(text: &str) -> Option<Timestamp> {
    parse_date(text).map(Timestamp::start_of)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> AuditQuery {
        AuditQuery::from_pairs(pairs.iter().map(|(name, value)| (*name, (*value).to_owned())))
    }

    #[test]
    fn the_log_is_the_same_by_its_address() {
        let query = read(&[
            ("who", " ana "),
            ("what", "token.create"),
            ("feed", "main"),
            ("from", "2027-02-01"),
            ("to", "2027-02-22"),
            ("before", "812"),
        ]);
        let link = "?who=ana&what=token.create&feed=main&from=2027-02-01&to=2027-02-22&before=812";
        assert_eq!(query.link(), link);
        let before = |query: &AuditQuery| query.before(None);
        assert_eq!(before(&query).link(), link.trim_end_matches("&before=812"));
        assert_eq!(query.until().unwrap().to_string(), "2027-02-23T00:00:00.000Z");
        assert!(query.is_narrow() && !read(&[("before", "9")]).is_narrow());
    }

    #[test]
    fn what_cannot_be_read_is_as_if_it_were_not_there() {
        let bad =
            [("what", "token.melt"), ("from", "2027-02-30"), ("to", "soon"), ("before", "-1")];
        assert_eq!(read(&bad), AuditQuery::default());
        assert_eq!(AuditQuery::default().link(), "");
    }

    #[test]
    fn a_group_stands_for_its_acts() {
        let acts = |what| read(&[("what", what)]).acts();
        assert_eq!(acts(""), None);
        assert_eq!(acts("token.reveal"), Some(vec![Act::TokenReveal]));
        assert_eq!(acts("members"), Some(vec![Act::MemberSet, Act::MemberRemove]));
    }
}
