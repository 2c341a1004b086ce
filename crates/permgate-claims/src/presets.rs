//! The presets: rules for the tokens of identity providers, each with its source.
//!
//! All rules of a preset are optional, since no user has all claims. `scope` and `scp` say what the
//! user allowed the client to do, and are read only on demand.

use alloc::string::String;
use alloc::vec::Vec;

use permgate_core::json::Value;
use permgate_core::wire::values::{boolean, items, known_members, string};
use permgate_core::wire::{DocumentError, Path};

use crate::error::ClaimErrorKind;
use crate::rule::{ClaimRule, rule};

/// The end of a key in whose place the preset's client or project is put; after a
/// project follows `:roles`.
const CLIENT: &str = "{client}";

/// Keycloak. A user without any role has no `realm_access`; ids of clients hold `.` and `/`.
/// <https://www.keycloak.org/docs/latest/server_admin/index.html#_oidc_token_role_mappings>
const KEYCLOAK: &str = r#"[{"path":["realm_access","roles"],"target":"roles"},
{"path":["resource_access","{client}","roles"],"target":"roles"},
{"path":["groups"],"target":"groups","split":""}]"#;

/// Keycloak's requesting party token (User-Managed Access). Nothing granted is a refusal (403) and
/// never an empty list.
/// <https://www.keycloak.org/docs/latest/authorization_services/index.html#_service_rpt_overview>
const KEYCLOAK_RPT: &str = r#"[{"path":["authorization","permissions"],"shape":"uma"}]"#;

/// Auth0 with role-based access control and "Add Permissions in the Access Token". Roles are in a
/// custom claim named by a URL, for which the application needs a rule.
/// <https://auth0.com/docs/get-started/apis/enable-role-based-access-control-for-apis>
const AUTH0: &str = r#"[{"path":["permissions"]}]"#;

/// Microsoft Entra ID. Claims without a value are absent; more than 200 groups are left out, which
/// `_claim_names` or `hasgroups` marks.
/// <https://learn.microsoft.com/en-us/entra/identity-platform/access-token-claims-reference>
/// ("Groups overage claim")
const ENTRA: &str = r#"[{"path":["roles"],"target":"roles","split":""},
{"path":["wids"],"target":"roles","split":""},
{"path":["groups"],"target":"groups","split":""}]"#;

/// Okta. The administrator chooses the claim's name; beyond 100 groups it is cut without a mark.
/// <https://developer.okta.com/docs/guides/customize-tokens-groups-claim/main/>
const OKTA: &str = r#"[{"path":["groups"],"target":"groups","split":""}]"#;

/// Amazon Cognito. A user in no group has no claim; `custom:…` claims are strings, and the user may
/// be allowed to write them, so that they need a rule.
/// <https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html>
const COGNITO: &str = r#"[{"path":["cognito:groups"],"target":"groups","split":""}]"#;

/// Spring Security and Spring Authorization Server. In `authorities` roles have a prefix, in the
/// guide's `roles` they have no prefix. `FACTOR_…` is the way in which the user signed in.
/// <https://docs.spring.io/spring-authorization-server/reference/guides/how-to-custom-claims-authorities.html>
/// <https://docs.spring.io/spring-security/reference/servlet/oauth2/resource-server/jwt.html>
const SPRING: &str = r#"[{"path":["authorities"],"target":"roles","prefix":"ROLE_","member":"authority"},
{"path":["authorities"],"except":["ROLE_","SCOPE_","FACTOR_"],"member":"authority"},
{"path":["roles"],"target":"roles","prefix":"ROLE_"},
{"path":["roles"],"target":"roles","except":["ROLE_","SCOPE_","FACTOR_"]}]"#;

/// The rules that `scopes` adds for Spring.
const SPRING_SCOPES: &str =
    r#"[{"path":["authorities"],"target":"scopes","prefix":"SCOPE_","member":"authority"}]"#;

/// Clerk, versions 1 and 2 of the session token. Version 2 has dropped the `org:` of roles; Clerk's
/// own `has` accepts both, so each role is read with it and without.
/// <https://clerk.com/docs/guides/sessions/session-tokens>
const CLERK: &str = r#"[{"path":["org_role"],"target":"roles","prefix":"org:","also":"org:"},
{"path":["org_role"],"target":"roles","except":["org:"],"split":"","also":"org:"},
{"path":["o","rol"],"target":"roles","split":"","also":"org:"},
{"path":["org_permissions"]},
{"path":[],"shape":"clerk-features"}]"#;

/// WorkOS AuthKit. `entitlements` are what the organisation has bought, not what the member may do,
/// and are not read.
/// <https://workos.com/docs/reference/authkit/session-tokens/access-token>
const WORKOS: &str = r#"[{"path":["role"],"target":"roles","split":""},
{"path":["roles"],"target":"roles"},
{"path":["permissions"]}]"#;

/// Kinde, also with the names for Hasura. `null` stands for nothing assigned, or no organisation.
/// <https://docs.kinde.com/build/tokens/about-access-tokens/>
/// <https://docs.kinde.com/build/tokens/token-customization/>
const KINDE: &str = r#"[{"path":["permissions"]},
{"path":["x-hasura-permissions"]},
{"path":["roles"],"target":"roles","member":"key"},
{"path":["x-hasura-roles"],"target":"roles","member":"key"}]"#;

/// Descope: of the project, and of the tenant that is set. Names hold blanks.
/// <https://docs.descope.com/session-management> ("Descope Session JWT Structure")
const DESCOPE: &str = r#"[{"path":["permissions"],"split":""},
{"path":["roles"],"target":"roles","split":""},
{"path":["tenants","{tenant}","permissions"],"split":""},
{"path":["tenants","{tenant}","roles"],"target":"roles","split":""}]"#;

