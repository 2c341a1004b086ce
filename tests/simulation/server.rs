//! A correct server, and the faults around it that spoil its answers: users with versions of their
//! permissions, credentials, replicas that lag, overload, restarts, broken caches.

use permgate_testbed::Random;

use crate::setting::{Credentials, Naming, START, Setting};

/// All permissions.
pub(crate) const NAMES: [&str; 5] =
    ["invoice:view", "invoice:edit", "report:view", "report:edit", "user:admin"];
/// All roles.
pub(crate) const ROLES: [&str; 2] = ["clerk", "auditor"];
/// The tenants: none, and two by name.
pub(crate) const TENANTS: [Option<&str>; 3] = [None, Some("acme"), Some("zenith")];
pub(crate) const USERS: usize = 3;

/// The lifetime of credentials that never expire.
pub(crate) const FOREVER: u64 = u64::MAX / 4;

/// When a token was issued and when it expires, if it says so.
type Dates = Option<(u64, Option<u64>)>;

/// The permissions of a user since some moment, by tenant.
#[derive(Clone, Debug)]
pub(crate) struct Version {
    at: u64,
    pub(crate) grants: [u8; 3],
    pub(crate) roles: [u8; 3],
}

/// A token, or a session behind a cookie.
pub(crate) struct Credential {
    pub(crate) text: String,
    pub(crate) user: usize,
    ends: u64,
    pub(crate) is_revoked: bool,
    /// The user's grants at the time of issue, without a tenant.
    pub(crate) grants: u8,
    pub(crate) roles: u8,
}

/// The content of a document, for the oracle.
#[derive(Clone, Debug)]
pub(crate) struct Paper {
    pub(crate) subject: Option<usize>,
    pub(crate) tenant: usize,
    pub(crate) version: Option<u64>,
    pub(crate) grants: u8,
    pub(crate) roles: u8,
    pub(crate) ttl: Option<u64>,
    pub(crate) etag: Option<String>,
}

/// The answer to a request.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    /// A body; a page must refuse a body without `paper`.
    Document {
        body: String,
        paper: Option<Paper>,
    },
    NotModified,
    Unauthorized,
    Status(u16, Option<u64>),
    /// The connection broke.
    Broken,
    /// No answer ever comes.
    Silence,
}

pub(crate) struct Server {
    users: Vec<Vec<Version>>,
    pub(crate) credentials: Vec<Credential>,
    /// By how much each node lags.
    pub(crate) lags: [u64; 3],
    pub(crate) down_until: u64,
    /// How many of a hundred requests get a bad answer.
    pub(crate) overload: u64,
    pub(crate) bad_documents: u64,
    /// Whether all credentials are refused.
    pub(crate) refuses: bool,
    /// The offsets that restarted counters add to version numbers, each since a moment.
    eras: Vec<(u64, u64)>,
    /// The time to live in documents.
    pub(crate) ttl: Option<u64>,
    setting: Setting,
}

pub(crate) fn subject(user: usize) -> &'static str {
    // Digits only, since tokens may write a subject as an integer.
    ["70", "71", "72"][user]
}

impl Server {
    pub(crate) fn new(setting: &Setting, random: &mut Random) -> Self {
        let users = (0..USERS)
            .map(|_| {
                let grants = [random.mask(5), random.mask(5), random.mask(5)];
                let roles = [random.mask(2), random.mask(2), random.mask(2)];
                vec![Version { at: 0, grants, roles }]
            })
            .collect();
        Self {
            users,
            credentials: Vec::new(),
            lags: [0; 3],
            down_until: 0,
            overload: 0,
            bad_documents: 0,
            refuses: false,
            eras: vec![(0, 10_000)],
            ttl: None,
            setting: setting.clone(),
        }
    }

    /// Signs a user in; the credentials are valid for this long.
    pub(crate) fn sign_in(&mut self, user: usize, time: u64, lives: u64) -> usize {
        let number = self.credentials.len();
        let ends = time.saturating_add(lives);
        let dates = self.setting.dates_tokens.then_some((time, (lives < FOREVER).then_some(ends)));
        let text = match self.setting.credentials {
            Credentials::Cookie => format!("cookie-{number}"),
            Credentials::Mixed if number.is_multiple_of(3) => self.token(number, None, dates),
            Credentials::Opaque if number.is_multiple_of(2) => self.token(number, None, dates),
            Credentials::Opaque => format!("opaque-{number}"),
            Credentials::Named | Credentials::Mixed => {
                self.token(number, Some(subject(user)), dates)
            }
        };
        let content = self.truth(user).1;
        let (grants, roles) = (content.grants[0], content.roles[0]);
        self.credentials.push(Credential { text, user, ends, is_revoked: false, grants, roles });
        number
    }

