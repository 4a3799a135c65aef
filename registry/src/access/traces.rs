//! What a decision leaves behind: a use of the credential, and a page about a refusal.

use model::{
    action::Action,
    decide::{Denied, RuleVerdict, Step},
    denial::Code,
    ecosystem::Ecosystem,
};

use super::{Access, AccessRequest, Denial, Recognised, Wanted, grant::FeedRef};
use crate::{
    denials::{Explanation, Refusal, Sameness},
    error::Error,
    usage::Alike,
};

impl Access {
    /// Notes the use of a real credential; the pages themselves are no use.
    pub(super) fn note(
        &self,
        recognised: &Recognised,
        request: &AccessRequest<'_>,
        feed: Option<&FeedRef>,
        action: Option<Action>,
        refused: Option<Code>,
    ) {
        let (account, token) = match recognised {
            Recognised::Token(known, _) => {
                (known.token.owner, Some((known.token.id, known.secret.id)))
            }
            Recognised::Password(verified) => (verified.account, None),
            Recognised::Anonymous | Recognised::Session(_) => return,
        };
        // npm looks for a newer npm with the user's token, in whatever feed that is for; neither
        // that nor a `ping` is a use of it.
        let is_check = matches!(request.wanted, Wanted::Read(Ecosystem::Npm, "npm"));
        // What is uploaded is noted when its name is known.
        let is_first_of_two = matches!(request.wanted, Wanted::Presence | Wanted::Upload(_));
        if is_check || (is_first_of_two && refused.is_none()) {
            return;
        }
        let now = self.core.now();
        let package = request.wanted.package();
        let alike = Alike {
            minute: now.as_millis() / 60_000,
            account,
            token,
            address: request.origin.address,
            user_agent: request.origin.user_agent.clone(),
            feed: feed.map(|feed| feed.id),
            package: package.map(|(ecosystem, name)| (ecosystem, name.to_owned())),
            action,
            refused,
        };
        self.usage.record(alike, now);
    }

    pub(super) fn refuse(
        &self,
        denied: Denied,
        recognised: &Recognised,
        request: &AccessRequest<'_>,
        action: Option<Action>,
        verdicts: Vec<RuleVerdict>,
    ) -> Result<Denial, Error> {
        // The link is for holders of a live secret; a dead one learns its code and date.
        let link = match recognised {
            Recognised::Anonymous | Recognised::Session(_) => None,
            _ if matches!(denied.step(), Step::Credential | Step::Account) => None,
            Recognised::Token(..) | Recognised::Password(_) => {
                Some(self.record(&denied, recognised, request, action, verdicts)?)
            }
        };
        let link = link.map(|id| format!("{}/denials/{id}", self.core.public_url));
        Ok(Denial::new(denied, recognised.bearer(), action, request, link.as_deref()))
    }

    fn record(
        &self,
        denied: &Denied,
        recognised: &Recognised,
        request: &AccessRequest<'_>,
        action: Option<Action>,
        verdicts: Vec<RuleVerdict>,
    ) -> Result<String, Error> {
        let (account, token, last4, rules) = match recognised {
            Recognised::Token(known, _) => (
                known.token.owner,
                Some(known.token.id),
                Some(known.secret.last4.clone()),
                known.token.facts.scope.rules.clone(),
            ),
            Recognised::Password(verified) => (verified.account, None, None, Vec::new()),
            Recognised::Anonymous | Recognised::Session(_) => {
                return Err(Error::internal("a denial without a credential", "cannot be recorded"));
            }
        };
        let rules = rules.into_iter().zip(verdicts).collect();
        let package = request.wanted.package();
        let package = package.map(|(ecosystem, name)| (ecosystem.name(), name.to_owned()));
        self.denials.record(Refusal {
            same: Sameness {
                account,
                token,
                code: denied.code,
                action,
                feed: request.feed.chars().take(63).collect(),
                package,
            },
            token_last4: last4,
            address: request.origin.address.to_string(),
            client: request.origin.client(),
            explanation: Explanation::new(denied, rules, action),
        })
    }
}
