//! Metrics for Prometheus: requests, connections, streams, sign-ins, and the lengths of queues.

use std::fmt;
use std::sync::PoisonError;
use std::sync::{Mutex, atomic::AtomicU64};

use axum::http::StatusCode;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};
use tokio::time::Instant;

/// Upper bounds of the classes of durations, in seconds.
const DURATIONS: [f64; 9] = [0.0005, 0.001, 0.0025, 0.01, 0.05, 0.25, 1.0, 5.0, 30.0];

type Labels = [(&'static str, &'static str); 1];

/// The metrics of a server.
pub(crate) struct Metrics {
    registry: Registry,
    /// Responses, by the first digit of the status, from 1 to 5.
    requests: [Counter<u64, AtomicU64>; 5],
    durations: Histogram,
    sign_ins: SignIns,
    connections: Gauge,
    // Gauges whose values are read when the metrics are requested, by one request at a time.
    looked_up: Mutex<LookedUp>,
}

/// How sign-ins end.
pub(crate) struct SignIns {
    /// Counts a sign-in.
    pub(crate) succeeded: Counter,
    /// The name or the password was wrong.
    pub(crate) failed: Counter,
    /// A budget was used up, or the line was full.
    pub(crate) refused: Counter,
}

/// How much of the server is in use at this moment.
pub(crate) struct Occupied {
    /// Streams that are open.
    pub(crate) streams: usize,
    /// Sign-ins that wait for their turn.
    pub(crate) sign_ins_waiting: usize,
    /// Writes that wait for the writer.
    pub(crate) writes_waiting: usize,
}

struct LookedUp {
    streams: Gauge,
    sign_ins_waiting: Gauge,
    writes_waiting: Gauge,
    memory: Gauge,
}

/// A connection that is open until this is dropped.
pub(crate) struct OpenConnection(Gauge);

impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("permgate");
        let version = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("build", "The version of the server", version);
        let requests = Family::<Labels, Counter<u64, AtomicU64>>::default();
        let classes = ["1xx", "2xx", "3xx", "4xx", "5xx"];
        let by_class = classes.map(|class| requests.get_or_create(&[("status", class)]).clone());
        registry.register("http_requests", "Requests, by the class of their status", requests);
        let durations = Histogram::new(DURATIONS);
        let help = "Time from the head of a request of the API to the head of its response";
        registry.register_with_unit("http_request", help, Unit::Seconds, durations.clone());
        let sign_ins = Family::<Labels, Counter>::default();
        let [succeeded, failed, refused] = ["succeeded", "failed", "refused"]
            .map(|result| sign_ins.get_or_create(&[("result", result)]).clone());
        registry.register("sign_ins", "Sign-ins, by how they ended", sign_ins);
        let mut gauge = |name, help| {
            let gauge = Gauge::<i64>::default();
            registry.register(name, help, gauge.clone());
            gauge
        };
        let connections = gauge("connections", "Open connections");
        let looked_up = LookedUp {
            streams: gauge("streams", "Open event streams, sockets and long polls"),
            sign_ins_waiting: gauge("sign_ins_waiting", "Sign-ins that wait to be hashed"),
            writes_waiting: gauge("writes_waiting", "Changes that wait for the database"),
            memory: gauge("resident_memory_bytes", "Memory of the process, where that is known"),
        };
        Self {
            registry,
            requests: by_class,
            durations,
            sign_ins: SignIns { succeeded, failed, refused },
            connections,
            looked_up: Mutex::new(looked_up),
        }
    }

    /// Counts a response.
    pub(crate) fn answered(&self, status: StatusCode) {
        let class = usize::from(status.as_u16() / 100).checked_sub(1);
        if let Some(counter) = class.and_then(|class| self.requests.get(class)) {
            counter.inc();
        }
    }

    /// Records how long a request of the API took.
    pub(crate) fn took(&self, since: Instant) {
        self.durations.observe(since.elapsed().as_secs_f64());
    }

    /// Counts a connection as open.
    pub(crate) fn connected(&self) -> OpenConnection {
        self.connections.inc();
        OpenConnection(self.connections.clone())
    }

    pub(crate) fn sign_ins(&self) -> &SignIns {
        &self.sign_ins
    }

    /// All metrics, in the format that Prometheus reads.
    pub(crate) fn text(&self, now: &Occupied) -> Result<String, fmt::Error> {
        let whole = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        let looked_up = self.looked_up.lock().unwrap_or_else(PoisonError::into_inner);
        looked_up.streams.set(whole(now.streams));
        looked_up.sign_ins_waiting.set(whole(now.sign_ins_waiting));
        looked_up.writes_waiting.set(whole(now.writes_waiting));
        looked_up.memory.set(resident_bytes().unwrap_or(0));
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

/// The memory that this process uses, which Linux reports in pages.
fn resident_bytes() -> Option<i64> {
    #[cfg(target_os = "linux")]
    {
        let status = std::fs::read_to_string("/proc/self/status").ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        let kib: i64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
        kib.checked_mul(1024)
    }
    #[cfg(not(target_os = "linux"))]
    None
}
