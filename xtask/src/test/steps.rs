//! The steps of the suite, cheapest first. A step that looks for tests and finds none fails.

use crate::brought;
use crate::browsers;
use crate::count;
use crate::demo;
use crate::dist;
use crate::error::Result;
use crate::npm;
use crate::paths;
use crate::reproducible;
use crate::server;
use crate::shell::{Shell, cargo};
use crate::size;
use crate::tidy;
use crate::tools;

/// Features that are off by default, and are checked, too.
const FEATURES: &str = "--features permgate-axum/oidc-rs256,permgate-axum/test-util";

/// The switches for the two builds of the module: the whole build, and the smaller one that most
/// pages download.
const BUILDS: [&str; 2] = ["--features whole", "--no-default-features"];

/// One step: its name for the command line, its title, and its function, which returns its
/// finding.
pub(crate) struct Step {
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) run: Box<dyn Fn() -> Result<String>>,
}

pub(crate) fn step(
    name: &'static str,
    title: &'static str,
    run: impl Fn() -> Result<String> + 'static,
) -> Step {
    Step { name, title, run: Box::new(run) }
}

/// The steps of `cargo xtask test`, in their order. The caller chooses the number of random
/// questions on which core and package are compared, and the number of seeds of the simulation:
/// continuous integration asks more than a developer's machine.
pub(crate) fn suite(questions: u32, seeds: u32) -> Vec<Step> {
    vec![
        step("format", "cargo fmt", format),
        step("tidy", "the rules of the repository", tidy::check),
        step("lints", "clippy on everything native", lints),
        step("lints-wasm", "clippy on the module", lints_wasm),
        step("bare-core", "the core without std and host", bare_core),
        step("brought", "the crates that permgate-axum brings along", brought::check),
        step("unit", "tests beside the code", unit),
        step("system", "tests of the parts together, on a virtual clock", system),
        step("examples", "the examples in the documentation", examples),
        step("docs", "the documentation, without warnings", docs),
        step("web", "the module's tests in headless Chromium", web),
        step("dist", "the npm package", package),
        step("same-bytes", "the module, built again from other folders", reproducible::check),
        step("size", "bytes against the budgets", size),
        step("js", "types and tests of the npm package", javascript),
        step(
            "differential",
            "core, package and a naive evaluator, on random questions",
            move || differential(questions),
        ),
        step(
            "simulation",
            "tabs, network, server and clocks that go wrong, against an oracle",
            move || simulation(seeds),
        ),
        step("page", "the demo page", page),
        step("pkg", "the packed tarball in bundlers and browsers", package_tests),
        step("contract", "the HTTP contract: its description, its checker, recipes", contract),
        step("engines", "freshness in Chromium, Firefox and WebKitGTK", engines),
    ]
}

fn format() -> Result<String> {
    tools::components()?;
    cargo().words("fmt --all --check").advice("run `cargo fmt --all`").run()?;
    Ok(String::new())
}

fn lints() -> Result<String> {
    tools::components()?;
    clippy(&format!("--workspace --all-targets {FEATURES}"))
}

fn lints_wasm() -> Result<String> {
    tools::target(tools::WASM)?;
    for build in BUILDS {
        clippy(&format!("--package permgate --lib --test web {build} --target {}", tools::WASM))?;
    }
    Ok(String::new())
}

fn clippy(selection: &str) -> Result<String> {
    cargo()
        .arg("clippy")
        .words(selection)
        .words("--locked -- -D warnings")
        .advice("fix the findings of clippy, or add #[expect(.., reason = \"..\")]")
        .run()?;
    Ok(String::new())
}

fn bare_core() -> Result<String> {
    tools::target(tools::WASM_BARE)?;
    cargo()
        .words("check --package permgate-core --package permgate-claims --locked --target")
        .arg(tools::WASM_BARE)
        .advice("the core may only use `core` and `alloc`: no `std`, no clock, no IO")
        .run()?;
    Ok(String::new())
}

fn unit() -> Result<String> {
    let test = cargo().words("test --workspace --lib --bins --locked --no-fail-fast");
    counted(test.words(FEATURES))
}

/// With the features of the other steps: with others, cargo would build the workspace once more.
fn system() -> Result<String> {
    let test = cargo().words("test --workspace --test * --locked --no-fail-fast");
    counted(test.words(FEATURES))
}

fn examples() -> Result<String> {
    let test = cargo().words("test --workspace --doc --locked --no-fail-fast");
    counted(test.words(FEATURES))
}

fn docs() -> Result<String> {
    cargo()
        .words("doc --workspace --no-deps --document-private-items --locked")
        .words(FEATURES)
        .env("RUSTDOCFLAGS", "-D warnings")
        .advice("the message above names the comment")
        .run()?;
    Ok(String::new())
}

