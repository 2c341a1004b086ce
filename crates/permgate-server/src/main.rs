//! The server as a program: options, socket, and a clean stop.

mod limits;
mod options;
mod supervisor;

use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;

use options::{Database, Invocation, Options, USAGE};
use permgate_server::{
    AppState, Clock, Config, LocalBus, STOP_WITHIN, SqliteStore, Store, SystemClock, seed,
};
use tokio::net::TcpListener;

/// How many threads work on the database, on passwords and on files. Thousands of clients that come
/// back at once wait for one another either way, and each thread takes memory.
const BLOCKING_THREADS: usize = 32;

type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let options = match Options::parse(arguments.iter().cloned()) {
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
    let result = if options.demo_controls && !options.is_supervised {
        supervisor::run(&arguments)
    } else {
        tracing_subscriber::fmt().with_writer(std::io::stderr).init();
        run(*options).map(|()| ExitCode::SUCCESS)
    };
    match result {
        Ok(code) => code,
        Err(error) => {
            eprintln!("permgate-server: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(mut options: Options) -> Result<(), Failure> {
    let address = options.address();
    limits::apply(&mut options.config);
    if options.demo_controls {
        options.config.demo_crash = Some(supervisor::crash);
    }
    let is_supervised = options.is_supervised;
    let state = open(options.database, options.config)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .max_blocking_threads(BLOCKING_THREADS)
        .enable_all()
        .build()?;
    runtime.block_on(serve(address, state, is_supervised))?;
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

async fn serve(
    address: (std::net::IpAddr, u16),
    state: AppState,
    is_supervised: bool,
) -> Result<(), Failure> {
    let listener = TcpListener::bind(address).await.map_err(|error| {
        format!("cannot listen on {}:{}: {error}; choose another `--port`", address.0, address.1)
    })?;
    let mut out = std::io::stdout();
    writeln!(out, "listening on http://{}", listener.local_addr()?)?;
    out.flush()?;
    let stop = async {
        if is_supervised {
            tokio::select! {
                () = signal() => {}
                () = supervisor::gone() => {}
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
