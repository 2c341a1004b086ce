//! Builds everything and serves the demo: the page, its server and an embedded database.

use crate::dist;
use crate::error::{Result, TaskError};
use crate::npm;
use crate::paths;
use crate::server;
use crate::shell::command;
use std::net::{Ipv4Addr, TcpListener};

const DEFAULT_PORT: u16 = 7420;

/// The users that the server seeds; each password is the name followed by `-demo`.
const USERS: [(&str, &str); 5] = [
    ("ada", "administrator: everything"),
    ("grace", "accountant"),
    ("linus", "warehouse"),
    ("margaret", "auditor: views everything, edits nothing"),
    ("alan", "trainee: few things"),
];

struct Options {
    port: u16,
    reset: bool,
    ttl_seconds: Option<u32>,
}

pub(crate) fn run(arguments: lexopt::Parser) -> Result<()> {
    let options = parse(arguments)?;
    port_is_free(options.port)?;

    println!("== package");
    dist::build()?;
    println!("== page");
    build_page()?;
    println!("== server");
    let program = server::build()?;

    let folder = paths::target().join("demo");
    paths::create_folder(&folder)?;
    let database = folder.join("permgate.sqlite");
    if options.reset {
        for suffix in ["", "-wal", "-shm", "-journal"] {
            paths::remove(&folder.join(format!("permgate.sqlite{suffix}")))?;
        }
    }

    announce(options.port);
    let mut serve = command(program)
        .arg("--port")
        .arg(options.port.to_string())
        .arg("--database")
        .arg(&database)
        .arg("--www")
        .arg(paths::in_root("www/dist"))
        .arg("--demo")
        .arg("--demo-controls")
        .advice("the message above says why; `--reset` starts with a fresh database");
    if let Some(seconds) = options.ttl_seconds {
        serve = serve.arg("--ttl").arg(seconds.to_string());
    }
    serve.become_it()
}

/// Builds the demo page from the packed tarball.
pub(crate) fn build_page() -> Result<()> {
    npm::install_with_tarball("www")?;
    npm::script("www", "build")?.run()
}

fn parse(mut arguments: lexopt::Parser) -> Result<Options> {
    use lexopt::prelude::{Long, ValueExt as _};
    let mut options = Options { port: DEFAULT_PORT, reset: false, ttl_seconds: None };
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("port") => options.port = arguments.value()?.parse()?,
            Long("reset") => options.reset = true,
            Long("ttl") => options.ttl_seconds = Some(arguments.value()?.parse()?),
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(options)
}

/// Checks that the port is free before the build, which takes minutes.
fn port_is_free(port: u16) -> Result<()> {
    match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
        Ok(_) => Ok(()),
        Err(error) => Err(TaskError::new(format!("cannot listen on 127.0.0.1:{port}: {error}"))
            .advice(
                "choose another port with `--port N` (`--port 0` takes any), \
                 or stop the demo that is running",
            )),
    }
}

fn announce(port: u16) {
    println!();
    if port == 0 {
        println!("  The demo is at the address that the server prints below.");
    } else {
        println!("  The demo is at  http://127.0.0.1:{port}  (ctrl-c stops it)");
    }
    println!("  Sign in as:");
    for (name, role) in USERS {
        println!("    {name:<9} password {:<14} {role}", format!("{name}-demo"));
    }
    println!();
}
