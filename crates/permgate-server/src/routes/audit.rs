//! The audit trail, page by page, for users who may read it.

use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use permgate_axum::{Current, query};
use permgate_core::{Language, Requirement, Resource};
use serde::Serialize;
use serde_json::Value;

use super::pages;
use super::views::rfc3339;
use crate::problem::Problem;
use crate::state::AppState;
use crate::store::audit::{Entry, MAX_ENTRIES_PER_PAGE, Wanted, Who};

#[derive(Serialize)]
struct EntryView {
    id: String,
    at: String,
    last_at: String,
    count: u64,
    actor: Option<WhoView>,
    act: String,
    target: String,
    target_user: Option<WhoView>,
    before: Value,
    after: Value,
    /// Whether `before` and `after` are left out because the caller may not see their target.
    is_withheld: bool,
}

#[derive(Serialize)]
struct WhoView {
    subject: String,
    username: Option<String>,
}

impl From<Who> for WhoView {
    fn from(Who { subject, username }: Who) -> Self {
        Self { subject, username }
    }
}

impl From<Entry> for EntryView {
    fn from(entry: Entry) -> Self {
        let Entry { id, at, last_at, count, actor, act, target, target_user, before, after } =
            entry;
        Self {
            id: id.to_string(),
            at: rfc3339(at),
            last_at: rfc3339(last_at),
            count,
            actor: actor.map(WhoView::from),
            act,
            target,
            target_user: target_user.map(WhoView::from),
            before,
            after,
            is_withheld: false,
        }
    }
}

impl EntryView {
    /// Leaves out values that the caller may not see elsewhere: reading the trail must not bypass
    /// the permission to view a record.
    fn seen_by(mut self, current: &Current, language: Language) -> Self {
        self.is_withheld = !may_see(&self.target, current, language);
        if self.is_withheld {
            (self.before, self.after) = (Value::Null, Value::Null);
        }
        self
    }
}

/// Whether a subject may see the target of an entry. In doubt, it may not.
fn may_see(target: &str, current: &Current, language: Language) -> bool {
    let may = |needed: &str, resource: Option<&Resource>| {
        Requirement::parse_in(needed, language)
            .is_ok_and(|needed| current.standing.set.decide(&needed, resource).is_granted())
    };
    match target.split('/').collect::<Vec<_>>().as_slice() {
        ["users", ..] => may("user:view", None),
        ["roles", ..] => may("role:view", None),
        ["pages", page, ..] => Resource::parse(target)
            .is_ok_and(|resource| may(&format!("{page}:view"), Some(&resource))),
        // Targets of other kinds have no content.
        _ => true,
    }
}

/// One page of the trail, the newest entry first: `?limit=` entries, older than the entry with the
/// number `?before=`, filtered by `?actor=`, `?target=` and `?act=`. If there are more, the header
/// `Link` names the next page (RFC 8288, relation `next`).
pub(super) async fn list(
    State(state): State<AppState>,
    current: Current,
    uri: Uri,
) -> Result<Response, Problem> {
    let limit = pages::length(&uri, MAX_ENTRIES_PER_PAGE)?;
    let before = query::whole(&uri, "before")?.map(i64::try_from).transpose();
    let before = before
        .map_err(|_| Problem::invalid_query("before", "write the `id` of an entry".to_owned()))?;
    let wanted = Wanted {
        before,
        actor: query::parameter(&uri, "actor")?,
        target: query::parameter(&uri, "target")?,
        act: query::parameter(&uri, "act")?,
    };
    // Events that were counted before this request must be in the answer.
    state.counting().write().await?;
    let filter = wanted.clone();
    // One entry more than a page holds, to know whether there is another page.
    let entries = state.with_store(move |store| store.trail(&filter, limit + 1)).await?;
    let has_more = entries.len() > limit;
    let language = state.config().language;
    let views = entries.into_iter().take(limit).map(EntryView::from);
    let entries: Vec<_> = views.map(|view| view.seen_by(&current, language)).collect();
    let next = entries.last().filter(|_| has_more).map(|last| {
        let mut address = format!("{}?limit={limit}&before={}", uri.path(), last.id);
        for (name, value) in
            [("actor", wanted.actor), ("target", wanted.target), ("act", wanted.act)]
        {
            let Some(value) = value else { continue };
            let value =
                percent_encoding::utf8_percent_encode(&value, percent_encoding::NON_ALPHANUMERIC);
            address.push_str(&format!("&{name}={value}"));
        }
        address
    });
    Ok(pages::page(entries, next))
}