fn web() -> Result<String> {
    tools::target(tools::WASM)?;
    let wasm_bindgen = tools::wasm_bindgen()?;
    let chromium = browsers::chromium()?;
    let folder = paths::target().join("webdriver");
    paths::empty_folder(&folder)?;
    let settings = folder.join("webdriver.json");
    paths::write(&settings, browsers::capabilities(&chromium, &folder.join("profile")))?;
    let run = |build: &str| {
        // Without --quiet, which makes the runner panic.
        counted(
            cargo()
                .words("test --package permgate --test web --locked")
                .words(build)
                .arg("--target")
                .arg(tools::WASM)
                .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", &wasm_bindgen.test_runner)
                .env("CHROMEDRIVER", &chromium.driver)
                .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", &settings)
                .env("WASM_BINDGEN_TEST_ONLY_WEB", "1")
                .env("WASM_BINDGEN_TEST_TIMEOUT", "120"),
        )
    };
    let found: Vec<String> = BUILDS.iter().map(|build| run(build)).collect::<Result<_>>()?;
    Ok(found.join("; with the other build "))
}

fn package() -> Result<String> {
    dist::build()?;
    Ok("dist/permgate.tgz".to_owned())
}

fn size() -> Result<String> {
    size::check()
}

fn javascript() -> Result<String> {
    npm::install("js")?;
    counted(npm::script("js", "test")?)
}

/// The core is compared with a naive evaluator, and the package with both. With `--nocapture` the
/// seed is printed even if the test passes.
fn differential(questions: u32) -> Result<String> {
    let folder = paths::target().join("differential");
    paths::empty_folder(&folder)?;
    let cases = folder.join("cases.ndjson");
    counted(
        cargo()
            .words("test --package permgate --test differential --locked -- --nocapture")
            .env("PERMGATE_CASES", questions.to_string())
            .env("PERMGATE_CASES_FILE", &cases),
    )?;
    npm::install_with_tarball("pkg-tests")?;
    npm::node()
        .folder(paths::in_root("pkg-tests"))
        .arg("package/differential.mjs")
        .arg(&cases)
        .advice("package and core give different answers; set PERMGATE_SEED to the seed printed above to repeat the questions")
        .run()?;
    Ok(format!("{questions} questions"))
}

/// Builds the core and the simulation alone, with optimisation and with all checks.
fn simulation(seeds: u32) -> Result<String> {
    counted(
        cargo()
            .words(
                "test --package permgate-testbed --test simulation --profile simulation --locked",
            )
            .words("-- --nocapture")
            .env("PERMGATE_SEEDS", seeds.to_string()),
    )?;
    Ok(format!("{seeds} seeds"))
}

fn page() -> Result<String> {
    demo::build_page()?;
    Ok(String::new())
}

fn package_tests() -> Result<String> {
    counted(package_suite("test")?)
}

fn contract() -> Result<String> {
    counted(package_suite("contract")?)
}

/// The tests that depend on the engine, in one engine after the other; some of them once more, with
/// the whole build of the module in the place of the one that most pages download.
fn engines() -> Result<String> {
    let webkit = browsers::webkit()?;
    let suite = |script| -> Result<Shell> {
        Ok(with_firefox(package_suite(script)?)?
            .env("MINIBROWSER", &webkit.browser)
            .env("WEBKITDRIVER", &webkit.driver)
            .env("XVFB", &webkit.display))
    };
    let found = counted(suite("engines")?)?;
    let whole = counted(suite("engines-whole")?.env("PERMGATE_BUILD", "whole"))?;
    Ok(format!("{found}; with the whole module {whole}"))
}

/// A script of `pkg-tests/`, with the paths of the server, the page and the browser.
pub(crate) fn package_suite(script: &str) -> Result<Shell> {
    let chromium = browsers::chromium()?;
    let program = server::build()?;
    npm::install_with_tarball("pkg-tests")?;
    Ok(npm::script("pkg-tests", script)?
        .env("PERMGATE_SERVER", program)
        .env("PERMGATE_WWW", paths::in_root("www/dist"))
        .env("PERMGATE_TARBALL", npm::tarball())
        .env("CHROME", &chromium.browser)
        .env("CHROMEDRIVER", &chromium.driver))
}

/// Adds the paths of Firefox and its driver, which are installed and built where they are missing.
pub(crate) fn with_firefox(suite: Shell) -> Result<Shell> {
    let firefox = browsers::firefox()?;
    Ok(suite.env("FIREFOX", &firefox.browser).env("GECKODRIVER", &firefox.driver))
}

pub(crate) fn counted(suite: Shell) -> Result<String> {
    let output = suite.advice("the output above names the tests that failed").tee()?;
    count::required(&output)
}
