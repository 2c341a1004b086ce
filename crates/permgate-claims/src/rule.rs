//! Where in a token something is written, and what it looks like there: the option `claims`.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use permgate_core::json::Value;
use permgate_core::wire::values::{boolean, known_members, string, strings, word};
use permgate_core::wire::{DocumentError, Path};

use crate::error::ClaimErrorKind as Problem;

/// The key of a path that stands for the tenant.
pub(crate) const TENANT: &str = "{tenant}";

/// Claims that users write themselves (Supabase, Clerk): whoever read permissions from them would
/// let everybody give them to himself.
const USER_EDITABLE: [&str; 2] = ["user_metadata", "unsafe_metadata"];

/// One place of a token.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClaimRule {
    /// The keys that lead to the claim, outermost first; `{tenant}` stands for the tenant. Empty
    /// for the claims themselves, of which only booleans are read.
    pub path: Vec<String>,
    /// What the values are.
    pub target: ClaimTarget,
    /// What the claim looks like.
    pub shape: ClaimShape,
    /// What a string is split at.
    pub split: Split,
    /// Only names that begin with this are read, and it is taken off.
    pub prefix: Option<String>,
    /// Each name is told a second time with this before it.
    pub also: Option<String>,
    /// Names that begin with one of these are left out.
    pub except: Vec<String>,
    /// Which member of an object in an array is the name; none for the first there is of `value`,
    /// `key`, `name` and `id`.
    pub member: Option<String>,
    /// Whether the claim may be absent, or `null`: then nothing is known of it.
    pub optional: bool,
    /// Whether an absent claim is an empty one: many providers leave out what a user has none of.
    pub absent_is_empty: bool,
    /// Whether the keys of the path are compared without regard to ASCII case.
    pub ignore_case: bool,
    /// With [`ClaimShape::Keys`] and a tenant: only keys whose value has the tenant as a key count.
    pub per_tenant: bool,
}

/// What a claim's values are.
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
    /// What the user let the client do, which is not what the user may do.
    Scopes,
}

/// What a string of names is split at.
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

/// What a claim looks like.
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
    /// Clerk's features and permissions (version 2), below the claims themselves.
    ClerkFeatures,
}

impl ClaimRule {
    /// The rule for an array of strings, or a string of names, at a path.
    #[must_use]
    pub fn at(path: &[&str], target: ClaimTarget) -> Self {
        let path = path.iter().map(ToString::to_string).collect();
        Self { path, target, ..Self::default() }
    }

    /// Whether it reads what users write themselves, with this tenant and in any case: keys may be
    /// compared without regard to it.
    pub(crate) fn is_user_editable(&self, tenant: Option<&str>) -> bool {
        let Some(first) = self.path.first() else { return false };
        let first = tenant.filter(|_| first == TENANT).unwrap_or(first);
        USER_EDITABLE.iter().any(|claim| first.eq_ignore_ascii_case(claim))
    }

    /// Whether it reads what a token says of the tenant that is set.
    #[must_use]
    pub fn reads_tenant(&self) -> bool {
        self.per_tenant || self.path.iter().any(|key| key == TENANT)
    }

    /// Whether it speaks of permissions.
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

/// An array of keys, or a JSON Pointer (RFC 6901). Never a dotted text: names of claims are
/// addresses, and hold dots.
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
