//! The part of the configuration that changes while a session runs: the tenant, the policies, and
//! whether there is a token to ask for.

use alloc::string::String;
use alloc::sync::Arc;

use super::config::{Config, Source};
use super::credentials::Known;
use super::event::{Claimed, PolicyTexts};
use super::problem::Problem;
use super::subject::{Held, Origin, Times};
use crate::catalogue::Catalogue;
use crate::parts::CLAIMS;
use crate::time::Moment;
use crate::wire::{Document, DocumentError, Path, Reading, RoleMap};

/// Where sets come from, and how they are read.
#[derive(Clone, Debug)]
pub(super) struct Setup {
    source: Source,
    has_token: bool,
    reading: Reading,
}

impl Setup {
    pub(super) fn new(config: &Config) -> Self {
        Self { source: config.source, has_token: config.has_token, reading: config.reading.clone() }
    }

    pub(super) fn source(&self) -> Source {
        if CLAIMS { self.source } else { Source::Endpoint }
    }

    pub(super) fn has_token(&self) -> bool {
        self.has_token
    }

    pub(super) fn reading(&self) -> &Reading {
        &self.reading
    }

    /// The selected tenant.
    pub(super) fn tenant(&self) -> Option<&String> {
        self.reading.tenant.as_ref()
    }

    /// Selects another tenant. Returns false if it is already selected.
    pub(super) fn change_tenant(&mut self, tenant: Option<String>) -> bool {
        let is_another = self.reading.tenant != tenant;
        self.reading.tenant = tenant;
        is_another
    }

    /// From here on there is a token; if there was no source, it is the source.
    pub(super) fn take_tokens(&mut self) {
        self.has_token = true;
        if self.source == Source::Bootstrap {
            self.source = Source::Token;
        }
    }

    /// Reads the policies. Returns whether they have changed.
    ///
    /// # Errors
    /// When one of them cannot be read; then none is changed.
    pub(super) fn take_policies(&mut self, texts: &PolicyTexts) -> Result<bool, Problem> {
        let language = self.reading.language;
        let mut policies = self.reading.policies.clone();
        let malformed = Problem::MalformedPolicies;
        if let Some(text) = &texts.catalogue {
            let value = DocumentError::json(text).map_err(malformed)?;
            let path = Path::Key(&Path::Root, "catalogue");
            let catalogue = Catalogue::from_value(&value, language, &path).map_err(malformed)?;
            policies.catalogue = Some(Arc::new(catalogue));
        }
        if let Some(text) = &texts.roles {
            let value = DocumentError::json(text).map_err(malformed)?;
            let path = Path::Key(&Path::Root, "rolePermissions");
            let roles = RoleMap::from_value(&value, language, &path).map_err(malformed)?;
            policies.roles = Some(roles);
        }
        let is_different = policies != self.reading.policies;
        if is_different {
            self.reading.policies = policies;
        }
        Ok(is_different)
    }

    /// Reads a document about the selected tenant.
    ///
    /// # Errors
    /// When it cannot be read, or is about another tenant.
    pub(super) fn document(&self, text: &str) -> Result<Document, Problem> {
        let document = self.reading.document(text).map_err(Problem::MalformedDocument)?;
        self.in_our_tenant(document)
    }

    /// Refuses a document about another tenant than the selected one.
    pub(super) fn in_our_tenant(&self, mut document: Document) -> Result<Document, Problem> {
        match (&self.reading.tenant, &document.tenant) {
            (Some(expected), Some(answered)) if expected != answered => {
                let (expected, answered) = (expected.clone(), answered.clone());
                return Err(Problem::TenantMismatch { expected, answered });
            }
            (Some(expected), None) => document.tenant = Some(expected.clone()),
            _ => {}
        }
        Ok(document)
    }

    /// The document of a token's claims.
    ///
    /// # Errors
    /// When it is about another tenant, or the token came while another tenant was selected, and
    /// has no claims about tenants.
    pub(super) fn document_of(&self, claimed: Claimed, token: &Known) -> Result<Document, Problem> {
        let is_of_another = token.tenant() != self.tenant().map(String::as_str);
        if is_of_another && !claimed.reads_tenant {
            return Err(Problem::TokenOfAnotherTenant);
        }
        self.in_our_tenant(claimed.document)
    }

    pub(super) fn held(
        &self,
        document: Document,
        etag: Option<String>,
        times: Times,
        source: (Origin, Moment),
    ) -> Held {
        Held::new(document, self.reading.catalogue().cloned(), etag, times, source)
    }
}
