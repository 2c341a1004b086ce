//! Reads the claims of a token into a permission document.

use alloc::string::String;
use alloc::vec::Vec;

use permgate_core::json::Value;
use permgate_core::session::{ClaimProblem, Claimed};
use permgate_core::wire::values::{members, sorted};
use permgate_core::wire::{Document, DocumentError, Path, Reading, Token};
use permgate_core::{Effect, Grant};

use crate::error::{ClaimErrorKind as Problem, json};
use crate::names::{Names, bits, clerk_features, uma};
use crate::rule::{ClaimRule, ClaimShape, ClaimTarget, TENANT};

/// Reads the text of a token by rules, or by the claim `permissions` if there are no rules, as
/// [`permgate_core::session::Effect::ReadClaims`] requests.
///
/// # Errors
/// When the token cannot be decoded, or as [`read_token`].
pub fn read(reading: &Reading, token: &str, rules: &[ClaimRule]) -> Result<Claimed, ClaimProblem> {
    let token = Token::decode_unverified(token).map_err(ClaimProblem::Token)?;
    let default = [ClaimRule::at(&["permissions"], ClaimTarget::Permissions)];
    let rules = if rules.is_empty() { &default } else { rules };
    read_token(reading, &token, rules).map_err(ClaimProblem::Claims)
}

/// Reads a token by rules.
///
/// # Errors
/// When a required claim is absent (which is not the same as empty), when the provider left
/// out one that holds permissions, when none of the claims is there, or when one is of another
/// shape. The error names the path.
pub fn read_token(
    reading: &Reading,
    token: &Token,
    rules: &[ClaimRule],
) -> Result<Claimed, DocumentError> {
    let mut document = Document {
        subject: token.subject_at(&reading.subject_claim).map(String::from),
        is_silent: true,
        ..Document::default()
    };
    let (mut is_any_found, mut is_partial) = (false, false);
    let (mut left_out, mut warnings) = (Vec::new(), Vec::new());
    for rule in rules {
        let mut reader = RuleReader {
            reading,
            rule,
            document: &mut document,
            warnings: &mut warnings,
            is_partial: false,
        };
        let found = reader.read(&token.claims)?;
        is_partial |= reader.is_partial;
        is_any_found |= found != Found::Nothing;
        match found {
            // Denials alone do not make the permissions known.
            Found::Claim if rule.target == ClaimTarget::Permissions => {
                document.is_silent = false;
            }
            Found::LeftOut => left_out.push(rule.target),
            Found::Claim | Found::Nothing => {}
        }
    }
    if let (false, Some(first)) = (is_any_found, rules.first()) {
        return Err(error_at(reading, first, Problem::AbsentClaim));
    }
    let memberships = &mut document.memberships;
    for target in left_out {
        // Even if another claim gave some, there may be more.
        match target {
            ClaimTarget::Roles => memberships.roles = None,
            ClaimTarget::Groups => memberships.groups = None,
            ClaimTarget::Scopes => memberships.scopes = None,
            ClaimTarget::Permissions | ClaimTarget::Denied => {}
        }
    }
    // The permissions of known roles are complete; those of unknown roles are unknown.
    let asks_roles = rules.iter().any(|rule| rule.target == ClaimTarget::Roles);
    if asks_roles && reading.policies.roles.is_some() {
        document.is_silent = memberships.roles.is_none();
    }
    document.is_silent |= is_partial;
    let document = reading.complete(document)?;
    let reads_tenant = rules.iter().any(ClaimRule::reads_tenant);
    Ok(Claimed { document, reads_tenant, warnings })
}

/// An error about the claim of a rule.
fn error_at(reading: &Reading, rule: &ClaimRule, kind: Problem) -> DocumentError {
    let tenant = reading.tenant.as_deref().unwrap_or(TENANT);
    let keys = rule.path.iter().map(|key| if key == TENANT { tenant } else { key.as_str() });
    kind.at_text(keys.collect::<Vec<_>>().join("."))
}

/// The result of a rule.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Found {
    Claim,
    /// A mark in the token that the provider left the claim out.
    LeftOut,
    Nothing,
}

struct RuleReader<'a> {
    reading: &'a Reading,
    rule: &'a ClaimRule,
    document: &'a mut Document,
    /// Warnings about parts that could not be read, and whose permissions are therefore unknown.
    warnings: &'a mut Vec<DocumentError>,
    /// Whether there may be more permissions than could be read.
    is_partial: bool,
}

