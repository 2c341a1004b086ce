//! `permgate-server backup` and `permgate-server rotate-keys`: maintenance of a database.

use permgate_server::store::keys::{Keys as _, OPERATOR, Rotation};
use permgate_server::store::{Author, ChangeError, back_up};
use permgate_server::{Clock as _, SqliteStore, SystemClock};

use crate::failure::Failure;
use crate::options::{Backup, RotateKeys};

/// Copies a database, which a server may be using.
pub(crate) fn backup(options: &Backup) -> Result<(), Failure> {
    let Backup { target, file } = options;
    back_up(&file.database, target, SystemClock.now())
        .map_err(|error| format!("cannot copy `{}`: {error}", file.database.display()))?;
    println!("`{}` is a copy of `{}`", target.display(), file.database.display());
    Ok(())
}

/// Makes a new signing key.
pub(crate) fn rotate_keys(options: &RotateKeys) -> Result<(), Failure> {
    let RotateKeys { file, end_all, token_ttl } = options;
    let name = file.database.display();
    if !file.database.exists() {
        return Err(format!("there is no database `{name}`; name it with `--database`").into());
    }
    let store = SqliteStore::open(&file.database).map_err(|error| {
        format!("{error}; while a server runs, `POST /api/admin/keys` does the same")
    })?;
    let now = SystemClock.now();
    let rotation =
        if *end_all { Rotation::EndAll } else { Rotation::KeepUntil(now.plus(*token_ttl)) };
    let by = Author { subject: OPERATOR.into(), at: now };
    let keys = store.rotate_keys(&rotation, &by).map_err(|error| match error {
        ChangeError::Store(error) => error.to_string(),
        other => format!("the keys were not changed: {other:?}"),
    })?;
    let ended = if *end_all { "; all sessions and tokens were ended" } else { "" };
    println!("tokens are signed with the key `{}` from now on{ended}", keys.current.kid);
    Ok(())
}
