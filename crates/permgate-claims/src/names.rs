//! The names in a claim of any form.

use alloc::string::String;
use alloc::vec::Vec;

use permgate_core::json::Value;
use permgate_core::permission::{MAX_NAME_BYTES, PermissionError};
use permgate_core::wire::values::{items, members, string};
use permgate_core::wire::{
    DocumentError, DocumentErrorKind as Problem, MAX_GRANTS, MAX_MEMBERS, Path, Reading,
};
use permgate_core::{Dialect, PatternError};

use crate::error::{ClaimErrorKind, json};
use crate::rule::{ClaimRule, Split};

/// Boolean claims about the user's address (OpenID Connect Core §5.1), which are not permissions.
const NO_PERMISSIONS: [&str; 2] = ["email_verified", "phone_number_verified"];

/// The members of an object in an array that may hold its name, the preferred one first.
const NAME_MEMBERS: [&str; 4] = ["value", "key", "name", "id"];

/// The largest integer that programs with double-precision numbers represent exactly.
const MAX_SAFE_INTEGER: u64 = (1 << 53) - 1;

/// Members of an object that restrict or withdraw the permission that it names.
const CONDITIONS: [&str; 7] =
    ["effect", "resource", "resources", "conditions", "granted", "allowed", "enabled"];

/// The longest string of flags in decimal digits: more than four thousand bits.
const MAX_DIGITS: usize = 1250;

/// Collects names, and checks each with its path.
pub(crate) struct Names<'a> {
    reading: &'a Reading,
    rule: &'a ClaimRule,
    names: Vec<String>,
    /// Whether there may be further names that could not be read.
    pub(crate) is_partial: bool,
}

impl<'a> Names<'a> {
    pub(crate) fn new(reading: &'a Reading, rule: &'a ClaimRule) -> Self {
        Self { reading, rule, names: Vec::new(), is_partial: false }
    }

    pub(crate) fn finish(self) -> Vec<String> {
        self.names
    }

    /// Adds a name, unless the rule excludes it.
    pub(crate) fn push(&mut self, name: &str, path: &Path<'_>) -> Result<(), DocumentError> {
        let stripped = match &self.rule.prefix {
            None => Some(name),
            Some(prefix) => name.strip_prefix(prefix.as_str()),
        };
        let Some(stripped) = stripped else { return Ok(()) };
        if let Some(also) = &self.rule.also {
            self.add(&[also, stripped].concat(), name, path)?;
        }
        self.add(stripped, name, path)
    }

    /// Adds the name that a rule makes of a name, unless the rule excludes it.
    fn add(&mut self, stripped: &str, name: &str, path: &Path<'_>) -> Result<(), DocumentError> {
        if self.rule.except.iter().any(|prefix| name.starts_with(prefix.as_str())) {
            return Ok(());
        }
        let most = if self.rule.tells_permissions() {
            // The path of the name is known here.
            self.reading.pattern(stripped, path)?;
            MAX_GRANTS
        } else if stripped.len() > MAX_NAME_BYTES {
            let error = PatternError::Name(PermissionError::TooLong);
            return Err(DocumentError::new(path, Problem::Pattern(error)));
        } else {
            MAX_MEMBERS
        };
        if self.names.len() >= most {
            let kind =
                if most == MAX_GRANTS { Problem::TooManyGrants } else { Problem::TooManyMembers };
            return Err(DocumentError::new(path, kind));
        }
        self.names.push(stripped.into());
        Ok(())
    }

    /// Reads arrays, strings, and objects of booleans, arrays, strings and objects.
    pub(crate) fn read(&mut self, value: &Value, path: &Path<'_>) -> Result<(), DocumentError> {
        match value {
            Value::Object(members) if self.rule.path.is_empty() => self.read_top(members, path),
            other => self.read_below(None, other, path),
        }
    }

    /// The top-level claims: a claim that is not a boolean has another meaning.
    fn read_top(
        &mut self,
        members: &[(String, Value)],
        path: &Path<'_>,
    ) -> Result<(), DocumentError> {
        for (key, value) in members {
            if let Value::Bool(true) = value
                && !NO_PERMISSIONS.contains(&key.as_str())
            {
                self.push(key, &Path::Key(path, key))?;
            }
        }
        Ok(())
    }

    /// A name below the keys that lead to it, if there are any.
    fn below(
        &self,
        before: Option<&str>,
        name: &str,
        path: &Path<'_>,
    ) -> Result<String, DocumentError> {
        match before {
            None => Ok(name.into()),
            Some(before) => self.reading.joined(before, name, path),
        }
    }

