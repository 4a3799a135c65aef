//! The policy: what it is and where that comes from, and changing it while the server runs.

use std::{collections::BTreeMap, sync::Arc};

use model::{
    audit::Act,
    policy::{Policy, Reveal, Setting, SignUp},
    views::{KeptCopies, PolicyChange, PolicyPage, SettingOrigin, SettingView},
};
use serde_json::json;

use crate::{
    audit::{self, Actor, Entry},
    authority::{require_administrator, require_authority},
    core::Core,
    error::Error,
    sessions::{Caller, Sessions},
    storage::{Transaction, settings, tokens},
};

/// The policy.
pub struct Policies {
    pub(crate) core: Arc<Core>,
    pub(crate) sessions: Arc<Sessions>,
}

type Wrong = Vec<(Setting, String)>;

impl Policies {
    /// The page of the policy, for administrators.
    pub async fn page(&self, caller: &Caller) -> Result<PolicyPage, Error> {
        require_administrator(caller)?;
        let (primary, others) = tokens::sealed_copies(&mut &self.core.database).await?;
        Ok(PolicyPage { settings: self.list().await?, copies: KeptCopies { primary, others } })
    }

    /// Every setting, on an operator's word.
    pub async fn list(&self) -> Result<Vec<SettingView>, Error> {
        let kept = settings::policy(&mut &self.core.database).await?;
        let policy = self.core.policy.of(&kept)?;
        let view = |setting| SettingView {
            setting,
            text: policy.text(setting),
            origin: match self.core.policy.fixed.place(setting) {
                Some(place) => SettingOrigin::Fixed(place.to_owned()),
                None if kept.iter().any(|(known, _)| *known == setting) => SettingOrigin::Kept,
                None => SettingOrigin::Default,
            },
        };
        Ok(Setting::ALL.into_iter().map(view).collect())
    }

    /// Gives settings other values, or `None` for what holds by itself: all of them or none. Copies
    /// of tokens' values that the new policy does not allow are destroyed with it, if whoever asks
    /// has agreed to that.
    pub async fn change(
        &self,
        actor: &Actor,
        changes: &[(Setting, Option<String>)],
        has_agreed: bool,
    ) -> Result<PolicyChange, Error> {
        let mut transaction = self.core.database.write().await?;
        require_authority(&mut transaction, &self.sessions, actor).await?;
        let known = settings::policy(&mut transaction).await?;
        let before = self.core.policy.of(&known)?;
        let kept = match self.applied(&before, known.clone(), changes) {
            Ok(kept) => kept,
            Err(wrong) => return Ok(PolicyChange::Wrong(wrong)),
        };
        let after = self.core.policy.of(&kept)?;
        if let Some(wrong) = admits_nobody(&after, changes) {
            return Ok(PolicyChange::Wrong(vec![wrong]));
        }
        if kept == known {
            return Ok(PolicyChange::Made(0));
        }
        let doomed = doomed(&mut transaction, before.reveal, after.reveal).await?;
        if doomed > 0 && !has_agreed {
            return Ok(PolicyChange::Destroys(doomed));
        }
        for (setting, text) in kept.iter().filter(|kept| !known.contains(kept)) {
            settings::put(&mut transaction, *setting, text).await?;
        }
        for (setting, _) in &known {
            if !kept.iter().any(|(kept, _)| kept == setting) {
                settings::remove(&mut transaction, *setting).await?;
            }
        }
        if doomed > 0 {
            tokens::drop_sealed(&mut transaction, after.reveal == Reveal::Never).await?;
        }
        let details = json!({ "changed": difference(&before, &after), "destroyed": doomed });
        let entry = Entry::new(Act::PolicyChange, "policy").with(details);
        audit::append(&mut transaction, actor, self.core.now(), entry).await?;
        transaction.commit().await?;
        // From here on this process acts by it, whoever asks next.
        self.core.read_policy().await?;
        Ok(PolicyChange::Made(doomed))
    }

    /// The settings that are kept after the changes; or what is wrong with these.
    fn applied(
        &self,
        before: &Policy,
        known: Vec<(Setting, String)>,
        changes: &[(Setting, Option<String>)],
    ) -> Result<Vec<(Setting, String)>, Wrong> {
        let mut kept: BTreeMap<_, _> = known.into_iter().collect();
        let (mut policy, mut wrong) = (before.clone(), Vec::new());
        for (setting, text) in changes {
            if let Some(place) = self.core.policy.fixed.place(*setting) {
                wrong.push((*setting, format!("Set by {place}, and changed only there.")));
                continue;
            }
            match text.as_deref().map(|text| policy.set(*setting, text)) {
                None => drop(kept.remove(setting)),
                Some(Ok(())) => drop(kept.insert(*setting, policy.text(*setting))),
                Some(Err(error)) => wrong.push((*setting, error.to_string())),
            }
        }
        if wrong.is_empty() { Ok(kept.into_iter().collect()) } else { Err(wrong) }
    }
}

/// Domains that decide who signs up have to be there.
fn admits_nobody(
    after: &Policy,
    changes: &[(Setting, Option<String>)],
) -> Option<(Setting, String)> {
    let concerns = |setting| changes.iter().any(|(changed, _)| *changed == setting);
    let is_changed = concerns(Setting::SignUp) || concerns(Setting::AllowedDomains);
    let is_empty = after.sign_up == SignUp::Domains && after.allowed_domains.is_empty();
    (is_changed && is_empty).then(|| {
        let words =
            "Name at least one domain. While sign-up is by domain, nobody else can sign up.";
        (Setting::AllowedDomains, words.to_owned())
    })
}

/// How many copies of values a changed reveal policy does not allow any more.
async fn doomed(
    transaction: &mut Transaction,
    before: Reveal,
    after: Reveal,
) -> Result<u64, Error> {
    if before == after {
        return Ok(0);
    }
    let (primary, others) = tokens::sealed_copies(transaction).await?;
    Ok(match after {
        Reveal::All => 0,
        Reveal::Primary => others,
        Reveal::Never => primary + others,
    })
}

/// What is different, for the audit log.
fn difference(before: &Policy, after: &Policy) -> Vec<serde_json::Value> {
    let changed = |setting: &Setting| before.text(*setting) != after.text(*setting);
    let both = |setting: Setting| json!({ "setting": setting.key(), "before": before.text(setting), "after": after.text(setting) });
    Setting::ALL.into_iter().filter(changed).map(both).collect()
}
