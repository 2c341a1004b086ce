//! The server as a program: options, socket, and a clean stop.

mod options;

use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use options::{Database, Invocation, Options, USAGE};
use permgate_server::{
    AppState, Clock, Config, LocalBus, SqliteStore, Store, SystemClock, app, seed,
};
use tokio::net::TcpListener;
use tokio::sync::watch;

/// How long requests in flight may still take after the signal to stop.
const STOP_WITHIN: Duration = Duration::from_secs(5);

type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    let options = match Options::parse(std::env::args().skip(1)) {
        Ok(Invocation::Serve(options)) => options,
        Ok(Invocation::Help) => {
            print!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("permgate-server: {error}");
            return ExitCode::from(2);
        }
    };
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    match run(*options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("permgate-server: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: Options) -> Result<(), Failure> {
    let address = options.address();
    let state = open(options.database, options.config)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(serve(address, state))?;
    // Work on the database that a client no longer waits for may still be under way.
    runtime.shutdown_timeout(STOP_WITHIN);
    Ok(())
}

fn open(database: Database, config: Config) -> Result<AppState, Failure> {
    let store = match database {
        Database::File(path) => SqliteStore::open(&path)?,
        Database::Memory => SqliteStore::in_memory()?,
    }
    .in_language(config.language);
    let clock = SystemClock;
    if store.users()?.is_empty() {
        store.plant(&seed::demo(clock.now(), config.password_cost, config.language)?)?;
    }
    Ok(AppState::new(Arc::new(store), Arc::new(clock), Arc::new(LocalBus::new()), config)?)
}

async fn serve(address: (std::net::IpAddr, u16), state: AppState) -> Result<(), Failure> {
    let listener = TcpListener::bind(address).await.map_err(|error| {
        format!("cannot listen on {}:{}: {error}; choose another `--port`", address.0, address.1)
    })?;
    let (stop, mut stopped) = watch::channel(false);
    let mut out = std::io::stdout();
    writeln!(out, "listening on http://{}", listener.local_addr()?)?;
    out.flush()?;
    let graceful = axum::serve(listener, app(state)).with_graceful_shutdown(async move {
        signal().await;
        stop.send_replace(true);
    });
    let deadline = async move {
        drop(stopped.wait_for(|stop| *stop).await);
        tokio::time::sleep(STOP_WITHIN).await;
    };
    tokio::select! {
        result = graceful => result?,
        () = deadline => tracing::warn!("some requests were still under way at the stop"),
    }
    Ok(())
}

/// Returns when the process is asked to stop.
async fn signal() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return;
        }
    }
    drop(tokio::signal::ctrl_c().await);
}
