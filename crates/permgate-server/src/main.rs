//! The server as a program: options, socket, and a clean stop.

mod failure;
mod init;
mod limits;
mod log;
mod options;
mod signal;
mod supervisor;
mod upkeep;

use std::future::IntoFuture as _;
use std::io::Write as _;
use std::net::{IpAddr, SocketAddr};
use std::process::ExitCode;
use std::sync::Arc;

use failure::Failure;
use options::{Database, Invocation, Options};
use permgate_server::store::Accounts as _;
use permgate_server::{
    AppState, Clock as _, LocalBus, STOP_WITHIN, SqliteStore, SystemClock, seed,
};
use signal::signal;
use tokio::net::TcpListener;

/// How many threads work on the database, on passwords and on files. With more threads, thousands
/// of clients that reconnect at once would wait all the same, and each thread takes memory.
const BLOCKING_THREADS: usize = 32;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let options = match Options::parse(arguments.iter().cloned()) {
        Ok(Invocation::Serve(options)) => options,
        Ok(Invocation::Init(init)) => return exit(init::run(&init).map(|()| ExitCode::SUCCESS)),
        Ok(Invocation::Backup(backup)) => {
            return exit(upkeep::backup(&backup).map(|()| ExitCode::SUCCESS));
        }
        Ok(Invocation::RotateKeys(rotation)) => {
            return exit(upkeep::rotate_keys(&rotation).map(|()| ExitCode::SUCCESS));
        }
        Ok(Invocation::Print(text)) => {
            print!("{text}");
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("permgate-server: {error}");
            return ExitCode::from(2);
        }
    };
    let result = if options.demo_controls && !options.is_supervised {
        supervisor::run(&arguments)
    } else {
        log::start(options.log).and_then(|()| run(*options)).map(|()| ExitCode::SUCCESS)
    };
    exit(result)
}

fn exit(result: Result<ExitCode, Failure>) -> ExitCode {
    match result {
        Ok(code) => code,
        Err(error) => {
            eprintln!("permgate-server: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(mut options: Options) -> Result<(), Failure> {
    let (address, metrics) = (options.address(), options.metrics);
    limits::apply(&mut options.config);
    if options.demo_controls {
        options.config.demo_crash = Some(supervisor::crash);
    }
    let is_supervised = options.is_supervised;
    if options.demo && !options.host.is_loopback() {
        tracing::warn!("anybody who reaches {} can sign in as a demo user", options.host);
    }
    let state = open(options)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .max_blocking_threads(BLOCKING_THREADS)
        .enable_all()
        .build()?;
    runtime.block_on(serve(address, metrics, state, is_supervised))?;
    // A database task may still be running although its client no longer waits for it.
    runtime.shutdown_timeout(STOP_WITHIN);
    Ok(())
}

fn open(options: Options) -> Result<AppState, Failure> {
    let Options { database, config, demo, .. } = options;
    let (store, name) = match &database {
        Database::File(path) => {
            let name = path.display().to_string();
            // A failed start leaves no empty file behind.
            if !demo && !path.exists() {
                return Err(no_users(&name).into());
            }
            (SqliteStore::open(path)?, name)
        }
        Database::Memory => (SqliteStore::in_memory()?, ":memory:".to_owned()),
    };
    let store = store.in_language(config.language);
    let clock = SystemClock;
    if !store.has_users()? {
        if !demo {
            return Err(no_users(&name).into());
        }
        store.plant(&seed::demo(clock.now(), config.password_cost, config.language)?)?;
    }
    Ok(AppState::new(Arc::new(store), Arc::new(clock), Arc::new(LocalBus::new()), config)?)
}

fn no_users(database: &str) -> String {
    format!(
        "the database `{database}` has no users; make the first administrator with \
         `permgate-server init --database {database}`, or try the demo's users with `--demo`"
    )
}

async fn serve(
    address: (IpAddr, u16),
    metrics: Option<SocketAddr>,
    state: AppState,
    is_supervised: bool,
) -> Result<(), Failure> {
    let listener = TcpListener::bind(address).await.map_err(|error| {
        format!("cannot listen on {}:{}: {error}; choose another `--port`", address.0, address.1)
    })?;
    let mut out = std::io::stdout();
    writeln!(out, "listening on http://{}", listener.local_addr()?)?;
    if let Some(address) = metrics {
        let listener = TcpListener::bind(address).await.map_err(|error| {
            format!("cannot listen on {address}: {error}; choose another `--metrics`")
        })?;
        writeln!(out, "metrics on http://{}/metrics", listener.local_addr()?)?;
        // The task ends with the process.
        tokio::spawn(
            axum::serve(listener, permgate_server::metrics_app(state.clone())).into_future(),
        );
    }
    out.flush()?;
    let stop = async {
        if is_supervised {
            tokio::select! {
                () = signal() => {}
                () = supervisor::ended() => {}
            }
        } else {
            signal().await;
        }
    };
    if !permgate_server::serve(listener, state, stop).await {
        tracing::warn!("some requests were still under way at the stop");
    }
    Ok(())
}
