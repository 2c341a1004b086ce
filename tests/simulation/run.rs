//! Runs seeds, and shows the events of a failing one.
//!
//! `PERMGATE_SEEDS` is the number of seeds to run, `PERMGATE_SEED` repeats a single one, and
//! `PERMGATE_TRACE` prints all of its events. Many seeds are run with `cargo test --profile
//! simulation --package permgate-testbed --test simulation`, on `PERMGATE_THREADS` threads, starting
//! with `PERMGATE_FIRST_SEED`. `PERMGATE_DIGEST` prints a hash of all events of all seeds: a change
//! that only makes the simulation faster must not change it.

use std::env;
use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use permgate_testbed::Random;

use crate::setting::Setting;
use crate::world::World;

/// How many seeds are run by default.
const SEEDS: u64 = 200;
/// The number of threads, unless another one is requested.
const THREADS: u64 = 2;
/// How many lines of a failing run are shown.
const SHOWN: usize = 60;

/// The counts of a run.
#[derive(Default)]
struct Tally {
    steps: u64,
    time: u64,
    replays: u64,
    /// The sum of the digests of all seeds.
    digest: u64,
}

/// Runs one seed.
fn live(seed: u64, traces: bool) -> World {
    let mut random = Random::new(seed);
    let setting = Setting::random(&mut random);
    let mut world = World::new(seed, setting, traces);
    let setting = format!("{:?}", world.setting);
    world.note(usize::MAX, || setting);
    for _ in 0..=random.below(3) {
        let user = random.index(crate::server::USERS);
        let credential = world.new_credential(user);
        let token = random.percent(80).then_some(credential);
        if world.browser.jar.is_none() && !world.setting.has_token() {
            world.browser.jar = token;
        }
        world.open_tab(token, 0, None);
        world.pass(random.below(2000));
    }
    let operations = 10 + random.index(70);
    world.live(operations);
    world.settle();
    world
}

/// A hash of the recorded events.
fn digest(world: &World) -> u64 {
    let mut hasher = DefaultHasher::new();
    world.trace.hash(&mut hasher);
    hasher.finish()
}

/// The failure of a seed, if it fails.
fn run(seed: u64, tally: &Mutex<Tally>, traces: bool) -> Option<String> {
    let outcome = catch_unwind(AssertUnwindSafe(|| live(seed, traces)));
    let Ok(world) = outcome else { return Some(format!("seed {seed}: the run panics")) };
    let mut sum = tally.lock().unwrap();
    sum.digest = sum.digest.wrapping_add(digest(&world));
    sum.steps += world.steps;
    sum.time += world.time;
    sum.replays += world.tabs.iter().map(|tab| tab.ledger.replays).sum::<u64>();
    drop(sum);
    world.failure.as_ref()?;
    let world = live(seed, true);
    let Some(failure) = &world.failure else { return Some(format!("seed {seed} fails only once")) };
    let mut text =
        format!("seed {seed}, step {}, tab {}: {}\n", failure.step, failure.tab, failure.message);
    let lines = world.trace.as_deref().unwrap_or_default();
    let notes: Vec<_> =
        lines.iter().filter(|(_, tab, _)| *tab == failure.tab || *tab == usize::MAX).collect();
    for (time, tab, line) in notes.iter().skip(notes.len().saturating_sub(SHOWN)) {
        let _ = writeln!(text, "{}", format_line(*time, *tab, line));
    }
    let _ = write!(
        text,
        "to repeat: PERMGATE_SEED={seed} PERMGATE_TRACE=1 cargo test --package permgate-testbed --test simulation vouch_for -- --nocapture"
    );
    Some(text)
}

fn format_line(time: u64, tab: usize, line: &str) -> String {
    let who = if tab == usize::MAX { "world".into() } else { format!("tab {tab}") };
    format!("{:>9}.{:03} {who}: {line}", time / 1000, time % 1000)
}

#[test]
fn a_tab_grants_no_permission_that_the_oracle_does_not_vouch_for() {
    let number = |name: &str| env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    if let Some(seed) = number("PERMGATE_SEED") {
        if env::var_os("PERMGATE_TRACE").is_some() {
            for (time, tab, line) in live(seed, true).trace.unwrap_or_default() {
                println!("{}", format_line(time, tab, &line));
            }
        }
        let failure = run(seed, &Mutex::default(), false);
        assert!(failure.is_none(), "{}", failure.unwrap_or_default());
        return;
    }
    let first = number("PERMGATE_FIRST_SEED").unwrap_or(1);
    let seeds = number("PERMGATE_SEEDS").unwrap_or(SEEDS);
    let threads = number("PERMGATE_THREADS").unwrap_or(THREADS);
    let digests = env::var_os("PERMGATE_DIGEST").is_some();
    let most = usize::try_from(number("PERMGATE_FAILURES").unwrap_or(3)).unwrap();
    let (next, tally, failures) = (AtomicU64::new(first), Mutex::default(), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= first + seeds || failures.lock().unwrap().len() >= most {
                        return;
                    }
                    if let Some(failure) = run(seed, &tally, digests) {
                        failures.lock().unwrap().push(failure);
                    }
                }
            });
        }
    });
    let tally: Tally = tally.into_inner().unwrap();
    println!(
        "{seeds} seeds from {first}, {} events, {} hours of virtual time, {} requests sent again",
        tally.steps,
        tally.time / 3_600_000,
        tally.replays
    );
    if digests {
        println!("digest {:016x}", tally.digest);
    }
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}
