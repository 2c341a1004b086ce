//! A server with thousands of users who share a role, for the benchmark.
//!
//! It prints its address, and then the token of an administrator and of each user, one per line:
//! signing in so many users would take minutes.

use std::error::Error;
use std::io::Write as _;
use std::sync::Arc;

use permgate_core::Pattern;
use permgate_server::seed::{Seed, SeedRole, SeedUser};
use permgate_server::store::{Accounts as _, Keys as _, TokenMark};
use permgate_server::{
    AppState, Clock, Config, LocalBus, SqliteStore, SystemClock, Tokens, catalogue,
};

/// The role of all these users.
const ROLE: &str = "crowd";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let usage = "usage: crowd DATABASE USERS";
    let (database, users) = (arguments.next().ok_or(usage)?, arguments.next().ok_or(usage)?);
    let users: usize = users.parse()?;
    let role =
        |name: &str, permissions| SeedRole { name: name.into(), title: name.into(), permissions };
    let names = catalogue::permissions().map(|name| Pattern::parse(&name));
    let roles = vec![
        role("administrator", vec![Pattern::parse("*")?]),
        role(ROLE, names.collect::<Result<_, _>>()?),
    ];
    let user = |username: String, role: &str| SeedUser {
        name: username.clone(),
        username,
        password_hash: "nobody signs in with a password".into(),
        roles: vec![role.into()],
        grants: Vec::new(),
    };
    let crowd = (0..users).map(|number| user(format!("user-{number}"), ROLE));
    let administrator = std::iter::once(user("administrator".into(), "administrator"));
    let users = administrator.chain(crowd).collect();
    let store = SqliteStore::open(database.as_ref())?;
    store.plant(&Seed { roles, users, records: Vec::new() })?;

    let config = Config::default();
    let (tokens, clock) = (Tokens::new(&store.signing_keys()?, &config), SystemClock);
    let expires_at = clock.now().plus(config.session_ttl);
    let subjects = store.users()?.into_iter().map(|user| (user.username, user.id));
    let minted = subjects
        .map(|(username, subject)| {
            Ok((
                username,
                tokens.mint(&subject, None, TokenMark::default(), clock.now(), expires_at)?,
            ))
        })
        .collect::<Result<Vec<_>, Box<dyn Error>>>()?;
    let state = AppState::new(Arc::new(store), Arc::new(clock), Arc::new(LocalBus::new()), config)?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "listening on http://{}", listener.local_addr()?)?;
    for (username, token) in &minted {
        writeln!(out, "{username} {token}")?;
    }
    writeln!(out, "ready")?;
    out.flush()?;
    drop(out);
    permgate_server::serve(listener, state, std::future::pending()).await;
    Ok(())
}