impl RuleReader<'_> {
    /// Reads the claim of the rule.
    fn read(&mut self, claims: &Value) -> Result<Found, DocumentError> {
        let has_no_tenant =
            self.rule.path.iter().any(|key| key == TENANT) && self.reading.tenant.is_none();
        if has_no_tenant {
            if self.rule.optional {
                return Ok(Found::Nothing);
            }
            return Err(error_at(self.reading, self.rule, Problem::NoTenant));
        }
        if self.rule.is_user_editable(self.reading.tenant.as_deref()) {
            return Err(error_at(self.reading, self.rule, Problem::UserEditable));
        }
        let is_found = self.descend(claims, &self.rule.path, &Path::Root)?;
        if is_found {
            return Ok(Found::Claim);
        }
        if is_left_out(claims, &self.rule.path) {
            let error = error_at(self.reading, self.rule, Problem::LeftOut);
            if self.rule.tells_permissions() {
                return Err(error);
            }
            self.warnings.push(error);
            return Ok(Found::LeftOut);
        }
        if self.rule.absent_is_empty {
            self.add(Vec::new(), &Path::Root)?;
            return Ok(Found::Claim);
        }
        if self.rule.optional {
            return Ok(Found::Nothing);
        }
        Err(error_at(self.reading, self.rule, Problem::AbsentClaim))
    }

    /// Follows the path from the outermost key inwards, so that an error has the path.
    fn descend(
        &mut self,
        value: &Value,
        keys: &[String],
        path: &Path<'_>,
    ) -> Result<bool, DocumentError> {
        let Some((key, rest)) = keys.split_first() else {
            return if let Value::Null = value { Ok(false) } else { self.take(value, path) };
        };
        let key = match &self.reading.tenant {
            Some(tenant) if key == TENANT => tenant,
            _ => key,
        };
        let parsed;
        let object = match value {
            Value::Null => return Ok(false),
            // Hasura's claims, and all values of Cognito's, may be JSON within a string.
            Value::String(text) if text.trim_start().starts_with('{') => {
                parsed = json(text, path)?;
                members(&parsed, path)?
            }
            other => members(other, path)?,
        };
        let exact = object.iter().find(|(name, _)| name == key);
        let found = exact.or_else(|| {
            object.iter().find(|(name, _)| self.rule.ignore_case && name.eq_ignore_ascii_case(key))
        });
        match found {
            Some((key, inner)) => self.descend(inner, rest, &Path::Key(path, key)),
            None => Ok(false),
        }
    }

    /// Reads the claim itself.
    fn take(&mut self, value: &Value, path: &Path<'_>) -> Result<bool, DocumentError> {
        let mut names = Names::new(self.reading, self.rule);
        match &self.rule.shape {
            ClaimShape::Names => names.read(value, path)?,
            ClaimShape::Keys => {
                for (key, value) in members(value, path)? {
                    let tenant = self.reading.tenant.as_ref().filter(|_| self.rule.per_tenant);
                    if tenant.is_none_or(|tenant| value.member(tenant).is_some()) {
                        names.push(key, &Path::Key(path, key))?;
                    }
                }
            }
            ClaimShape::Flags(flags) => {
                for (name, bit) in flags.iter().zip(bits(value, path)?) {
                    if bit && !name.is_empty() {
                        names.push(name, path)?;
                    }
                }
            }
            ClaimShape::Packed => {
                for grant in self.unpack(value, path)? {
                    names.push(grant.pattern.as_str(), path)?;
                }
            }
            ClaimShape::Uma => uma(&mut names, value, path)?,
            ClaimShape::ClerkFeatures => {
                if !clerk_features(&mut names, value, path)? {
                    return Ok(false);
                }
            }
        }
        self.is_partial |= names.is_partial;
        self.add(names.finish(), path)?;
        Ok(true)
    }

    /// The names of a packed set as grants, of the kind of the rule's target.
    fn unpack(&self, value: &Value, path: &Path<'_>) -> Result<Vec<Grant>, DocumentError> {
        let mut grants = Vec::new();
        match value {
            Value::String(text) => {
                let (id, bits) = text.rsplit_once('.').unwrap_or(("", text));
                self.reading.unpack(id, bits, path, &mut grants)?;
            }
            other => self.reading.read_packed(other, path, &mut grants)?,
        }
        Ok(grants)
    }

    fn add(&mut self, names: Vec<String>, path: &Path<'_>) -> Result<(), DocumentError> {
        let memberships = &mut self.document.memberships;
        let (members, effect) = match self.rule.target {
            ClaimTarget::Permissions => (None, Effect::Allow),
            ClaimTarget::Denied => (None, Effect::Deny),
            ClaimTarget::Roles => (Some(&mut memberships.roles), Effect::Allow),
            ClaimTarget::Groups => (Some(&mut memberships.groups), Effect::Allow),
            ClaimTarget::Scopes => (Some(&mut memberships.scopes), Effect::Allow),
        };
        if let Some(members) = members {
            let mut held = members.take().unwrap_or_default().into_vec();
            held.extend(names);
            *members = Some(sorted(held).into());
            return Ok(());
        }
        for name in &names {
            let pattern = self.reading.pattern(name, path)?;
            self.document.grants.push(Grant { pattern, resource: None, effect });
        }
        Ok(())
    }
}

/// Whether a provider marks that it left a claim out: by distributed claims (OpenID Connect Core
/// §5.6.2), or by Entra's mark for groups in an implicit flow.
fn is_left_out(claims: &Value, path: &[String]) -> bool {
    let Some(first) = path.first() else { return false };
    if !matches!(claims.member(first), None | Some(Value::Null)) {
        return false;
    }
    let marked = match claims.member("hasgroups") {
        Some(Value::Bool(marked)) => *marked,
        Some(Value::String(marked)) => marked == "true",
        _ => false,
    };
    (marked && first == "groups" && path.len() == 1)
        || claims.member("_claim_names").is_some_and(|names| names.member(first).is_some())
}
