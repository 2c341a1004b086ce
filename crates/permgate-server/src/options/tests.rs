//! The command line: what it means, and what is refused with advice.

use std::time::Duration;

use super::{Database, Init, Invocation, Options};

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
        ("--log xml", "`--log` is `xml`; give `text` or `json`"),
    ] {
        assert_eq!(parse(line).err().as_deref(), Some(expected), "{line}");
    }
    for (line, begin) in [
        ("--help", "permgate-server: "),
        ("init --help", "permgate-server init: "),
        ("--version", "permgate-server 0"),
    ] {
        let Ok(Invocation::Print(text)) = parse(line) else { panic!("{line}") };
        assert!(text.starts_with(begin), "{line}: {text}");
    }
}

#[test]
fn the_command_that_makes_the_first_administrator_has_options_of_its_own() {
    let line = "init --database=a.db --username ada --name Ada --password-file secret";
    let Ok(Invocation::Init(init)) = parse(line) else { panic!("not read") };
    let expected = Init {
        database: "a.db".into(),
        username: "ada".into(),
        name: "Ada".into(),
        password_file: Some("secret".into()),
    };
    assert_eq!(init, expected);
    for (line, expected) in [
        ("init --port 1", "there is no option `--port`; `--help` lists them"),
        ("init --name", "`--name` needs a value; `--help` tells which"),
        (
            "init --database :memory:",
            "`--database` is `:memory:`; give a file; what is in memory is gone at once",
        ),
        ("--demo init", "there is no option `init`; `--help` lists them"),
    ] {
        assert_eq!(parse(line).err().as_deref(), Some(expected), "{line}");
    }
}

#[test]
fn proxies_are_trusted_and_the_demo_seeded_only_when_that_is_said() {
    let Ok(Invocation::Serve(plain)) = parse("") else { panic!("not read") };
    assert!(!plain.demo && plain.config.trusted_proxies.is_empty());
    let line = "--demo --trusted-proxy 10.0.0.0/8 --trusted-proxy ::1";
    let Ok(Invocation::Serve(options)) = parse(line) else { panic!("not read") };
    assert!(options.demo);
    let expected = ["10.0.0.0/8", "::1"].map(|network| network.parse().unwrap());
    assert_eq!(options.config.trusted_proxies, expected);
    assert!(parse("--trusted-proxy 10.0.0.0/33").is_err());
}
