//! The command line of the server, and the environment variables for its options.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::BoolishValueParser;
use clap::{Args, Parser, Subcommand, ValueEnum};
use permgate_server::{Config, Network};

use crate::log::Format;

mod database;

pub(crate) use database::{Database, DatabaseFile};

/// The text of `--help` below the options.
const AFTER_HELP: &str = "\
Each option can be given by its variable instead; a switch by `1` or `true`, several values with
commas between them. The command line has precedence. RUST_LOG chooses the levels of the
log (info).

The first line of output is `listening on http://ADDRESS:PORT`. SIGTERM and ctrl-c stop it.
";

/// Sign-in, permissions and a protected API.
#[derive(Debug, Parser)]
#[command(
    name = "permgate-server",
    version,
    after_help = AFTER_HELP,
    args_conflicts_with_subcommands = true,
    args_override_self = true,
    disable_help_subcommand = true
)]
struct CommandLine {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: Serve,
}

/// The commands other than serving.
#[derive(Debug, Subcommand)]
enum Command {
    /// Make a database with its first administrator; a database that has users is left as it is
    Init(Init),
    /// Copy a database into a new file, also while a server uses it
    Backup(Backup),
    /// Make a new signing key, while no server uses the database
    RotateKeys(RotateKeys),
}

/// The options of `init`: the first administrator, and the database.
#[derive(Args, Debug, PartialEq, Eq)]
pub(crate) struct Init {
    #[command(flatten)]
    pub(crate) file: DatabaseFile,
    /// Name to sign in with
    #[arg(long, value_name = "NAME", default_value = "admin")]
    pub(crate) username: String,
    /// Name to show
    #[arg(long, value_name = "NAME", default_value = "Administrator")]
    pub(crate) name: String,
    /// File with the password in its first line; without it the password is read from the standard
    /// input
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,
}

/// The options of `backup`: the database, and the target.
#[derive(Args, Debug, PartialEq, Eq)]
pub(crate) struct Backup {
    /// New file for the copy
    #[arg(value_name = "FILE")]
    pub(crate) target: PathBuf,
    #[command(flatten)]
    pub(crate) file: DatabaseFile,
}

/// Which keys to replace, and how.
#[derive(Args, Debug, PartialEq, Eq)]
pub(crate) struct RotateKeys {
    #[command(flatten)]
    pub(crate) file: DatabaseFile,
    /// End all sessions and tokens at once
    #[arg(long)]
    pub(crate) end_all: bool,
    /// How long a token is valid where the server runs: the old key verifies for as long
    #[arg(long, env = "PERMGATE_TOKEN_TTL", value_name = "SECONDS", default_value = "900", value_parser = seconds)]
    pub(crate) token_ttl: Duration,
}

/// How to serve.
#[derive(Args, Debug)]
struct Serve {
    /// Port to listen on; 0 picks a free one
    #[arg(long, env = "PERMGATE_PORT", value_name = "N", default_value_t = 8787)]
    port: u16,
    /// Address to listen on
    #[arg(long, env = "PERMGATE_HOST", value_name = "ADDRESS", default_value_t = Ipv4Addr::LOCALHOST.into())]
    host: IpAddr,
    /// SQLite database, created by `init`; `:memory:` keeps nothing, and needs `--demo`
    #[arg(
        long,
        env = "PERMGATE_DATABASE",
        value_name = "FILE",
        default_value = "permgate.sqlite3"
    )]
    database: PathBuf,
    /// Fill an empty database with the demo's users, whose passwords are public
    #[arg(long, env = "PERMGATE_DEMO", value_parser = BoolishValueParser::new())]
    demo: bool,
    /// Folder with the built single-page application
    #[arg(long, env = "PERMGATE_WWW", value_name = "DIR")]
    www: Option<PathBuf>,
    /// How long clients may believe a permission document
    #[arg(long, env = "PERMGATE_TTL", value_name = "SECONDS", default_value = "300", value_parser = seconds)]
    ttl: Duration,
    /// How long a token is valid
    #[arg(long, env = "PERMGATE_TOKEN_TTL", value_name = "SECONDS", default_value = "900", value_parser = seconds)]
    token_ttl: Duration,
    /// How long a cookie session lasts
    #[arg(long, env = "PERMGATE_SESSION_TTL", value_name = "SECONDS", default_value = "28800", value_parser = seconds)]
    session_ttl: Duration,
    /// Foreign origin that may call the API; may be repeated
    #[arg(long, env = "PERMGATE_ORIGIN", value_name = "ORIGIN", value_delimiter = ',')]
    origin: Vec<String>,
    /// Address or network of a proxy whose `X-Forwarded-For` is believed; may be repeated
    #[arg(long, env = "PERMGATE_TRUSTED_PROXY", value_name = "NET", value_delimiter = ',')]
    trusted_proxy: Vec<Network>,
    /// Tokens carry the permissions, packed, and the roles as of the sign-in
    #[arg(long, env = "PERMGATE_PACKED_CLAIM", value_parser = BoolishValueParser::new())]
    packed_claim: bool,
    /// Send cookies over TLS only
    #[arg(long, env = "PERMGATE_SECURE_COOKIES", value_parser = BoolishValueParser::new())]
    secure_cookies: bool,
    /// How the log on the standard error is written
    #[arg(long, env = "PERMGATE_LOG", value_name = "FORMAT", default_value = "text")]
    log: Format,
    /// Event streams, sockets and long polls at once
    #[arg(long, env = "PERMGATE_MAX_STREAMS", value_name = "N", default_value_t = 10_000)]
    max_streams: usize,
    /// Address and port at which `/metrics` is served to scrapers on other machines
    #[arg(long, env = "PERMGATE_METRICS", value_name = "ADDRESS:PORT")]
    metrics: Option<SocketAddr>,
    /// Let signed-in users crash the server; it is started again
    #[arg(long, env = "PERMGATE_DEMO_CONTROLS", value_parser = BoolishValueParser::new())]
    demo_controls: bool,
    /// Passed by a supervising process to the process that it starts, and by nobody else
    #[arg(long, hide = true)]
    supervised: bool,
}

