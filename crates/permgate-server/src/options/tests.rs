//! The command line: the options that are read, and the mistakes that are refused with advice.

use std::time::Duration;

use super::{Backup, Database, DatabaseFile, Init, Invocation, Options, RotateKeys};

fn parse(line: &str) -> Result<Invocation, String> {
    Options::parse(line.split_whitespace().map(String::from))
}

#[test]
fn options_are_read_in_both_spellings() {
    let line = "--port 0 --packed-claim --max-streams 9 --demo-controls --database=:memory: --ttl=7 --token-ttl 8 --origin http://a --origin http://b --metrics 127.0.0.1:9000";
    let Ok(Invocation::Serve(options)) = parse(line) else { panic!("not read") };
    assert_eq!(options.address(), ([127, 0, 0, 1].into(), 0));
    assert_eq!(options.database, Database::Memory);
    assert_eq!(options.config.permissions_ttl, Duration::from_secs(7));
    assert_eq!(options.config.token_ttl, Duration::from_secs(8));
    assert_eq!((options.config.max_streams, options.demo_controls), (9, true));
    assert!(options.config.packed_claim && !options.config.secure_cookies);
    assert_eq!(options.config.origins, ["http://a", "http://b"]);
    assert_eq!(options.metrics, Some(([127, 0, 0, 1], 9000).into()));
}

#[test]
fn an_option_that_is_given_twice_has_the_last_value() {
    let Ok(Invocation::Serve(options)) = parse("--port 1 --port=2") else { panic!("not read") };
    assert_eq!(options.port, 2);
}

#[test]
fn mistakes_are_reported_with_advice_in_one_line() {
    for (line, expected) in [
        ("--prot 1", "unexpected argument '--prot' found"),
        ("--port", "a value is required for '--port <N>' but none was supplied"),
        ("--port x", "invalid value 'x' for '--port <N>'"),
        ("--packed-claim=no", "unexpected value 'no' for '--packed-claim' found"),
        ("--max-streams many", "invalid value 'many' for '--max-streams <N>'"),
        ("--ttl 0", "give a whole number of seconds above 0"),
        ("--host here", "invalid value 'here' for '--host <ADDRESS>'"),
        ("--log xml", "[possible values: text, json]"),
        ("--trusted-proxy 10.0.0.0/33", "write an address such as `10.0.0.7`"),
        ("init --port 1", "unexpected argument '--port' found"),
        ("init --name", "a value is required for '--name <NAME>'"),
        ("init --database :memory:", "name a file; a database in memory ends with this command"),
        ("--demo init", "cannot be used with"),
        ("backup", "<FILE>"),
        ("rotate-keys --token-ttl 0", "give a whole number of seconds above 0"),
        ("serve", "unrecognized subcommand 'serve'"),
    ] {
        let error = parse(line).unwrap_err();
        assert!(error.contains(expected), "{line}: {error}");
        assert!(
            !error.contains('\n') && error.ends_with("; `--help` lists all options"),
            "{error}"
        );
    }
}

#[test]
fn help_and_version_are_printed_and_each_command_has_its_own_help() {
    for (line, expected) in [
        ("--help", "[env: PERMGATE_TRUSTED_PROXY="),
        ("--help", "rotate-keys"),
        ("init --help", "--password-file <FILE>"),
        ("backup --help", "[env: PERMGATE_DATABASE="),
        ("rotate-keys --help", "--end-all"),
        ("--version", "permgate-server 0"),
    ] {
        let Ok(Invocation::Print(text)) = parse(line) else { panic!("{line}") };
        assert!(text.contains(expected), "{line}: {text}");
        assert!(!text.contains("--supervised"), "{text}");
    }
}

#[test]
fn each_command_accepts_only_its_own_options() {
    let file = |name: &str| DatabaseFile { database: name.into() };
    let line = "init --database=a.db --username ada --name Ada --password-file secret";
    let Ok(Invocation::Init(init)) = parse(line) else { panic!("not read") };
    let expected = Init {
        file: file("a.db"),
        username: "ada".into(),
        name: "Ada".into(),
        password_file: Some("secret".into()),
    };
    assert_eq!(init, expected);
    let Ok(Invocation::Backup(backup)) = parse("backup b.db --database a.db") else {
        panic!("not read")
    };
    assert_eq!(backup, Backup { target: "b.db".into(), file: file("a.db") });
    let line = "rotate-keys --database a.db --end-all --token-ttl 60";
    let Ok(Invocation::RotateKeys(rotation)) = parse(line) else { panic!("not read") };
    let token_ttl = Duration::from_secs(60);
    assert_eq!(rotation, RotateKeys { file: file("a.db"), end_all: true, token_ttl });
}

#[test]
fn without_options_no_proxy_is_trusted_and_no_demo_is_seeded() {
    let Ok(Invocation::Serve(plain)) = parse("") else { panic!("not read") };
    assert!(!plain.demo && plain.config.trusted_proxies.is_empty());
    assert!(!plain.config.secure_cookies && plain.metrics.is_none());
    let line = "--demo --trusted-proxy 10.0.0.0/8 --trusted-proxy ::1";
    let Ok(Invocation::Serve(options)) = parse(line) else { panic!("not read") };
    assert!(options.demo);
    let expected = ["10.0.0.0/8", "::1"].map(|network| network.parse().unwrap());
    assert_eq!(options.config.trusted_proxies, expected);
}
