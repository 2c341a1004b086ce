//! The command line of the server.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::time::Duration;

use permgate_server::Config;

/// What `--help` prints.
pub(crate) const USAGE: &str = "\
permgate-server: sign-in, permissions and a protected API for the demo

  --port N             port to listen on; 0 picks a free one (8787)
  --host ADDRESS       address to listen on (127.0.0.1)
  --database FILE      SQLite database, made and seeded when absent (permgate.sqlite3);
                       `:memory:` keeps nothing
  --www DIR            folder with the built single-page application
  --ttl SECONDS        how long clients may believe a permission document (300)
  --token-ttl SECONDS  how long a token is valid (900)
  --session-ttl SECONDS  how long a cookie session lasts (28800)
  --origin ORIGIN      foreign origin that may call the API; may be repeated
  --packed-claim       tokens carry the permissions, packed, and the roles as of the sign-in
  --secure-cookies     send cookies over TLS only
  --max-streams N      event streams, sockets and long polls at once (10000)
  --demo-controls      let signed-in users crash the server; it is started again
  --help               print this

The first line of output is `listening on http://ADDRESS:PORT`. SIGTERM and ctrl-c stop it.
";

/// What the program is asked to do.
#[derive(Debug)]
pub(crate) enum Invocation {
    /// Serve.
    Serve(Box<Options>),
    /// Print how to call it.
    Help,
}

/// Where the data are.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Database {
    /// In a file.
    File(PathBuf),
    /// In memory.
    Memory,
}

/// How to serve.
#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) host: IpAddr,
    pub(crate) port: u16,
    pub(crate) database: Database,
    pub(crate) config: Config,
    /// Whether users of the demo may crash it, and it is started again.
    pub(crate) demo_controls: bool,
    /// Whether this is the process that is started again. Not for the command line.
    pub(crate) is_supervised: bool,
}

impl Options {
    /// Reads the arguments that follow the program's name.
    pub(crate) fn parse(
        mut arguments: impl Iterator<Item = String>,
    ) -> Result<Invocation, OptionsError> {
        let mut options = Self {
            host: Ipv4Addr::LOCALHOST.into(),
            port: 8787,
            database: Database::File("permgate.sqlite3".into()),
            config: Config::default(),
            demo_controls: false,
            is_supervised: false,
        };
        while let Some(argument) = arguments.next() {
            // `--port=8080` means the same as `--port 8080`.
            let (name, attached) = match argument.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (argument.as_str(), None),
            };
            if name == "--help" || name == "-h" {
                return Ok(Invocation::Help);
            }
            match name {
                "--packed-claim" | "--secure-cookies" | "--demo-controls" | SUPERVISED
                    if attached.is_some() =>
                {
                    return Err(OptionsError::Valued(name.into()));
                }
                "--packed-claim" => options.config.packed_claim = true,
                "--secure-cookies" => options.config.secure_cookies = true,
                "--demo-controls" => options.demo_controls = true,
                SUPERVISED => options.is_supervised = true,
                _ => {
                    if !VALUED.contains(&name) {
                        return Err(OptionsError::Unknown(argument));
                    }
                    let value = attached.or_else(|| arguments.next());
                    let value = value.ok_or_else(|| OptionsError::NoValue(name.into()))?;
                    options.set(name, value)?;
                }
            }
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
            "--www" => self.config.www = Some(value.into()),
            _ if value == ":memory:" => self.database = Database::Memory,
            _ => self.database = Database::File(value.into()),
        }
        Ok(())
    }
}

/// The options that take a value.
const VALUED: [&str; 9] = [
    "--port",
    "--host",
    "--database",
    "--www",
    "--ttl",
    "--token-ttl",
    "--session-ttl",
    "--max-streams",
    "--origin",
];

/// Said by a process to the one that it starts, and to nobody else.
pub(crate) const SUPERVISED: &str = "--supervised";

/// Why the command line makes no sense.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum OptionsError {
    Unknown(String),
    NoValue(String),
    Valued(String),
    BadValue(String, String, &'static str),
}

impl fmt::Display for OptionsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(argument) => {
                write!(f, "there is no option `{argument}`; `--help` lists them")
            }
            Self::NoValue(name) => write!(f, "`{name}` needs a value; `--help` tells which"),
            Self::Valued(name) => {
                write!(f, "`{name}` takes no value; write it alone, or leave it out")
            }
            Self::BadValue(name, value, needed) => {
                write!(f, "`{name}` is `{value}`; give {needed}")
            }
        }
    }
}

impl std::error::Error for OptionsError {}

#[cfg(test)]
mod tests;
