//! The command line of the server.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use permgate_server::Config;

use crate::log::Format;

mod arguments;
mod database;
mod init;

use arguments::{Arguments, OptionsError};
use database::DEFAULT_DATABASE;
pub(crate) use database::Database;
pub(crate) use init::{Init, USAGE as INIT_USAGE};

/// What `--help` prints.
pub(crate) const USAGE: &str = "\
permgate-server: sign-in, permissions and a protected API for the demo

  permgate-server init   makes a database with its first administrator; `init --help` says how

  --port N             port to listen on; 0 picks a free one (8787)
  --host ADDRESS       address to listen on (127.0.0.1)
  --database FILE      SQLite database, made before by `init` (permgate.sqlite3);
                       `:memory:` keeps nothing, and needs `--demo`
  --demo               fill an empty database with the demo's users, whose passwords are no secret
  --www DIR            folder with the built single-page application
  --ttl SECONDS        how long clients may believe a permission document (300)
  --token-ttl SECONDS  how long a token is valid (900)
  --session-ttl SECONDS  how long a cookie session lasts (28800)
  --origin ORIGIN      foreign origin that may call the API; may be repeated
  --trusted-proxy NET  address or network of a proxy whose `X-Forwarded-For` is believed;
                       may be repeated
  --packed-claim       tokens carry the permissions, packed, and the roles as of the sign-in
  --secure-cookies     send cookies over TLS only
  --log FORMAT         the log on the standard error, as `text` or `json` (text); the variable
                       RUST_LOG chooses levels (info)
  --max-streams N      event streams, sockets and long polls at once (10000)
  --demo-controls      let signed-in users crash the server; it is started again
  --version            print the version
  --help               print this

The first line of output is `listening on http://ADDRESS:PORT`. SIGTERM and ctrl-c stop it.
";

/// What the program is asked to do.
#[derive(Debug)]
pub(crate) enum Invocation {
    /// Serve.
    Serve(Box<Options>),
    /// Make the first administrator of a database.
    Init(Init),
    /// Print how to call it, or its version.
    Print(String),
}

/// How to serve.
#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) host: IpAddr,
    pub(crate) port: u16,
    pub(crate) database: Database,
    pub(crate) config: Config,
    /// How the log is written.
    pub(crate) log: Format,
    /// Whether an empty database is filled with the demo's users.
    pub(crate) demo: bool,
    /// Whether users of the demo may crash it, and it is started again.
    pub(crate) demo_controls: bool,
    /// Whether this is the process that is started again. Not for the command line.
    pub(crate) is_supervised: bool,
}

impl Options {
    /// Reads the arguments that follow the program's name.
    pub(crate) fn parse(
        arguments: impl Iterator<Item = String>,
    ) -> Result<Invocation, OptionsError> {
        let mut arguments = arguments.peekable();
        if arguments.next_if_eq("init").is_some() {
            let init = Init::parse(arguments)?;
            return Ok(init.map_or(Invocation::Print(INIT_USAGE.into()), Invocation::Init));
        }
        let mut options = Self {
            host: Ipv4Addr::LOCALHOST.into(),
            port: 8787,
            database: Database::File(DEFAULT_DATABASE.into()),
            config: Config::default(),
            log: Format::Text,
            demo: false,
            demo_controls: false,
            is_supervised: false,
        };
        let mut arguments = Arguments::new(arguments);
        while let Some(name) = arguments.next() {
            let switch = match name.as_str() {
                "--help" | "-h" => return Ok(Invocation::Print(USAGE.into())),
                "--version" => {
                    let version = concat!("permgate-server ", env!("CARGO_PKG_VERSION"), "\n");
                    return Ok(Invocation::Print(version.into()));
                }
                "--demo" => &mut options.demo,
                "--packed-claim" => &mut options.config.packed_claim,
                "--secure-cookies" => &mut options.config.secure_cookies,
                "--demo-controls" => &mut options.demo_controls,
                SUPERVISED => &mut options.is_supervised,
                _ if VALUED.contains(&name.as_str()) => {
                    let value = arguments.value(&name)?;
                    options.set(&name, value)?;
                    continue;
                }
                _ => return Err(arguments.unknown(name)),
            };
            arguments.switch(&name)?;
            *switch = true;
        }
        Ok(Invocation::Serve(Box::new(options)))
    }

    /// Where to listen.
    pub(crate) fn address(&self) -> (IpAddr, u16) {
        (self.host, self.port)
    }

    fn set(&mut self, name: &str, value: String) -> Result<(), OptionsError> {
        let bad = |needed| OptionsError::BadValue(name.into(), value.clone(), needed);
        let seconds = || {
            let whole = value.parse().ok().filter(|seconds| *seconds > 0);
            whole.map(Duration::from_secs).ok_or_else(|| bad("a whole number of seconds above 0"))
        };
        match name {
            "--port" => self.port = value.parse().map_err(|_| bad("a port from 0 to 65535"))?,
            "--host" => self.host = value.parse().map_err(|_| bad("an IP address"))?,
            "--ttl" => self.config.permissions_ttl = seconds()?,
            "--token-ttl" => self.config.token_ttl = seconds()?,
            "--session-ttl" => self.config.session_ttl = seconds()?,
            "--max-streams" => {
                self.config.max_streams = value.parse().map_err(|_| bad("a whole number"))?;
            }
            "--origin" => self.config.origins.push(value),
            "--trusted-proxy" => {
                let network = value.parse();
                let needed = "an address such as `10.0.0.7`, or a network such as `10.0.0.0/8`";
                self.config.trusted_proxies.push(network.map_err(|_| bad(needed))?);
            }
            "--log" => {
                self.log = match value.as_str() {
                    "text" => Format::Text,
                    "json" => Format::Json,
                    _ => return Err(bad("`text` or `json`")),
                };
            }
            "--www" => self.config.www = Some(value.into()),
            _ => self.database = Database::named(value),
        }
        Ok(())
    }
}

/// The options that take a value.
const VALUED: [&str; 11] = [
    "--port",
    "--host",
    "--database",
    "--www",
    "--ttl",
    "--token-ttl",
    "--session-ttl",
    "--max-streams",
    "--origin",
    "--log",
    "--trusted-proxy",
];

/// Said by a process to the one that it starts, and to nobody else.
pub(crate) const SUPERVISED: &str = "--supervised";

#[cfg(test)]
mod tests;
