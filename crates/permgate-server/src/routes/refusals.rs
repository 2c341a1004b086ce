//! Changes by administrators, and the problem documents for those that were not made.

use axum::http::StatusCode;
use permgate_axum::{Current, Refused, forbidden};
use permgate_core::Requirement;

use super::views::{RoleView, UserView};
use crate::problem::Problem;
use crate::revision::{self, IfMatch};
use crate::rules::Refusal;
use crate::state::AppState;
use crate::storage::failed;
use crate::store::{Applied, Change, ChangeError, Changed};

/// Makes a change for the caller. `roles_in_body` says whether the body of the request names roles.
pub(super) async fn administer(
    state: &AppState,
    current: &Current,
    change: Change,
    if_match: IfMatch,
    roles_in_body: bool,
) -> Result<Applied, Problem> {
    state
        .administer_if(&current.standing.subject, change, if_match)
        .await?
        .map_err(|error| problem(error, state, current, roles_in_body))
}

/// The problem for a change that was not made. A missing role is reported at the path `roles`.
pub(super) fn problem(
    error: ChangeError,
    state: &AppState,
    current: &Current,
    roles_in_body: bool,
) -> Problem {
    match error {
        ChangeError::NoActor => Problem::invalid_credentials("your account no longer exists"),
        ChangeError::NoUser(id) => no_user(&id),
        ChangeError::NoSession(id) => no_session(&id),
        ChangeError::NoRole(name) => {
            let detail = format!("there is no role `{name}`; see `GET /api/admin/roles`");
            if roles_in_body {
                Problem::invalid("roles", detail)
            } else {
                Problem::not_found(detail)
            }
        }
        ChangeError::Taken(name) => {
            let detail = format!("`{name}` is taken; choose another name");
            Problem::conflict("name-taken", "The name is taken", detail)
        }
        ChangeError::Differs(now) => differs(*now, state, current),
        ChangeError::Refused(refusal) => refused(&refusal, current),
        ChangeError::Store(error) => failed(&error),
    }
}

pub(super) fn no_user(id: &str) -> Problem {
    Problem::not_found(format!("there is no user `{id}`; see `GET /api/admin/users`"))
}

pub(super) fn no_session(id: &str) -> Problem {
    Problem::not_found(format!("there is no session `{id}`; list the sessions"))
}

/// 412, with the current state for callers who may see it.
fn differs(now: Changed, state: &AppState, current: &Current) -> Problem {
    let may = |needed: &str| {
        Requirement::parse_in(needed, state.config().language)
            .is_ok_and(|needed| current.standing.set.decide(&needed, None).is_granted())
    };
    match now {
        Changed::User(user) => {
            let revision = user.revision;
            revision::differs(revision, may("user:view").then(|| UserView::from(user)))
        }
        Changed::Role(role) => {
            let revision = role.revision;
            revision::differs(revision, may("role:view").then(|| RoleView::from(role)))
        }
        Changed::Removed => Problem::not_found("it is no longer there"),
    }
}

fn refused(refusal: &Refusal, current: &Current) -> Problem {
    let detail = refusal.to_string();
    let noted = |required: &str| Refused {
        subject: current.standing.subject.clone(),
        required: required.into(),
    };
    let beyond = |required: String| {
        let title = "More than you hold";
        Problem::new(StatusCode::FORBIDDEN, "beyond-own", title, detail.clone())
            .with("permissions_version", current.standing.version)
            .with_refused(noted(&required))
            .with("required", required)
    };
    match refusal {
        Refusal::NotAllowed(required) => forbidden(current, required, "not-granted"),
        Refusal::BeyondOwn(grant) => beyond(grant.pattern.as_str().into()),
        Refusal::RoleNotHeld(role) => beyond(format!("role({role})")),
        Refusal::KeepersOnly => beyond("*".into()),
        Refusal::LastKeeper => {
            Problem::conflict("last-administrator", "The last administrator", detail.clone())
                .with_refused(noted("*"))
        }
    }
}