/// Passed only by a supervising process to the process that it starts.
pub(crate) const SUPERVISED: &str = "--supervised";

/// The command of the command line.
#[derive(Debug)]
pub(crate) enum Invocation {
    /// Serve.
    Serve(Box<Options>),
    /// Make the first administrator of a database.
    Init(Init),
    /// Copy a database.
    Backup(Backup),
    /// Make a new signing key.
    RotateKeys(RotateKeys),
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
    /// Where `/metrics` is served, beside the server itself.
    pub(crate) metrics: Option<SocketAddr>,
    /// Whether an empty database is filled with the demo's users.
    pub(crate) demo: bool,
    /// Whether users of the demo may crash it, and it is started again.
    pub(crate) demo_controls: bool,
    /// Whether this is the process that a supervisor started.
    pub(crate) is_supervised: bool,
}

impl Options {
    /// Reads the arguments that follow the program's name.
    ///
    /// # Errors
    /// When the arguments are not valid: one line that says what to do.
    pub(crate) fn parse(arguments: impl Iterator<Item = String>) -> Result<Invocation, String> {
        let program = std::iter::once("permgate-server".to_owned());
        let line = match CommandLine::try_parse_from(program.chain(arguments)) {
            Ok(line) => line,
            Err(error) if !error.use_stderr() => {
                return Ok(Invocation::Print(error.render().to_string()));
            }
            Err(error) => return Err(one_line(&error)),
        };
        Ok(match line.command {
            Some(Command::Init(init)) => Invocation::Init(init),
            Some(Command::Backup(backup)) => Invocation::Backup(backup),
            Some(Command::RotateKeys(rotation)) => Invocation::RotateKeys(rotation),
            None => Invocation::Serve(Box::new(line.serve.into())),
        })
    }

    /// Where to listen.
    pub(crate) fn address(&self) -> (IpAddr, u16) {
        (self.host, self.port)
    }
}

impl From<Serve> for Options {
    fn from(serve: Serve) -> Self {
        let config = Config {
            permissions_ttl: serve.ttl,
            token_ttl: serve.token_ttl,
            session_ttl: serve.session_ttl,
            max_streams: serve.max_streams,
            origins: serve.origin,
            trusted_proxies: serve.trusted_proxy,
            packed_claim: serve.packed_claim,
            secure_cookies: serve.secure_cookies,
            www: serve.www,
            ..Config::default()
        };
        Self {
            host: serve.host,
            port: serve.port,
            database: serve.database.into(),
            config,
            log: serve.log,
            metrics: serve.metrics,
            demo: serve.demo,
            demo_controls: serve.demo_controls,
            is_supervised: serve.supervised,
        }
    }
}

impl ValueEnum for Format {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Text, Self::Json]
    }

    fn to_possible_value(&self) -> Option<clap::builder::PossibleValue> {
        Some(clap::builder::PossibleValue::new(match self {
            Self::Text => "text",
            Self::Json => "json",
        }))
    }
}

fn seconds(text: &str) -> Result<Duration, &'static str> {
    let whole = text.parse().ok().filter(|seconds| *seconds > 0);
    whole.map(Duration::from_secs).ok_or("give a whole number of seconds above 0")
}

/// clap's message in one line, without the help that `--help` prints as well.
fn one_line(error: &clap::Error) -> String {
    let text = error.render().to_string();
    let lines = text.lines().map(str::trim).take_while(|line| !line.starts_with("Usage:"));
    let message = lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("; ");
    let message = message.strip_prefix("error: ").unwrap_or(&message);
    let message = message.strip_suffix("For more information, try '--help'.").unwrap_or(message);
    format!("{}; `--help` lists all options", message.trim_end_matches([' ', ';']))
}

#[cfg(test)]
mod tests;
