//! The users' own credentials: sessions and the password.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use permgate_axum::Current;
use serde::{Deserialize, Serialize};

use super::refusals::no_session;
use super::{fields, session, views};
use crate::body::{FromJson, JsonBody};
use crate::password::MAX_PASSWORD_BYTES;
use crate::problem::Problem;
use crate::proof::Proof;
use crate::sign_in::Peer;
use crate::state::AppState;
use crate::store::PasswordChange;

pub(super) async fn sessions(
    State(state): State<AppState>,
    current: Current,
) -> Result<Response, Problem> {
    let (subject, now) = (current.standing.subject.clone(), state.now());
    let sessions = state.with_store(move |store| store.sessions(&subject, now)).await?;
    Ok(Json(views::sessions(sessions, current.standing.session.as_ref())).into_response())
}

pub(super) async fn end_session(
    State(state): State<AppState>,
    current: Current,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let (subject, wanted, now) = (current.standing.subject.clone(), id.clone(), state.now());
    let sessions = state.with_store(move |store| store.sessions(&subject, now)).await?;
    let session = sessions.into_iter().find(|session| session.id == wanted);
    let session = session.ok_or_else(|| no_session(&id))?;
    state.end(Proof::Session(session.digest)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Ends all sessions and tokens, including those of this request.
pub(super) async fn sign_out_everywhere(
    State(state): State<AppState>,
    current: Current,
) -> Result<Response, Problem> {
    let (subject, now) = (current.standing.subject.clone(), state.now());
    let whose = subject.clone();
    state.end_all(subject, move |store| store.close_all(&whose, None, now)).await?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    session::set_cookie(&state, &mut response, "", Duration::ZERO);
    Ok(response)
}

/// The body of a change of password.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(super) struct NewPassword {
    old: String,
    new: String,
}

impl FromJson for NewPassword {
    const EXAMPLE: &'static str = r#"{"old":"…","new":"…"}"#;
}

#[derive(Serialize)]
struct Answer {
    token: String,
    expires_in: u64,
}

/// Changes the password, and ends all other sessions and all tokens, since somebody else may have
/// used the old one. A caller with a token gets a new token.
pub(super) async fn change_password(
    State(state): State<AppState>,
    current: Current,
    peer: Peer,
    headers: HeaderMap,
    JsonBody(body): JsonBody<NewPassword>,
) -> Result<Response, Problem> {
    fields::check_password("new", &body.new)?;
    let subject = current.standing.subject.clone();
    let (find, now) = (subject.clone(), state.now());
    let found =
        state.with_store(move |store| Ok((store.user(&find)?, store.sessions(&find, now)?)));
    let (user, sessions) = found.await?;
    let username = user.ok_or_else(Problem::session_over)?.username;
    // The session of this request is kept, if the request came with one.
    let session = sessions
        .into_iter()
        .find(|session| views::is_of(session, current.standing.session.as_ref()));
    let but = session.map(|session| session.digest);
    let wrong = || Problem::invalid("old", "it is not the password; try again");
    if body.old.len() > MAX_PASSWORD_BYTES {
        return Err(wrong());
    }
    // The same budgets as for signing in: a session that was left open must not be a way to guess
    // the password.
    let account = state.sign_in().authenticate(&username, body.old, peer, &headers).await?;
    let account = account.filter(|account| account.subject == subject).ok_or_else(wrong)?;
    let change = PasswordChange {
        subject: subject.clone(),
        old_hash: account.password_hash,
        new_hash: state.sign_in().hash_password(peer, body.new).await?,
        but,
    };
    // Both steps may have waited for their turns, and the session may have ended meanwhile.
    current.again().await?.ok_or_else(Problem::session_over)?;
    let changed = state.end_all(subject.clone(), move |store| store.change_password(&change, now));
    if !changed.await? {
        return Err(wrong());
    }
    if but.is_some() {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let (now, ttl) = (state.now(), state.config().token_ttl);
    let token = session::new_token(&state, &subject, None, now, now.plus(ttl)).await?;
    Ok(Json(Answer { token, expires_in: ttl.as_secs() }).into_response())
}
