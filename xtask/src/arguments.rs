//! The command line of a command that has no options.

use crate::error::Result;

/// Refuses further arguments of a command without options.
pub(crate) fn no_more(mut arguments: lexopt::Parser) -> Result<()> {
    match arguments.next()? {
        None => Ok(()),
        Some(extra) => Err(extra.unexpected().into()),
    }
}
