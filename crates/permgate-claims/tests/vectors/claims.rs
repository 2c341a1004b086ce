//! `claims.json`: the permissions in the tokens of identity providers.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use permgate_claims::{ClaimErrorKind, ClaimRule, read_token};
use permgate_core::json::Value;
use permgate_core::session::Claimed;
use permgate_core::wire::{DocumentError, DocumentErrorKind as Kind, Token};
use permgate_core::{Effect, Grant};

use crate::file::{check, differ, read, reading, strings_of, text, text_of};

#[test]
fn claims_are_read_as_in_the_vectors() {
    check(&read("claims.json"), 230, &|vector| {
        let token = ["{\"alg\":\"none\"}", &text(vector.member("payload").unwrap()), ""]
            .map(|part| URL_SAFE_NO_PAD.encode(part))
            .join(".");
        let token = Token::decode_unverified(&token).unwrap();
        let claims = text(vector.member("claims").unwrap());
        let claimed = ClaimRule::parse_all(&claims)
            .and_then(|rules| read_token(&reading(vector), &token, &rules));
        match (claimed, vector.member("expected"), vector.member("error")) {
            (Ok(claimed), Some(expected), None) => compare(claimed, expected),
            (Err(error), None, Some(expected)) => {
                let kind = text_of(expected, "contains").unwrap();
                let path = text_of(expected, "path").unwrap();
                let path = differ("path", &error.path.as_str(), &path);
                path.into_iter().chain(differ("kind", &word(&error), &kind)).collect()
            }
            (Ok(_), _, _) => vec!["it was read".into()],
            (Err(error), _, _) => vec![format!("it was refused: {error}")],
        }
    });
}

fn compare(claimed: Claimed, expected: &Value) -> Vec<String> {
    let warnings: Vec<String> =
        claimed.warnings.iter().map(|warning| warning.path.clone()).collect();
    let set = claimed.document.into_set();
    let plain = |effect| {
        let grants =
            set.grants().filter(|it: &&Grant| it.effect == effect && it.resource.is_none());
        let mut names: Vec<String> = grants.map(|it| it.pattern.to_string()).collect();
        names.sort();
        names
    };
    let memberships = set.memberships();
    let list = |key| strings_of(expected, key);
    let lists_permissions = expected.member("permissionsTold") == Some(&Value::Bool(true));
    [
        differ("permissions", &Some(plain(Effect::Allow)), &list("permissions")),
        differ("denied", &plain(Effect::Deny), &list("denied").unwrap_or_default()),
        differ("roles", &memberships.roles.as_deref().map(Vec::from), &list("roles")),
        differ("groups", &memberships.groups.as_deref().map(Vec::from), &list("groups")),
        differ("scopes", &memberships.scopes.as_deref().map(Vec::from), &list("scopes")),
        differ("whether the permissions are known", &!set.is_silent(), &lists_permissions),
        differ("warnings", &warnings, &list("warnings").unwrap_or_default()),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The kind of an error, in the words of the vectors.
fn word(error: &DocumentError) -> &'static str {
    let is = |kinds: &[ClaimErrorKind]| kinds.iter().any(|kind| error.kind == (*kind).into());
    match &error.kind {
        _ if is(&[ClaimErrorKind::AbsentClaim, ClaimErrorKind::NoTenant]) => "absent",
        _ if is(&[ClaimErrorKind::LeftOut]) => "left-out",
        _ if is(&[ClaimErrorKind::LostBits]) => "malformed",
        // A value that has the right type but is invalid.
        Kind::WrongType { found, .. } if found.starts_with("another") => "malformed",
        Kind::WrongType { .. } => "wrong-type",
        Kind::UnknownCondition
        | Kind::Json(_)
        | Kind::Pattern(_)
        | Kind::UnknownCatalogue { .. }
        | Kind::Catalogue(_) => "malformed",
        _ => "something else",
    }
}
