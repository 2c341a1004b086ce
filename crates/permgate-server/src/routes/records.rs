//! The records of a page: the resources that the API protects.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, delete, get, post, put};
use permgate_axum::{Current, Permit};
use permgate_core::{Requirement, Resource};
use serde::{Deserialize, Serialize};

use super::views::rfc3339;
use crate::body::{FromJson, JsonBody};
use crate::catalogue::Action;
use crate::problem::Problem;
use crate::revision::{self, IfMatch};
use crate::state::AppState;
use crate::store::{Author, MAX_RECORDS_PER_PAGE, Record, RecordFields, Written};

/// Ten thousand million in cents: more than any invoice, and exact as a JavaScript number.
const MAX_AMOUNT: i64 = 1_000_000_000_000;

/// The longest texts, in characters: one line, a word or two, and a short letter.
const MAX_TITLE: usize = 200;
const MAX_STATUS: usize = 40;
const MAX_NOTE: usize = 4000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct Fields {
    title: String,
    #[serde(default)]
    amount: i64,
    #[serde(default = "new_status")]
    status: String,
    #[serde(default)]
    note: String,
}

fn new_status() -> String {
    "new".into()
}

impl FromJson for Fields {
    const EXAMPLE: &'static str =
        r#"{"title":"Oak desk","amount":24900,"status":"draft","note":""}"#;
}

impl Fields {
    fn check(self) -> Result<RecordFields, Problem> {
        let Self { title, amount, status, note } = self;
        for (path, text, most, needed) in [
            ("title", &title, MAX_TITLE, true),
            ("status", &status, MAX_STATUS, true),
            ("note", &note, MAX_NOTE, false),
        ] {
            if needed && text.trim().is_empty() {
                return Err(Problem::invalid(path, "it is empty; write something"));
            }
            if text.chars().count() > most {
                let advice = format!("it is longer than {most} characters; shorten it");
                return Err(Problem::invalid(path, advice));
            }
        }
        if amount.saturating_abs() > MAX_AMOUNT {
            let advice = format!("write cents, from -{MAX_AMOUNT} to {MAX_AMOUNT}");
            return Err(Problem::invalid("amount", advice));
        }
        Ok(RecordFields { title, amount, status, note })
    }
}

#[derive(Serialize)]
struct RecordView {
    id: String,
    title: String,
    amount: i64,
    status: String,
    note: String,
    updated_at: String,
    etag: String,
}

impl From<Record> for RecordView {
    fn from(record: Record) -> Self {
        let RecordFields { title, amount, status, note } = record.fields;
        let (id, updated_at) = (record.id.to_string(), rfc3339(record.updated_at));
        Self { id, title, amount, status, note, updated_at, etag: revision::tag(record.revision) }
    }
}

/// A record with its entity tag.
fn answer(record: Record) -> Response {
    ([revision::etag(record.revision)], Json(RecordView::from(record))).into_response()
}

/// The record that a path parameter names, only in the spelling of [`RecordView`]: the layer around
/// the route decides on the decoded parameter as text.
fn id(text: &str) -> Result<i64, Problem> {
    let id = text.parse::<i64>().ok().filter(|id| id.to_string() == text);
    id.ok_or_else(|| no_such_record(text))
}

fn no_such_record(id: &str) -> Problem {
    Problem::not_found(format!("there is no record `{id}` on this page; list its records"))
}

pub(super) fn list(page: &'static str) -> MethodRouter<AppState> {
    get(async move |State(state): State<AppState>, current: Current| -> Result<Response, Problem> {
        let mut records = state.read_now(move |store| store.records(page)).await?;
        // A user who may view the page may still be denied some of its records.
        let set = &current.standing.set;
        if set.grants().any(|grant| grant.resource.is_some()) {
            let needed = format!("{page}:{}", Action::View.as_str());
            let needed = Requirement::parse_in(&needed, state.config().language);
            let needed = needed.map_err(|error| Problem::internal(&error))?;
            records.retain(|record| {
                Resource::parse(&format!("pages/{page}/records/{}", record.id))
                    .is_ok_and(|record| set.decide(&needed, Some(&record)).is_granted())
            });
        }
        let records = records.into_iter().map(RecordView::from).collect::<Vec<_>>();
        Ok(Json(records).into_response())
    })
}

