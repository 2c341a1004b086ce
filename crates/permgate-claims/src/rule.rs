//! A rule of the option `claims`: the place in a token, and the form of its value.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use permgate_core::json::Value;
use permgate_core::wire::values::{boolean, known_members, string, strings, word};
use permgate_core::wire::{DocumentError, Path};

use crate::error::ClaimErrorKind as Problem;

/// The key of a path in whose place the tenant is put.
pub(crate) const TENANT: &str = "{tenant}";

/// Claims that users can edit (Supabase, Clerk): if permissions were read from them, users could
/// grant themselves any permission.
const USER_EDITABLE: [&str; 2] = ["user_metadata", "unsafe_metadata"];

/// One place of a token.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClaimRule {
    /// The keys that lead to the claim, outermost first; `{tenant}` is replaced by the tenant.
    /// Empty for the claims themselves, of which only booleans are read.
    pub path: Vec<String>,
    /// The kind of the values.
    pub target: ClaimTarget,
    /// The form of the claim.
    pub shape: ClaimShape,
    /// The characters at which a string is split.
    pub split: Split,
    /// Only names with this prefix are read, without the prefix.
    pub prefix: Option<String>,
    /// Each name is read a second time with this prefix.
    pub also: Option<String>,
    /// Names that begin with one of these are not read.
    pub except: Vec<String>,
    /// The member of an object in an array that holds the name; none for the first existing one of
    /// `value`, `key`, `name` and `id`.
    pub member: Option<String>,
    /// Whether the claim may be absent or `null`: then its permissions are unknown.
    pub optional: bool,
    /// Whether an absent claim counts as empty: many providers leave out empty claims.
    pub absent_is_empty: bool,
    /// Whether the keys of the path are compared without regard to ASCII case.
    pub ignore_case: bool,
    /// With [`ClaimShape::Keys`] and a tenant: only keys whose value has the tenant as a key count.
    pub per_tenant: bool,
}

/// The kind of a claim's values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ClaimTarget {
    /// Permissions that are granted.
    #[default]
    Permissions,
    /// Permissions that are denied.
    Denied,
    /// Roles of the subject.
    Roles,
    /// Groups of the subject.
    Groups,
    /// Scopes: what the user allowed the client to do, which is not what the user may do.
    Scopes,
}

/// The characters at which a string of names is split.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Split {
    /// White space and commas.
    #[default]
    List,
    /// Nothing: it is one name.
    Whole,
    /// This character.
    At(char),
}

/// The form of a claim.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ClaimShape {
    /// An array of strings or objects, a string, or an object of booleans, arrays and objects.
    #[default]
    Names,
    /// An object whose keys are the names.
    Keys,
    /// A number, or a string of decimal digits, whose bits have these names. An empty name is a
    /// bit that is not used; so are all bits above the last.
    Flags(Vec<String>),
    /// `<catalogue id>.<bits>`, or `{"catalogue": …, "bits": …}`.
    Packed,
    /// The permissions of Keycloak's requesting party token.
    Uma,
    /// Clerk's features and permissions (version 2), at the top level of the claims.
    ClerkFeatures,
}

impl ClaimRule {
    /// The rule for an array of strings, or a string of names, at a path.
    #[must_use]
    pub fn at(path: &[&str], target: ClaimTarget) -> Self {
        let path = path.iter().map(ToString::to_string).collect();
        Self { path, target, ..Self::default() }
    }

    /// Whether the rule reads a claim that users can edit, with this tenant and in upper or lower
    /// case, since keys may be compared without regard to case.
    pub(crate) fn is_user_editable(&self, tenant: Option<&str>) -> bool {
        let Some(first) = self.path.first() else { return false };
        let first = tenant.filter(|_| first == TENANT).unwrap_or(first);
        USER_EDITABLE.iter().any(|claim| first.eq_ignore_ascii_case(claim))
    }

    /// Whether the rule reads values for the selected tenant.
    #[must_use]
    pub fn reads_tenant(&self) -> bool {
        self.per_tenant || self.path.iter().any(|key| key == TENANT)
    }