/// ZITADEL: the roles are the keys, and hold in the organisations below them. With `client`, the
/// id of a project, the roles of that one.
/// <https://zitadel.com/docs/apis/openidoauth/claims> ("Reserved Claims")
const ZITADEL: &str = r#"[{"path":["urn:zitadel:iam:org:project:roles"],"shape":"keys","target":"roles","perTenant":true}]"#;
const ZITADEL_OF_PROJECT: &str = r#"[{"path":["urn:zitadel:iam:org:project:{client}"],"shape":"keys","target":"roles","perTenant":true}]"#;

/// Supabase. `role` is PostgreSQL's, and users can edit `user_metadata`: neither is read.
/// <https://supabase.com/docs/guides/database/postgres/custom-claims-and-role-based-access-control-rbac>
/// <https://supabase.com/docs/guides/auth/jwt-fields>
const SUPABASE: &str = r#"[{"path":["user_role"],"target":"roles","split":""},
{"path":["app_metadata","role"],"target":"roles","split":""},
{"path":["app_metadata","roles"],"target":"roles"}]"#;

/// Hasura. The claims may be a string that holds JSON, and its keys are of any case.
/// <https://hasura.io/docs/2.0/auth/authentication/jwt/> ("Hasura JWT format", "`claims_format`")
const HASURA: &str = r#"[{"path":["https://hasura.io/jwt/claims","x-hasura-allowed-roles"],"target":"roles","ignoreCase":true}]"#;

/// Firebase: custom claims among the others, one boolean for each permission.
/// <https://firebase.google.com/docs/auth/admin/custom-claims>
const FIREBASE: &str = r#"[{"path":[]}]"#;

/// ASP.NET Core: a string if one, an array if many, never split; under the long or the short name.
/// <https://learn.microsoft.com/en-us/dotnet/api/system.security.claims.claimtypes.role>
const ASPNET: &str = r#"[{"path":["http://schemas.microsoft.com/ws/2008/06/identity/claims/role"],"target":"roles","split":""},
{"path":["role"],"target":"roles","split":""},
{"path":["roles"],"target":"roles","split":""}]"#;

/// RFC 9068 §2.2.3.1: strings, or SCIM's objects (RFC 7643 §4.1.2).
/// <https://www.rfc-editor.org/rfc/rfc9068#section-2.2.3.1>
const RFC9068: &str = r#"[{"path":["roles"],"target":"roles"},
{"path":["groups"],"target":"groups"},
{"path":["entitlements"]}]"#;

/// The rules that `scopes` adds to every preset: `scope` (RFC 8693 §4.2) and `scp`, string or
/// array. A comma may stand in a scope (RFC 6749 §3.3).
const SCOPES: &str = r#"[{"path":["scope"],"target":"scopes","split":" "},
{"path":["scp"],"target":"scopes","split":" "}]"#;

fn preset(name: &str, has_client: bool) -> Option<&'static str> {
    Some(match name {
        "keycloak" => KEYCLOAK,
        "keycloak-rpt" => KEYCLOAK_RPT,
        "auth0" => AUTH0,
        "entra" => ENTRA,
        "okta" => OKTA,
        "cognito" => COGNITO,
        "spring" => SPRING,
        "clerk" => CLERK,
        "workos" => WORKOS,
        "kinde" => KINDE,
        "descope" => DESCOPE,
        "zitadel" if has_client => ZITADEL_OF_PROJECT,
        "zitadel" => ZITADEL,
        "supabase" => SUPABASE,
        "hasura" => HASURA,
        "firebase" => FIREBASE,
        "aspnet" => ASPNET,
        "rfc9068" => RFC9068,
        _ => return None,
    })
}

/// Reads `"keycloak"` or `{"preset": "keycloak", "client": "my-spa", "scopes": true}`.
pub(crate) fn read(
    value: &Value,
    path: &Path<'_>,
    rules: &mut Vec<ClaimRule>,
) -> Result<(), DocumentError> {
    let (mut name, mut client) = (String::new(), None);
    let (mut scopes, mut absent_is_empty) = (false, false);
    if let Value::String(text) = value {
        name.clone_from(text);
    } else {
        known_members(value, path, &mut |key, value, path| {
            match key {
                "preset" => name = string(value, path)?.into(),
                "client" => client = Some(String::from(string(value, path)?)),
                "scopes" => scopes = boolean(value, path)?,
                "absentIsEmpty" => absent_is_empty = boolean(value, path)?,
                _ => return Ok(false),
            }
            Ok(true)
        })?;
    }
    let Some(text) = preset(&name, client.is_some()) else {
        return Err(ClaimErrorKind::UnknownPreset.at(path));
    };
    let mut texts = Vec::from([text]);
    if scopes {
        texts.push(SCOPES);
        if name == "spring" {
            texts.push(SPRING_SCOPES);
        }
    }
    for text in texts {
        for item in items(&DocumentError::json(text)?, path)? {
            let mut rule = rule(item, path)?;
            rule.optional = true;
            rule.absent_is_empty = absent_is_empty;
            if rule.path.iter().any(|key| key.ends_with(CLIENT)) {
                let Some(client) = &client else { continue };
                for key in &mut rule.path {
                    if let Some(before) = key.strip_suffix(CLIENT) {
                        *key = [before, client, if before.is_empty() { "" } else { ":roles" }]
                            .concat();
                    }
                }
            }
            rules.push(rule);
        }
    }
    Ok(())
}