pub(super) fn show(page: &'static str) -> MethodRouter<AppState> {
    get(
        async move |State(state): State<AppState>,
                    Path(name): Path<String>|
                    -> Result<Response, Problem> {
            let id = id(&name)?;
            let record = state.with_store(move |store| store.record(page, id)).await?;
            record.map(answer).ok_or_else(|| no_such_record(&name))
        },
    )
}

pub(super) fn add(page: &'static str) -> MethodRouter<AppState> {
    post(
        async move |State(state): State<AppState>,
                    uri: Uri,
                    current: Current,
                    JsonBody(body): JsonBody<Fields>|
                    -> Result<Response, Problem> {
            let (fields, by) = (body.check()?, author(&state, &current));
            let added =
                state.with_writer(move |store| store.add_record(page, &fields, &by)).await?;
            let Some(record) = added else {
                let detail = format!(
                    "the page already has {MAX_RECORDS_PER_PAGE} records; delete some first"
                );
                return Err(Problem::conflict("page-full", "The page is full", detail));
            };
            let address = format!("{}/{}", uri.path(), record.id);
            let mut response = (StatusCode::CREATED, answer(record)).into_response();
            if let Ok(address) = HeaderValue::try_from(address) {
                response.headers_mut().insert(header::LOCATION, address);
            }
            Ok(response)
        },
    )
}

pub(super) fn change(page: &'static str) -> MethodRouter<AppState> {
    put(
        async move |State(state): State<AppState>,
                    Path(name): Path<String>,
                    permit: Permit,
                    if_match: IfMatch,
                    JsonBody(body): JsonBody<Fields>|
                    -> Result<Response, Problem> {
            let (id, fields) = (id(&name)?, body.check()?);
            let by = author(&state, permit.current());
            let written = state
                .with_writer(move |store| store.change_record(page, id, &fields, &if_match, &by));
            Ok(answer(done(&state, page, &name, &permit, written.await?)?))
        },
    )
}

pub(super) fn remove(page: &'static str) -> MethodRouter<AppState> {
    delete(
        async move |State(state): State<AppState>,
                    Path(name): Path<String>,
                    permit: Permit,
                    if_match: IfMatch|
                    -> Result<Response, Problem> {
            let (id, by) = (id(&name)?, author(&state, permit.current()));
            let removed =
                state.with_writer(move |store| store.remove_record(page, id, &if_match, &by));
            done(&state, page, &name, &permit, removed.await?)?;
            Ok(StatusCode::NO_CONTENT.into_response())
        },
    )
}

/// The author of a change of a record.
fn author(state: &AppState, current: &Current) -> Author {
    Author { subject: current.standing.subject.clone(), at: state.now() }
}

/// The answer to a write: the written record, or why nothing was written. What another user wrote
/// meanwhile is shown only to callers who may see this record.
fn done(
    state: &AppState,
    page: &str,
    name: &str,
    permit: &Permit,
    written: Written,
) -> Result<Record, Problem> {
    match written {
        Written::Done(record) => Ok(record),
        Written::Missing => Err(no_such_record(name)),
        Written::Differs(record) => {
            let needed = format!("{page}:{}", Action::View.as_str());
            let set = &permit.current().standing.set;
            let may_see = Requirement::parse_in(&needed, state.config().language)
                .is_ok_and(|needed| set.decide(&needed, permit.resource()).is_granted());
            let revision = record.revision;
            Err(revision::differs(revision, may_see.then(|| RecordView::from(record))))
        }
    }
}
