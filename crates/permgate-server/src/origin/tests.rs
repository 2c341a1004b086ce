//! Which configured origins are spelled as browsers send them.

use super::check;

#[test]
fn an_origin_is_accepted_only_in_the_spelling_that_browsers_send() {
    for good in [
        "https://app.example",
        "http://localhost:5173",
        "http://127.0.0.1:8080",
        "https://app.example:8443",
        "https://xn--bcher-kva.example",
        "https://a_b.example",
        "http://[::1]:5173",
        "https://[2001:db8::1]",
        "capacitor://localhost",
        "chrome-extension://abcdefgh",
    ] {
        assert_eq!(check(good), Ok(()), "{good}");
    }
    for bad in [
        "",
        "*",
        "null",
        "app.example",
        "https:app.example",
        "://app.example",
        "1https://app.example",
        "https://",
        "https://app.example/",
        "https://app.example/path",
        "https://app.example?x",
        "https://app.example#x",
        "https://app.example:443",
        "http://app.example:80",
        "https://app.example:0443",
        "https://app.example:0",
        "https://app.example:70000",
        "https://app.example:",
        "https://App.example",
        "HTTPS://app.example",
        "https://*.example",
        "https://user@app.example",
        "https://bücher.example",
        "https:// app.example",
        "https://app.example ",
        "https://app..example",
        "http://127.1",
        "http://0x7f000001",
        "http://127.0.0.01",
        "http://[::1",
        "http://[0:0:0:0:0:0:0:1]",
        "http://[::1]x",
        "http://[::FFFF]",
    ] {
        assert!(check(bad).is_err(), "{bad}");
    }
}

#[test]
fn the_error_for_an_origin_shows_the_spelling_that_browsers_send() {
    let advice = |origin: &str| check(origin).unwrap_err().to_string();
    assert_eq!(advice("https://App.example"), "browsers send `https://app.example`");
    assert_eq!(advice("http://[0:0::1]:5173"), "browsers send `http://[::1]:5173`");
    assert_eq!(advice("http://[::ffff:127.0.0.1]"), "browsers send `http://[::ffff:7f00:1]`");
    assert!(advice("https://app.example/").contains("without `/`"));
}