    /// A token, which names its subject as the setting says, or names none; perhaps with the times
    /// at which it was issued and expires.
    fn token(&self, number: usize, subject: Option<&str>, dates: Dates) -> String {
        let named = match (subject, self.setting.naming) {
            (None, _) => String::new(),
            (Some(subject), Naming::Text) => format!(r#""sub":"{subject}","#),
            (Some(subject), Naming::Integer) => format!(r#""sub":{subject},"#),
            // All users have the same `sub`, which is the wrong claim to read.
            (Some(subject), Naming::Claim) => {
                format!(r#""sub":"all","who":{{"id":"{subject}"}},"#)
            }
        };
        let seconds = |time: u64| START.unsigned_abs().saturating_add(time) / 1000;
        let dated = dates.map_or_else(String::new, |(issued, ends)| {
            let end = ends.map_or_else(String::new, |ends| format!(r#""exp":{},"#, seconds(ends)));
            format!(r#""iat":{},{end}"#, seconds(issued))
        });
        let claims = format!(r#"{{"iss":"sim",{named}{dated}"jti":"{number}"}}"#);
        format!("{}.{}.", base64url(b"{}"), base64url(claims.as_bytes()))
    }

    pub(crate) fn credential_of(&self, text: &str) -> Option<usize> {
        self.credentials.iter().position(|credential| credential.text == text)
    }

    /// The document in the claims of a token.
    pub(crate) fn claims(&self, credential: usize) -> Paper {
        let Credential { user, grants, roles, .. } = self.credentials[credential];
        let (subject, tenant) = (Some(user), 0);
        Paper { subject, tenant, version: None, grants, roles, ttl: None, etag: None }
    }

    pub(crate) fn revoke(&mut self, credential: usize) {
        self.credentials[credential].is_revoked = true;
    }

    /// The user of the credentials, if they are valid.
    pub(crate) fn authenticate(&self, credential: Option<usize>, time: u64) -> Option<usize> {
        let credential = &self.credentials[credential?];
        (!self.refuses && !credential.is_revoked && time < credential.ends)
            .then_some(credential.user)
    }

    pub(crate) fn is_down(&self, time: u64) -> bool {
        time < self.down_until
    }

    /// The truth: the newest version.
    pub(crate) fn truth(&self, user: usize) -> (u64, &Version) {
        let versions = &self.users[user];
        (self.numbered(versions.len(), u64::MAX), versions.last().unwrap())
    }

    /// The number of the version with this index, as the counter shows it at a moment.
    fn numbered(&self, place: usize, time: u64) -> u64 {
        let era = self.eras.iter().rfind(|(since, _)| *since <= time);
        number(place) + era.map_or(0, |(_, first)| *first)
    }

    /// Restarts the counters of all users below all earlier versions. Returns false when no lower
    /// numbers are left.
    pub(crate) fn restart_counters(&mut self, time: u64) -> bool {
        let first = self.eras.last().map_or(0, |(_, first)| *first);
        if first > 0 {
            self.eras.push((time, first.saturating_sub(5_000)));
        }
        first > 0
    }

    /// Commits a change; returns the names that were granted somewhere before and are granted less
    /// now.
    pub(crate) fn change(
        &mut self,
        user: usize,
        tenant: usize,
        grants: u8,
        roles: u8,
        at: u64,
    ) -> u8 {
        let mut next = self.truth(user).1.clone();
        let revoked = next.grants[tenant] & !grants;
        next.grants[tenant] = grants;
        next.roles[tenant] = roles;
        next.at = at;
        self.users[user].push(next);
        revoked
    }

    /// The version that a node knows.
    fn node_version(&self, user: usize, node: usize, time: u64) -> (u64, &Version) {
        let versions = &self.users[user];
        let newest = versions.iter().rposition(|version| version.at + self.lags[node] <= time);
        let index = newest.unwrap_or(0);
        (self.numbered(index + 1, time.saturating_sub(self.lags[node])), &versions[index])
    }

    /// The version in a response of the API.
    pub(crate) fn header(&self, user: usize, time: u64, random: &mut Random) -> u64 {
        self.node_version(user, random.index(3), time).0
    }

    fn paper(&self, user: usize, tenant: usize, (version, content): (u64, &Version)) -> Paper {
        let ttl = self.ttl.unwrap_or(0);
        let etag = self.setting.tells_etag.then(|| format!("\"{user}-{tenant}-{version}-{ttl}\""));
        Paper {
            subject: self.setting.tells_subject.then_some(user),
            tenant,
            version: self.setting.tells_version.then_some(version),
            grants: content.grants[tenant],
            roles: content.roles[tenant],
            ttl: self.ttl,
            etag,
        }
    }

    /// The bootstrap of a page that is rendered for a user.
    pub(crate) fn bootstrap(
        &self,
        user: usize,
        tenant: usize,
        time: u64,
        random: &mut Random,
    ) -> (String, Paper) {
        let paper = self.paper(user, tenant, self.node_version(user, random.index(3), time));
        (body(&paper), Paper { etag: None, ..paper })
    }

    /// Answers a request for the document.
    pub(crate) fn serve(
        &self,
        credential: Option<usize>,
        tenant: usize,
        etag: Option<&str>,
        time: u64,
        random: &mut Random,
    ) -> Reply {
        if self.is_down(time) {
            return if random.percent(80) { Reply::Broken } else { Reply::Silence };
        }
        if random.percent(self.overload) {
            let after = random.percent(60).then(|| random.below(200) * 1000 + 1000);
            return match random.below(8) {
                0 => Reply::Unauthorized,
                1 => Reply::Status(403, None),
                2 | 3 => Reply::Status(500, None),
                4 => Reply::Status(429, after),
                _ => Reply::Status(503, after),
            };
        }
        let Some(user) = self.authenticate(credential, time) else { return Reply::Unauthorized };
        let paper = self.paper(user, tenant, self.node_version(user, random.index(3), time));
        if random.percent(self.bad_documents) {
            if etag.is_none() && random.percent(20) {
                return Reply::NotModified;
            }
            return self.bad(&paper, random);
        }
        if etag.is_some() && paper.etag.as_deref() == etag {
            return Reply::NotModified;
        }
        Reply::Document { body: body(&paper), paper: Some(paper) }
    }

    /// An answer that must not be believed.
    fn bad(&self, paper: &Paper, random: &mut Random) -> Reply {
        let generous = Paper { grants: 0x1F, roles: 3, ..paper.clone() };
        let text = match random.below(6) {
            0 => {
                let mut text = body(&generous);
                text.truncate(text.len() - 1 - random.index(text.len() / 2));
                text
            }
            1 => "<!doctype html><title>Sign in</title>".into(),
            2 => r#"{"subject":"70","permissions":null}"#.into(),
            3 if self.setting.credentials == Credentials::Named && self.setting.tells_subject => {
                // A cache that ignores `Vary` (F6, F11).
                let other = paper.subject.map(|user| (user + 1) % USERS);
                body(&Paper { subject: other, ..generous })
            }
            4 if paper.tenant > 0 => body(&Paper { tenant: 3 - paper.tenant, ..generous }),
            _ => String::new(),
        };
        Reply::Document { body: text, paper: None }
    }
}

fn number(count: usize) -> u64 {
    u64::try_from(count).unwrap()
}

/// The names in a bit mask.
pub(crate) fn names(mask: u8) -> Vec<&'static str> {
    let chosen = NAMES.iter().enumerate().filter(|(index, _)| mask & (1 << index) != 0);
    chosen.map(|(_, name)| *name).collect()
}

/// Writes a document, sometimes plainly, sometimes with a pattern and a denial.
pub(crate) fn body(paper: &Paper) -> String {
    let roles: Vec<&str> = ROLES
        .iter()
        .enumerate()
        .filter(|(index, _)| paper.roles & (1 << index) != 0)
        .map(|(_, role)| *role)
        .collect();
    let mut members = Vec::new();
    if let Some(user) = paper.subject {
        members.push(format!(r#""subject":"{}""#, subject(user)));
    }
    if let Some(tenant) = TENANTS[paper.tenant] {
        members.push(format!(r#""tenant":"{tenant}""#));
    }
    if let Some(version) = paper.version {
        members.push(format!(r#""version":{version}"#));
    }
    if let Some(ttl) = paper.ttl {
        members.push(format!(r#""ttl":{}"#, ttl / 1000));
    }
    let with_patterns = paper.version.is_some_and(|version| version % 2 == 0);
    if with_patterns && paper.grants & 1 != 0 {
        let denied = names(!paper.grants & 2);
        let rest = names(paper.grants & !3);
        let allowed: Vec<&str> = rest.into_iter().chain(["invoice:*"]).collect();
        members.push(format!(r#""permissions":{allowed:?},"denied":{denied:?}"#));
    } else {
        members.push(format!(r#""permissions":{:?}"#, names(paper.grants)));
    }
    members.push(format!(r#""roles":{roles:?}"#));
    format!("{{{}}}", members.join(","))
}

/// Base64url without padding (RFC 4648 §5).
fn base64url(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let word = three
            .iter()
            .chain([&0, &0])
            .take(3)
            .fold(0_u32, |word, byte| (word << 8) | u32::from(*byte));
        for place in 0..=three.len() {
            let index = usize::try_from((word >> (18 - 6 * place)) & 63).unwrap();
            text.push(char::from(LETTERS[index]));
        }
    }
    text
}
