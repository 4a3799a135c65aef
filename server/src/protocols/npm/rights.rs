//! Which right a request asks for, where its address alone does not say.

use model::{action::Action, ecosystem::Ecosystem};
use registry::{
    Denial, Grant,
    access::{AccessRequest, Wanted},
};

use super::{Call, answer::Refusal, wire::name::Name};
use crate::web::InternalError;

pub(super) fn read(name: &Name) -> Wanted<'_> {
    Wanted::Read(Ecosystem::Npm, name.as_str())
}

pub(super) fn push(name: &Name) -> Wanted<'_> {
    Wanted::Push(Ecosystem::Npm, name.as_str())
}

pub(super) fn unlist(name: &Name) -> Wanted<'_> {
    Wanted::Unlist(Ecosystem::Npm, name.as_str())
}

pub(super) fn delete(name: &Name) -> Wanted<'_> {
    Wanted::Delete(Ecosystem::Npm, name.as_str())
}

impl Call {
    pub(super) async fn authorize(&self, wanted: Wanted<'_>) -> Result<Grant, Refusal> {
        let request = self.access_request(wanted)?;
        Ok(self.services.access.authorize(&self.credential, request).await?)
    }

    /// Leave to read a package. What npm looks for in vain before it publishes is no refusal anybody
    /// has to hear of, as long as it may publish there.
    pub(super) async fn authorize_reading(&self, name: &Name) -> Result<Grant, Refusal> {
        if self.looks_before_publishing()
            && let Some(denial) = self.refusal(read(name)).await?
            && self.refusal(push(name)).await?.is_none()
        {
            return Err(Refusal::Denied(Box::new(denial)));
        }
        self.authorize(read(name)).await
    }

    /// Leave to change what is said of a package or to delete some of it, whichever of the two the
    /// credential may do; both, and npm's command says which is meant.
    pub(super) async fn authorize_changing(&self, name: &Name) -> Result<(Action, Grant), Refusal> {
        let (unlist, delete) = ((Action::Unlist, unlist(name)), (Action::Delete, delete(name)));
        self.authorize_one_of(if self.command() == Some("unpublish") {
            [delete, unlist]
        } else {
            [unlist, delete]
        })
        .await
    }

    /// Leave to do the first of two things, or else the second. Who may do neither is refused the
    /// first.
    pub(super) async fn authorize_one_of(
        &self,
        [first, second]: [(Action, Wanted<'_>); 2],
    ) -> Result<(Action, Grant), Refusal> {
        let is_second =
            self.refusal(first.1).await?.is_some() && self.refusal(second.1).await?.is_none();
        let (action, wanted) = if is_second { second } else { first };
        Ok((action, self.authorize(wanted).await?))
    }

    /// The refusal that a request would meet, without a trace of having asked.
    async fn refusal(&self, wanted: Wanted<'_>) -> Result<Option<Denial>, Refusal> {
        let request = self.access_request(wanted)?;
        Ok(self.services.access.refusal(&self.credential, request).await?)
    }

    fn access_request<'a>(&'a self, wanted: Wanted<'a>) -> Result<AccessRequest<'a>, Refusal> {
        let origin = self.origin.as_ref().ok_or_else(|| InternalError::from("no origin"))?;
        Ok(AccessRequest { feed: &self.feed, wanted, origin })
    }

    /// The command that npm says it runs.
    pub(super) fn command(&self) -> Option<&str> {
        self.headers.get("npm-command")?.to_str().ok()
    }

    /// Whether npm only looks before it publishes. It disregards how that ends: what matters comes
    /// with the answer to the publish itself.
    pub(super) fn looks_before_publishing(&self) -> bool {
        self.method == http::Method::GET && self.command() == Some("publish")
    }
}
