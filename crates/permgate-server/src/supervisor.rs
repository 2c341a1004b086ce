//! Starts the demo's server again after a crash: runs this program as a child process.
//!
//! The child's exit code tells after how many seconds to start it again. The child stops when its
//! standard input ends, as it does when the supervisor ends for any reason: so it never outlives
//! its supervisor.

use std::io::{Read as _, Write as _};
use std::process::{ExitCode, ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::oneshot;

use crate::failure::Failure;
use crate::options::SUPERVISED;
use crate::signal::signal;

/// The exit code `AGAIN + n` asks for a restart after `n` seconds. It is far from the codes of
/// ordinary failures, and 60 seconds still fit into a byte.
const AGAIN: i32 = 100;
const LONGEST_PAUSE: i32 = 60;

/// The time until a server that was killed is started again.
const AFTER_KILL: Duration = Duration::from_secs(1);

/// The time in which the server must stop: enough for requests in flight and for writing the
/// counted events.
const STOP_WITHIN: Duration = permgate_server::STOP_WITHIN.saturating_mul(3);

/// Ends the process as a crash does: at once, without any clean-up.
pub(crate) fn crash(seconds: u8) {
    std::process::exit(AGAIN + i32::from(seconds));
}

/// Returns when the supervisor is gone.
pub(crate) async fn ended() {
    let (sender, receiver) = oneshot::channel::<()>();
    // A thread, since a read of the standard input cannot be cancelled.
    std::thread::spawn(move || {
        let mut input = std::io::stdin().lock();
        while input.read(&mut [0; 64]).is_ok_and(|length| length > 0) {}
        drop(sender);
    });
    // The thread never sends; the wait ends when it drops the other end.
    drop(receiver.await);
}

/// Runs this program with the same arguments, and again after each crash.
pub(crate) fn run(arguments: &[String]) -> Result<ExitCode, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(supervise(arguments))
}

async fn supervise(arguments: &[String]) -> Result<ExitCode, Failure> {
    let mut stop = std::pin::pin!(signal());
    // The port of the first server; those after it use the same.
    let mut port = None;
    loop {
        let (mut child, input, output) = start(arguments, port.as_deref())?;
        let status = tokio::select! {
            ended = until_it_ends(&mut child, output, &mut port) => ended?,
            () = &mut stop => {
                drop(input);
                let status = tokio::time::timeout(STOP_WITHIN, child.wait()).await??;
                return Ok(code(status));
            }
        };
        let Some(pause) = pause(status).filter(|_| port.is_some()) else { return Ok(code(status)) };
        eprintln!("the server crashed; it is started again after {} s", pause.as_secs());
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = &mut stop => return Ok(ExitCode::SUCCESS),
        }
    }
}

fn start(
    arguments: &[String],
    port: Option<&str>,
) -> Result<(Child, ChildStdin, ChildStdout), Failure> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(arguments).arg(SUPERVISED);
    if let Some(port) = port {
        // The last value has precedence.
        command.args(["--port", port]);
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn()?;
    match (child.stdin.take(), child.stdout.take()) {
        (Some(input), Some(output)) => Ok((child, input, output)),
        _ => Err("the server was started without pipes; try again".into()),
    }
}

/// Prints the first line of the first server, which contains its address, and waits for its end.
async fn until_it_ends(
    child: &mut Child,
    output: ChildStdout,
    port: &mut Option<String>,
) -> Result<ExitStatus, Failure> {
    let mut output = BufReader::new(output);
    let mut line = String::new();
    output.read_line(&mut line).await?;
    if port.is_none()
        && let Some((_, its)) = line.trim_end().rsplit_once(':')
    {
        *port = Some(its.to_owned());
        let mut out = std::io::stdout();
        out.write_all(line.as_bytes())?;
        out.flush()?;
    }
    Ok(child.wait().await?)
}

/// How long to wait before the next start; none if the server stopped on purpose or failed.
fn pause(status: ExitStatus) -> Option<Duration> {
    match status.code() {
        Some(code) if (1..=LONGEST_PAUSE).contains(&(code - AGAIN)) => {
            u64::try_from(code - AGAIN).ok().map(Duration::from_secs)
        }
        Some(_) => None,
        None => Some(AFTER_KILL),
    }
}

fn code(status: ExitStatus) -> ExitCode {
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    code.map_or(ExitCode::FAILURE, ExitCode::from)
}