    /// Whether the rule reads permissions.
    pub(crate) fn tells_permissions(&self) -> bool {
        matches!(self.target, ClaimTarget::Permissions | ClaimTarget::Denied)
    }
}

pub(crate) fn rule(value: &Value, path: &Path<'_>) -> Result<ClaimRule, DocumentError> {
    let mut rule = ClaimRule::default();
    let mut has_path = false;
    known_members(value, path, &mut |key, value, path| {
        match key {
            "path" => {
                has_path = true;
                rule.path = keys(value, path)?;
            }
            "target" => {
                let words = "`permissions`, `denied`, `roles`, `groups`, `scopes`";
                rule.target = word(value, path, words, target)?;
            }
            "shape" => {
                let words = "`names`, `keys`, `flags`, `packed`, `uma`, `clerk-features`";
                let read = word(value, path, words, shape)?;
                // The names may have been read before.
                if !matches!((&rule.shape, &read), (ClaimShape::Flags(_), ClaimShape::Flags(_))) {
                    rule.shape = read;
                }
            }
            "flags" => rule.shape = ClaimShape::Flags(strings(value, path)?),
            "split" => rule.split = word(value, path, "one character, or nothing", split)?,
            "prefix" => rule.prefix = Some(string(value, path)?.into()),
            "also" => rule.also = Some(string(value, path)?.into()),
            "except" => rule.except = strings(value, path)?,
            "member" => rule.member = Some(string(value, path)?.into()),
            "optional" => rule.optional = boolean(value, path)?,
            "absentIsEmpty" => rule.absent_is_empty = boolean(value, path)?,
            "ignoreCase" => rule.ignore_case = boolean(value, path)?,
            "perTenant" => rule.per_tenant = boolean(value, path)?,
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    if let ClaimShape::Flags(names) = &rule.shape
        && names.is_empty()
    {
        return Err(Problem::NoFlags.at(&Path::Key(path, "flags")));
    }
    let path = Path::Key(path, "path");
    if !has_path {
        return Err(Problem::BadPointer.at(&path));
    }
    if rule.is_user_editable(None) {
        return Err(Problem::UserEditable.at(&path));
    }
    Ok(rule)
}

/// Reads an array of keys, or a JSON Pointer (RFC 6901). Never a dotted text: names of claims are
/// addresses, which contain dots.
fn keys(value: &Value, path: &Path<'_>) -> Result<Vec<String>, DocumentError> {
    let Value::String(pointer) = value else { return strings(value, path) };
    let mut parts = pointer.split('/');
    if parts.next() != Some("") {
        return Err(Problem::BadPointer.at(path));
    }
    Ok(parts.map(unescaped).collect())
}

/// `~1` stands for `/`, and `~0` for `~`.
fn unescaped(part: &str) -> String {
    let mut pieces = part.split('~');
    let mut key = String::from(pieces.next().unwrap_or_default());
    for piece in pieces {
        let (sign, rest) = match (piece.strip_prefix('1'), piece.strip_prefix('0')) {
            (Some(rest), _) => ('/', rest),
            (_, Some(rest)) => ('~', rest),
            _ => ('~', piece),
        };
        key.push(sign);
        key.push_str(rest);
    }
    key
}

fn split(word: &str) -> Option<Split> {
    let mut characters = word.chars();
    match (characters.next(), characters.next()) {
        (None, _) => Some(Split::Whole),
        (Some(between), None) => Some(Split::At(between)),
        _ => None,
    }
}

fn target(word: &str) -> Option<ClaimTarget> {
    Some(match word {
        "permissions" => ClaimTarget::Permissions,
        "denied" => ClaimTarget::Denied,
        "roles" => ClaimTarget::Roles,
        "groups" => ClaimTarget::Groups,
        "scopes" => ClaimTarget::Scopes,
        _ => return None,
    })
}

fn shape(word: &str) -> Option<ClaimShape> {
    Some(match word {
        "names" => ClaimShape::Names,
        "keys" => ClaimShape::Keys,
        "flags" => ClaimShape::Flags(Vec::new()),
        "packed" => ClaimShape::Packed,
        "uma" => ClaimShape::Uma,
        "clerk-features" => ClaimShape::ClerkFeatures,
        _ => return None,
    })
}
