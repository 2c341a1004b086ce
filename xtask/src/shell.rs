//! Runs commands: prints the line, says how long it took, and fails with advice.

use crate::clock::Stopwatch;
use crate::error::{Result, TaskError};
use crate::paths;
use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};

/// A command that runs in the repository's root and reads nothing from the terminal.
#[must_use]
pub(crate) struct Shell {
    command: Command,
    advice: Option<String>,
}

/// The command `program`.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Shell {
    let mut command = Command::new(program);
    command.current_dir(paths::root()).stdin(Stdio::null());
    Shell { command, advice: None }
}

/// `cargo` with the pinned toolchain, building into the repository's own `target`.
pub(crate) fn cargo() -> Shell {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    command(program).env("CARGO_TARGET_DIR", paths::target())
}

impl Shell {
    pub(crate) fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.command.arg(argument);
        self
    }

    /// Several arguments, separated by white space.
    pub(crate) fn words(mut self, words: &str) -> Self {
        self.command.args(words.split_whitespace());
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    pub(crate) fn without_env(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    pub(crate) fn folder(mut self, folder: impl AsRef<Path>) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// The advice that is printed if the command fails.
    pub(crate) fn advice(mut self, advice: impl Into<String>) -> Self {
        self.advice = Some(advice.into());
        self
    }

    /// Runs it with its output on the terminal.
    pub(crate) fn run(mut self) -> Result<()> {
        println!("  $ {}", self.line());
        let stopwatch = Stopwatch::start();
        let status = self.command.status().map_err(|error| self.not_started(&error))?;
        println!("    {}", stopwatch.elapsed());
        self.judge(status, "")
    }

    /// Runs it with its output on the terminal, and returns its standard output.
    pub(crate) fn tee(mut self) -> Result<String> {
        println!("  $ {}", self.line());
        let stopwatch = Stopwatch::start();
        self.command.stdout(Stdio::piped());
        let mut child = self.command.spawn().map_err(|error| self.not_started(&error))?;
        let mut captured = String::new();
        if let Some(output) = child.stdout.take() {
            let mut output = BufReader::new(output);
            let mut line = Vec::new();
            while matches!(output.read_until(b'\n', &mut line), Ok(1..)) {
                // The command goes on even if its terminal is gone.
                let _ = std::io::stdout().write_all(&line);
                captured.push_str(&String::from_utf8_lossy(&line));
                line.clear();
            }
        }
        let status = child.wait().map_err(|error| self.not_started(&error))?;
        println!("    {}", stopwatch.elapsed());
        self.judge(status, "")?;
        Ok(captured)
    }

    /// Runs it silently and returns its standard output, trimmed.
    pub(crate) fn text(mut self) -> Result<String> {
        let output = self.command.output().map_err(|error| self.not_started(&error))?;
        self.judge(output.status, String::from_utf8_lossy(&output.stderr).trim())?;
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    /// Whether it can be run and succeeds; it says nothing.
    pub(crate) fn succeeds(mut self) -> bool {
        self.command.output().is_ok_and(|output| output.status.success())
    }

    /// Becomes this command where the system can do that (so that ctrl-c reaches it and nothing
    /// else); elsewhere runs it to its end.
    pub(crate) fn become_it(mut self) -> Result<()> {
        println!("  $ {}", self.line());
        let _ = std::io::stdout().flush();
        #[cfg(unix)]
        {
            let error = std::os::unix::process::CommandExt::exec(&mut self.command);
            Err(self.not_started(&error))
        }
        #[cfg(not(unix))]
        {
            let status = self.command.status().map_err(|error| self.not_started(&error))?;
            self.judge(status, "")
        }
    }

    /// The command as somebody would type it, with paths relative to the repository.
    fn line(&self) -> String {
        let root = paths::root();
        let mut line = String::new();
        if let Some(folder) = self.command.get_current_dir()
            && folder != root
        {
            let folder = folder.strip_prefix(&root).unwrap_or(folder);
            line.push_str(&format!("(in {}) ", folder.display()));
        }
        let program = Path::new(self.command.get_program());
        let name = program.file_name().unwrap_or(program.as_os_str());
        line.push_str(&name.to_string_lossy());
        let prefix = format!("{}{}", root.display(), std::path::MAIN_SEPARATOR);
        for argument in self.command.get_args() {
            let text = argument.to_string_lossy().replace(&prefix, "");
            if text.is_empty() || text.contains(char::is_whitespace) {
                line.push_str(&format!(" '{text}'"));
            } else {
                line.push(' ');
                line.push_str(&text);
            }
        }
        line
    }

    fn not_started(&self, error: &std::io::Error) -> TaskError {
        let program = self.command.get_program().to_string_lossy();
        let failure = TaskError::new(format!("cannot run `{program}`: {error}"));
        self.advised(failure)
    }

    fn judge(&self, status: ExitStatus, complaint: &str) -> Result<()> {
        if status.success() {
            return Ok(());
        }
        let separator = if complaint.is_empty() { "" } else { "\n" };
        let failure =
            TaskError::new(format!("`{}` failed ({status}){separator}{complaint}", self.line()));
        Err(self.advised(failure))
    }

    fn advised(&self, failure: TaskError) -> TaskError {
        match &self.advice {
            Some(advice) => failure.advice(advice),
            None => failure,
        }
    }
}
