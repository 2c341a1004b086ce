//! The command line of `permgate-server init`.

use std::path::PathBuf;

use super::arguments::{Arguments, OptionsError};
use super::database::{DEFAULT_DATABASE, Database};

/// What `permgate-server init --help` prints.
pub(crate) const USAGE: &str = "\
permgate-server init: makes a database with its first administrator

  --database FILE       SQLite database, made when absent (permgate.sqlite3)
  --username NAME       the name to sign in with (admin)
  --name NAME           the name to show (Administrator)
  --password-file FILE  file with the password in its first line; without it the password is read
                        from the standard input
  --help                print this

A database that has users is left as it is.
";

/// Whom to make the first administrator of which database.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Init {
    pub(crate) database: PathBuf,
    pub(crate) username: String,
    pub(crate) name: String,
    pub(crate) password_file: Option<PathBuf>,
}

impl Init {
    /// Reads the arguments that follow `init`; none when they ask for help.
    pub(crate) fn parse(
        arguments: impl Iterator<Item = String>,
    ) -> Result<Option<Self>, OptionsError> {
        let mut init = Self {
            database: DEFAULT_DATABASE.into(),
            username: "admin".into(),
            name: "Administrator".into(),
            password_file: None,
        };
        let mut arguments = Arguments::new(arguments);
        while let Some(name) = arguments.next() {
            match name.as_str() {
                "--help" | "-h" => return Ok(None),
                "--database" => match Database::named(arguments.value(&name)?) {
                    Database::File(path) => init.database = path,
                    Database::Memory => {
                        let needed = "a file; what is in memory is gone at once";
                        return Err(OptionsError::BadValue(name, ":memory:".into(), needed));
                    }
                },
                "--username" => init.username = arguments.value(&name)?,
                "--name" => init.name = arguments.value(&name)?,
                "--password-file" => init.password_file = Some(arguments.value(&name)?.into()),
                _ => return Err(arguments.unknown(name)),
            }
        }
        Ok(Some(init))
    }
}
