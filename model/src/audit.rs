//! The acts that the audit log knows: their technical names, which stay as they are for good, and the
//! words for people.

macro_rules! groups {
    ($($(#[$doc:meta])* $group:ident = $word:literal $label:literal { $($act:ident = $name:literal $words:literal,)+ })+) => {
        /// What acts have in common.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Group { $($(#[$doc])* $group),+ }

        impl Group {
            /// Every group, in the order of a list to choose from.
            pub const ALL: &[Self] = &[$(Self::$group),+];

            /// The word in addresses and on the command line; it has no dot, as acts have.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$group => $word),+ }
            }

            /// The words on the page.
            pub const fn label(self) -> &'static str {
                match self { $(Self::$group => $label),+ }
            }

            /// Its acts.
            pub const fn acts(self) -> &'static [Act] {
                match self { $(Self::$group => &[$(Act::$act),+]),+ }
            }
        }

        /// Something that is written down when it is done.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Act { $($(#[doc = $words] $act,)+)+ }

        impl Act {
            /// The name in the log: `token.create`.
            pub const fn name(self) -> &'static str {
                match self { $($(Self::$act => $name,)+)+ }
            }

            /// The words on the page: `Token made`.
            pub const fn words(self) -> &'static str {
                match self { $($(Self::$act => $words,)+)+ }
            }
        }
    };
}

groups! {
    /// Coming and going, and proving who one is.
    SignIn = "sign-in" "Sign-in" {
        SessionBegin = "session.begin" "Signed in",
        SessionFail = "session.fail" "Sign-in failed",
        SessionConfirm = "session.confirm" "Identity confirmed",
        SessionEnd = "session.end" "Signed out",
        SessionEndOthers = "session.end-others" "Other sessions signed out",
        LoginApprove = "login.approve" "Terminal approved",
        LoginDeny = "login.deny" "Terminal denied",
    }
    /// Access tokens.
    Tokens = "tokens" "Tokens" {
        TokenCreate = "token.create" "Token made",
        TokenReveal = "token.reveal" "Token shown",
        TokenCopy = "token.copy" "Token copied",
        TokenEdit = "token.edit" "Token changed",
        TokenRegenerate = "token.regenerate" "Token regenerated",
        TokenStopOld = "token.stop-old" "Old token value ended",
        TokenSuspend = "token.suspend" "Token suspended",
        TokenResume = "token.resume" "Token resumed",
        TokenRevoke = "token.revoke" "Token revoked",
        TokenLeak = "token.leak" "Token marked as leaked",
    }
    /// Feeds.
    Feeds = "feeds" "Feeds" {
        FeedCreate = "feed.create" "Feed made",
        FeedSettings = "feed.settings" "Feed described anew",
        FeedVisibility = "feed.visibility" "Feed opened or closed",
        FeedDelete = "feed.delete" "Feed deleted",
        FeedRelease = "feed.release" "Feed name released",
    }
    /// Packages.
    Packages = "packages" "Packages" {
        PackagePublish = "package.publish" "Version published",
        PackageAddFile = "package.add-file" "File added",
        PackageWithdrawFile = "package.withdraw-file" "File withdrawn",
        PackageListVersions = "package.list-versions" "List of versions sent",
        PackageList = "package.list" "Version listed again",
        PackageUnlist = "package.unlist" "Version unlisted",
        PackageDeprecate = "package.deprecate" "Versions deprecated",
        PackageUndeprecate = "package.undeprecate" "Deprecation taken back",
        PackageTag = "package.tag" "Tag set",
        PackageUntag = "package.untag" "Tag removed",
        PackageDeleteVersion = "package.delete-version" "Version deleted",
        PackageDelete = "package.delete" "Package deleted",
        PackageRegister = "package.register" "Name registered",
        PackageUnregister = "package.unregister" "Name taken back",
    }
    /// Who may do what in a feed.
    Members = "members" "Members" {
        MemberSet = "feed.member" "Role given",
        MemberRemove = "feed.member.remove" "Member removed",
    }
    /// Accounts.
    Accounts = "accounts" "Accounts" {
        AccountSetUp = "account.set-up" "First account made",
        AccountCreate = "account.create" "Account made",
        AccountSignUp = "account.sign-up" "Signed up",
        AccountInvite = "account.invite" "Invitation sent",
        AccountChoosePassword = "account.choose-password" "Password chosen by a link",
        AccountSetPassword = "account.set-password" "Password set",
        AccountChangePassword = "account.change-password" "Password changed",
        AccountWithdraw = "account.withdraw" "Invitation withdrawn",
        AccountResetLink = "account.reset-link" "Link for a new password made",
        AccountResetPassword = "account.reset-password" "Password reset by a link",
        AccountSignOut = "account.sign-out" "Signed out everywhere",
        AccountRename = "account.rename" "Display name changed",
        AccountEmail = "account.email" "E-mail address changed",
        AccountRole = "account.role" "Administrator made or unmade",
        AccountDisable = "account.disable" "Account disabled",
        AccountEnable = "account.enable" "Account enabled",
        AccountDelete = "account.delete" "Account deleted",
    }
    /// What the operator decides for everyone.
    Policy = "policy" "Policy" {
        PolicyChange = "policy.change" "Policy changed",
    }
    /// Identities elsewhere that open an account here.
    Identities = "identities" "Identities" {
        IdentityLink = "identity.link" "Identity linked",
        IdentityUnlink = "identity.unlink" "Identity unlinked",
    }
    /// Looking after the data as a whole.
    Data = "data" "Data" {
        DataBackup = "data.backup" "Backup made",
        DataRestore = "data.restore" "Backup restored",
        DataMigrate = "data.migrate" "Moved to another database",
        DataRotateKey = "data.rotate-key" "Master key replaced",
    }
}

impl Act {
    /// The act of this name. An older or a newer server may have written others.
    pub fn of(name: &str) -> Option<Self> {
        let mut acts = Group::ALL.iter().flat_map(|group| group.acts()).copied();
        acts.find(|act| act.name() == name)
    }
}

impl Group {
    /// Those of which a person wants to know about the own account: whatever opens it.
    pub const SECURITY: &[Self] = &[Self::SignIn, Self::Tokens, Self::Accounts, Self::Identities];

    /// The group of this word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|group| group.word() == word)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_act_is_known_by_its_name() {
        let acts: Vec<Act> = Group::ALL.iter().flat_map(|group| group.acts()).copied().collect();
        let names: BTreeSet<_> = acts.iter().map(|act| act.name()).collect();
        let words: BTreeSet<_> = acts.iter().map(|act| act.words()).collect();
        assert_eq!((names.len(), words.len()), (acts.len(), acts.len()), "no two are alike");
        for act in acts {
            assert_eq!(Act::of(act.name()), Some(act));
            assert!(act.name().contains('.'), "{act:?} cannot be taken for a group");
        }
        for group in Group::ALL {
            assert_eq!(Group::of(group.word()), Some(*group));
            assert!(!group.word().contains('.'), "{group:?} cannot be taken for an act");
        }
        assert_eq!((Act::of("token.melt"), Group::of("melting")), (None, None));
    }
}
