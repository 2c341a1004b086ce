//! The command line: what it means, and what is refused with advice.

use std::time::Duration;

use super::{Database, Invocation, Options};

fn parse(line: &str) -> Result<Invocation, String> {
    let arguments = line.split_whitespace().map(String::from);
    Options::parse(arguments).map_err(|error| error.to_string())
}

#[test]
fn options_are_read_in_both_spellings() {
    let line = "--port 0 --packed-claim --max-streams 9 --demo-controls --database=:memory: --ttl=7 --token-ttl 8 --origin http://a --origin http://b";
    let Ok(Invocation::Serve(options)) = parse(line) else { panic!("not read") };
    assert_eq!(options.address(), ([127, 0, 0, 1].into(), 0));
    assert_eq!(options.database, Database::Memory);
    assert_eq!(options.config.permissions_ttl, Duration::from_secs(7));
    assert_eq!(options.config.token_ttl, Duration::from_secs(8));
    assert_eq!((options.config.max_streams, options.demo_controls), (9, true));
    assert!(options.config.packed_claim && !options.config.secure_cookies);
    assert_eq!(options.config.origins, ["http://a", "http://b"]);
}

#[test]
fn mistakes_are_told_with_advice() {
    for (line, expected) in [
        ("--prot 1", "there is no option `--prot`; `--help` lists them"),
        ("--port", "`--port` needs a value; `--help` tells which"),
        ("--port x", "`--port` is `x`; give a port from 0 to 65535"),
        ("--packed-claim=no", "`--packed-claim` takes no value; write it alone, or leave it out"),
        (
            "--demo-controls=yes",
            "`--demo-controls` takes no value; write it alone, or leave it out",
        ),
        ("--max-streams many", "`--max-streams` is `many`; give a whole number"),
        ("--ttl 0", "`--ttl` is `0`; give a whole number of seconds above 0"),
        ("--host here", "`--host` is `here`; give an IP address"),
    ] {
        assert_eq!(parse(line).err().as_deref(), Some(expected), "{line}");
    }
    assert!(matches!(parse("--help"), Ok(Invocation::Help)));
}