    fn read_below(
        &mut self,
        before: Option<&str>,
        value: &Value,
        path: &Path<'_>,
    ) -> Result<(), DocumentError> {
        match value {
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    let path = Path::Index(path, index);
                    let name = self.item(item, &path)?;
                    self.push(&self.below(before, name, &path)?, &path)?;
                }
                Ok(())
            }
            Value::String(text)
                if before.is_none() && text.trim_start().starts_with(['[', '{']) =>
            {
                self.read_below(before, &json(text, path)?, path)
            }
            // Below keys, a string is a value such as `yes`, not a name.
            Value::String(text) if before.is_none() => self.read_text(text, path),
            Value::Object(members) => {
                for (key, value) in members {
                    let path = Path::Key(path, key);
                    if let Value::Bool(false) = value {
                        continue;
                    }
                    let name = self.below(before, key, &path)?;
                    match value {
                        Value::Bool(_) => self.push(&name, &path)?,
                        other => self.read_below(Some(&name), other, &path)?,
                    }
                }
                Ok(())
            }
            other if before.is_none() => {
                Err(DocumentError::wrong_type(path, "an array, string or object", other))
            }
            other => Err(DocumentError::wrong_type(path, "a boolean, array or object", other)),
        }
    }

    fn read_text(&mut self, text: &str, path: &Path<'_>) -> Result<(), DocumentError> {
        // In that dialect a comma belongs to the name.
        let is_shiro = self.reading.language.dialect == Dialect::Shiro;
        let commas = !(is_shiro && self.rule.tells_permissions());
        let is_between = |character: char| match self.rule.split {
            Split::List => character.is_whitespace() || (commas && character == ','),
            Split::Whole => false,
            Split::At(between) => character == between,
        };
        let names = text.split(is_between).map(|name| match self.rule.split {
            Split::Whole => name,
            Split::List | Split::At(_) => name.trim(),
        });
        for name in names.filter(|name| !name.is_empty()) {
            self.push(name, path)?;
        }
        Ok(())
    }

    fn item<'v>(&self, item: &'v Value, path: &Path<'_>) -> Result<&'v str, DocumentError> {
        let members = match item {
            Value::String(text) => return Ok(text),
            Value::Object(members) => members,
            other => return Err(DocumentError::wrong_type(path, "a string or an object", other)),
        };
        for (key, _) in members.iter().filter(|_| self.rule.tells_permissions()) {
            // By its name alone, the permission would be granted on all resources.
            if CONDITIONS.contains(&key.as_str()) {
                return Err(DocumentError::new(&Path::Key(path, key), Problem::UnknownCondition));
            }
        }
        let member = match &self.rule.member {
            Some(key) => item.member(key).map(|value| (key.as_str(), value)),
            None => NAME_MEMBERS.iter().find_map(|key| Some((*key, item.member(key)?))),
        };
        match member {
            Some((key, value)) => string(value, &Path::Key(path, key)),
            None => Err(DocumentError::wrong_type(path, "an object with a name", item)),
        }
    }
}

/// The bits of a number, from the least significant, or of a string of decimal digits.
pub(crate) fn bits(value: &Value, path: &Path<'_>) -> Result<Vec<bool>, DocumentError> {
    let needed = "a whole number, or a string of decimal digits,";
    let (digits, found) = match value {
        Value::Number(number) if number.floor().is_some_and(|it| it > MAX_SAFE_INTEGER) => {
            return Err(ClaimErrorKind::LostBits.at(path));
        }
        Value::Number(number) => (number.digits(), "another number"),
        Value::String(text) => (Some(text.as_str()), "another string"),
        other => return Err(DocumentError::wrong_type(path, needed, other)),
    };
    digits
        .and_then(decimal_bits)
        .ok_or_else(|| DocumentError::new(path, Problem::WrongType { needed, found }))
}

/// The bits of a decimal number of any size; none if the text is not a number, or too long.
fn decimal_bits(digits: &str) -> Option<Vec<bool>> {
    if digits.is_empty() || digits.len() > MAX_DIGITS {
        return None;
    }
    // Digit by digit, into 32-bit limbs, the least significant first.
    let mut limbs: Vec<u32> = Vec::new();
    for digit in digits.bytes() {
        if !digit.is_ascii_digit() {
            return None;
        }
        let mut carry = u64::from(digit - b'0');
        for limb in &mut limbs {
            carry += u64::from(*limb) * 10;
            *limb = (carry & 0xFFFF_FFFF) as u32;
            carry >>= 32;
        }
        if carry > 0 {
            limbs.push(u32::try_from(carry).ok()?);
        }
    }
    Some(limbs.iter().flat_map(|limb| (0..32).map(move |bit| limb >> bit & 1 == 1)).collect())
}

