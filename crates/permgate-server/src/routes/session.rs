//! Signing in, signing out, and the signed-in user.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use permgate_axum::{Current, PERMISSIONS_VERSION, version_header};
use serde::{Deserialize, Serialize};

use crate::body::{FromJson, JsonBody};
use crate::clock::Timestamp;
use crate::credentials::Credentials;
use crate::password::MAX_PASSWORD_BYTES;
use crate::problem::Problem;
use crate::secret::{base64url, digest, random_bytes};
use crate::sign_in::Peer;
use crate::state::AppState;
use crate::store::audit::{Act, Uncommitted};
use crate::store::{Account, Session};
use crate::token::PageClaims;

/// How much of a `User-Agent` is kept, in characters.
const MAX_AGENT: usize = 256;

/// The body of a sign-in.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(super) struct SignIn {
    username: String,
    password: String,
    #[serde(default)]
    mode: Mode,
}

/// The kind of credentials that a sign-in answers with.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase", expecting = "a string")]
enum Mode {
    /// A token for the page to send.
    #[default]
    Token,
    /// A cookie that the page never sees.
    Cookie,
}

impl FromJson for SignIn {
    const EXAMPLE: &'static str = r#"{"username":"ada","password":"…","mode":"cookie"}"#;
}

#[derive(Serialize)]
struct SignedIn {
    subject: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    expires_in: u64,
}

pub(super) async fn sign_in(
    State(state): State<AppState>,
    peer: Peer,
    headers: HeaderMap,
    JsonBody(body): JsonBody<SignIn>,
) -> Result<Response, Problem> {
    if body.password.len() > MAX_PASSWORD_BYTES {
        let advice = format!("it is longer than {MAX_PASSWORD_BYTES} bytes; shorten it");
        return Err(Problem::invalid("password", advice));
    }
    let SignIn { username, password, mode } = body;
    let sign_ins = state.metrics().sign_ins();
    let found = state.sign_in().authenticate(&username, password, peer, &headers).await;
    match &found {
        Ok(Some(_)) => sign_ins.succeeded.inc(),
        Ok(None) => sign_ins.failed.inc(),
        Err(_) => sign_ins.refused.inc(),
    };
    let Some(account) = found? else {
        let detail = "the user name or the password is wrong; try again";
        return Err(Problem::unauthenticated(detail));
    };
    let mut response = match mode {
        Mode::Token => with_token(&state, &account).await?,
        Mode::Cookie => with_cookie(&state, &account, &username, &headers).await?,
    };
    // Set here, since the request itself had no credentials, or those of another user.
    if let Some(version) = version_header(&account.subject, account.version) {
        response.headers_mut().insert(PERMISSIONS_VERSION, version);
    }
    Ok(response)
}

async fn with_token(state: &AppState, account: &Account) -> Result<Response, Problem> {
    let page = page_claims(state, account).await?;
    let now = state.now();
    let expires_at = now.plus(state.config().token_ttl);
    let token = new_token(state, &account.subject, page.as_ref(), now, expires_at).await?;
    let actor = Some(account.subject.clone());
    let target = Some(format!("users/{}", account.subject));
    state.counting().count(Uncommitted { act: Act::SignInByToken, actor, target });
    Ok(signed_in(account, Some(token), expires_at, now).into_response())
}

/// A token for a subject.
pub(super) async fn new_token(
    state: &AppState,
    subject: &str,
    page: Option<&PageClaims>,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<String, Problem> {
    let owner = subject.to_owned();
    let mark = state.with_store(move |store| store.token_mark(&owner, expires_at)).await?;
    // A user who was removed after the password was verified gets a token that is never accepted.
    let mark = mark.unwrap_or_default();
    let token = state.judge().tokens().mint(subject, page, mark, now, expires_at);
    token.map_err(|error| Problem::internal(&error))
}

/// The claims of the token for the page, where that is configured.
async fn page_claims(state: &AppState, account: &Account) -> Result<Option<PageClaims>, Problem> {
    if !state.config().packed_claim {
        return Ok(None);
    }
    let subject = account.subject.clone();
    let standing = state.with_store(move |store| store.standing(&subject)).await?;
    // A user who was removed after the password was verified gets a token that is never accepted.
    Ok(standing.map(|standing| PageClaims::new(&standing, state.catalogue())))
}

async fn with_cookie(
    state: &AppState,
    account: &Account,
    username: &str,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let now = state.now();
    let ttl = state.config().session_ttl;
    let expires_at = now.plus(ttl);
    let random = || random_bytes().map_err(|error| Problem::internal(&error));
    let secret = base64url(&random()?);
    let session = Session {
        digest: digest(secret.as_bytes()),
        id: base64url(&random()?),
        subject: account.subject.clone(),
        created_at: now,
        seen_at: now,
        agent: agent(headers),
        expires_at,
    };
    state.with_writer(move |store| store.open_session(&session, now)).await?;
    let mut response = signed_in(account, None, expires_at, now).into_response();
    set_cookie(state, &mut response, &secret, ttl);
    let device = state.sign_in().device_cookie(username);
    let device = device.map_err(|error| Problem::internal(&error))?;
    if let Ok(device) = HeaderValue::try_from(device) {
        response.headers_mut().append(header::SET_COOKIE, device);
    }
    Ok(response)
}

/// The browser's `User-Agent`, by which a user recognises a session in the list.
fn agent(headers: &HeaderMap) -> String {
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    agent.unwrap_or_default().chars().take(MAX_AGENT).collect()
}

fn signed_in(
    account: &Account,
    token: Option<String>,
    expires_at: Timestamp,
    now: Timestamp,
) -> Json<SignedIn> {
    let (subject, name) = (account.subject.clone(), account.name.clone());
    Json(SignedIn { subject, name, token, expires_in: expires_at.seconds_after(now) })
}

pub(super) async fn sign_out(
    State(state): State<AppState>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let credentials = Credentials::read(&headers, state.config().session_cookie());
    if let Some(proof) = state.judge().to_be_ended(&credentials) {
        state.end(proof).await?;
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    set_cookie(&state, &mut response, "", Duration::ZERO);
    Ok(response)
}

pub(super) async fn show(
    State(state): State<AppState>,
    current: Current,
) -> Result<Response, Problem> {
    let standing = current.standing;
    let subject = standing.subject.clone();
    let user = state.with_store(move |store| store.standing(&subject)).await?;
    let user = user.ok_or_else(Problem::session_over)?;
    let expires_in = standing.expires_at.map_or(0, |at| at.seconds_after(state.now()));
    let (subject, name) = (user.subject, user.name);
    Ok(Json(SignedIn { subject, name, token: None, expires_in }).into_response())
}

/// Sets the session cookie: scripts cannot read it, and requests from other sites do not carry it.
pub(super) fn set_cookie(
    state: &AppState,
    response: &mut Response,
    secret: &str,
    max_age: Duration,
) {
    let secure = if state.config().secure_cookies { "; Secure" } else { "" };
    let (name, seconds) = (state.config().session_cookie(), max_age.as_secs());
    let cookie =
        format!("{name}={secret}; Path=/; HttpOnly; SameSite=Strict; Max-Age={seconds}{secure}");
    if let Ok(cookie) = HeaderValue::try_from(cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}
