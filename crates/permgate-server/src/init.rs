//! `permgate-server init`: creates a database with its first administrator.

use std::io::{BufRead as _, BufReader, IsTerminal as _, Read};

use permgate_server::store::Accounts as _;
use permgate_server::{Config, MAX_PASSWORD_BYTES, SqliteStore, seed};

use crate::failure::Failure;
use crate::options::Init;

/// How much of the input is read, in bytes: the longest password, and the end of its line.
const MAX_INPUT_BYTES: u64 = MAX_PASSWORD_BYTES as u64 + 2;

pub(crate) fn run(init: &Init) -> Result<(), Failure> {
    let password = password(init)?;
    let cost = Config::default().password_cost;
    // This comes before the database is touched: a bad name or password leaves no file behind.
    let seed = seed::first_administrator(&init.username, &init.name, &password, cost)?;
    let store = SqliteStore::open(&init.file.database)?;
    if !store.plant(&seed)? {
        let name = init.file.database.display();
        return Err(format!(
            "the database `{name}` has users already and was left as it is; \
             name another file with `--database`"
        )
        .into());
    }
    println!("`{}` can sign in as the first administrator", init.username);
    Ok(())
}

/// The first line of the file, or of the standard input.
fn password(init: &Init) -> Result<String, Failure> {
    let line = match &init.password_file {
        Some(path) => {
            let file = std::fs::File::open(path)
                .map_err(|error| format!("cannot read `{}`: {error}", path.display()))?;
            first_line(file)
        }
        None => {
            let input = std::io::stdin().lock();
            if input.is_terminal() {
                eprintln!("password for `{}`, which is shown as you type:", init.username);
            }
            first_line(input)
        }
    };
    let line = line.map_err(|error| format!("cannot read the password: {error}"))?;
    if line.is_empty() {
        return Err("there is no password; write it to the standard input, or into the file that \
                    `--password-file` names"
            .into());
    }
    Ok(line)
}

fn first_line(input: impl Read) -> std::io::Result<String> {
    let mut line = String::new();
    BufReader::new(input).take(MAX_INPUT_BYTES).read_line(&mut line)?;
    let end = line.trim_end_matches(['\r', '\n']).len();
    line.truncate(end);
    Ok(line)
}