/// `[{"rsid", "rsname", "scopes"}]`: without scopes, the whole resource.
pub(crate) fn uma(
    names: &mut Names<'_>,
    value: &Value,
    path: &Path<'_>,
) -> Result<(), DocumentError> {
    let language = names.reading.language;
    for (index, item) in items(value, path)?.iter().enumerate() {
        let path = Path::Index(path, index);
        members(item, &path)?;
        let Some(name) = item.member("rsname").or_else(|| item.member("rsid")) else {
            return Err(DocumentError::wrong_type(&path, "an object with `rsname`", item));
        };
        let resource = string(name, &path)?;
        names.reading.one_word(resource, &path)?;
        let scopes = match item.member("scopes") {
            None | Some(Value::Null) => &[],
            Some(scopes) => items(scopes, &Path::Key(&path, "scopes"))?,
        };
        let mut texts = Vec::new();
        for scope in scopes {
            let scope = string(scope, &path)?;
            names.reading.one_word(scope, &path)?;
            texts.push(scope);
        }
        // A resource with the name `*` does not stand for all resources.
        let is_wild = resource.contains('*') || texts.iter().any(|scope| scope.contains('*'));
        if is_wild && language.dialect != Dialect::Exact {
            let error = PatternError::Name(PermissionError::Wildcard);
            return Err(DocumentError::new(&path, Problem::Pattern(error)));
        }
        if texts.is_empty() {
            names.push(resource, &path)?;
            if language.dialect == Dialect::Segments {
                texts.push("*");
            }
        }
        for scope in texts {
            names.push(&names.reading.joined(resource, scope, &path)?, &path)?;
        }
    }
    Ok(())
}

/// Clerk's version 2: a number for each feature says which permissions it has. Parts that do not
/// fit together grant nothing, as in Clerk's own reader, and their permissions are unknown. False
/// if there is no such claim.
pub(crate) fn clerk_features(
    names: &mut Names<'_>,
    claims: &Value,
    path: &Path<'_>,
) -> Result<bool, DocumentError> {
    let is_second = matches!(claims.member("v"), Some(Value::Number(it)) if it.whole() == Some(2));
    let organisation = match claims.member("o") {
        None | Some(Value::Null) => return Ok(is_second),
        Some(organisation) => organisation,
    };
    let below = Path::Key(path, "o");
    members(organisation, &below)?;
    let text = |value: Option<&Value>, path: &Path<'_>| match value {
        None | Some(Value::Null) => Ok(String::new()),
        Some(value) => string(value, path).map(String::from),
    };
    let permissions = text(organisation.member("per"), &Path::Key(&below, "per"))?;
    let masks = text(organisation.member("fpm"), &Path::Key(&below, "fpm"))?;
    let features = text(claims.member("fea"), &Path::Key(path, "fea"))?;
    let list = |text: &'_ str| -> Vec<String> {
        let parts = text.split(',').map(|part| String::from(part.trim()));
        parts.filter(|_| !text.is_empty()).collect()
    };
    let (permissions, masks, features) = (list(&permissions), list(&masks), list(&features));
    let is_of_organisation = |(scope, _): &(&str, &str)| scope.contains('o');
    let mut lined_up: Vec<(&str, &str)> = Vec::new();
    for feature in &features {
        let Some(pair) = feature.split_once(':') else {
            names.is_partial = true;
            return Ok(true);
        };
        lined_up.push(pair);
    }
    if masks.is_empty() && permissions.is_empty() {
        return Ok(true);
    }
    // There is a number for each feature, or for each of the organisation's.
    if masks.len() != lined_up.len() {
        lined_up.retain(is_of_organisation);
    }
    if masks.len() != lined_up.len() {
        names.is_partial = true;
        return Ok(true);
    }
    for (feature, mask) in lined_up.iter().zip(&masks) {
        if !is_of_organisation(feature) {
            continue;
        }
        let Some(bits) = decimal_bits(mask) else {
            names.is_partial = true;
            continue;
        };
        for (permission, bit) in permissions.iter().zip(bits) {
            if bit {
                let name = ["org:", feature.1, ":", permission].concat();
                names.push(&name, &Path::Key(path, "fea"))?;
            }
        }
    }
    Ok(true)
}
