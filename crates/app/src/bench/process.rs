//! A server as a child process, and what a process has used, from `/proc`.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, bail};

/// Linux counts CPU time in hundredths of a second, wherever userland can see it.
const TICKS_PER_SECOND: f64 = 100.0;

/// A child process that serves.
pub struct Server {
    /// Its process.
    pub id: u32,
    /// Its address.
    pub url: String,
    child: Child,
}

impl Server {
    /// Starts this very program with these arguments and waits until it says where it listens.
    pub async fn start(arguments: &[&str]) -> anyhow::Result<Self> {
        let program = std::env::current_exe().context("this program does not know where it lies")?;
        let mut child = Command::new(program)
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .context("the server could not be started")?;
        let id = child.id();
        let output = child.stdout.take().context("the server has no output")?;
        // From here on it is ended when it is dropped.
        let mut server = Self { id, url: String::new(), child };
        let first_line = move || {
            let mut line = String::new();
            BufReader::new(output).read_line(&mut line).map(|_| line)
        };
        let line = tokio::task::spawn_blocking(first_line).await??;
        let Some((_, address)) = line.split_once("http://") else { bail!("the server says '{line}'") };
        server.url = format!("http://{}", address.trim());
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// What a process has used.
#[derive(Debug, Clone, Copy, Default)]
pub struct Usage {
    /// CPU time in seconds, over all cores.
    pub cpu_s: f64,
    /// Memory now, in MiB.
    pub memory_mib: f64,
    /// Memory at its most, in MiB.
    pub memory_max_mib: f64,
}

impl Usage {
    /// Of a process; none where there is no `/proc`.
    pub fn of(id: u32) -> Option<Self> {
        let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
        // The name in parentheses may hold anything; what follows it does not.
        let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
        let ticks = |at: usize| fields.get(at)?.parse::<f64>().ok();
        let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
        let kib = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name))?;
            line.split_whitespace().nth(1)?.parse::<f64>().ok()
        };
        Some(Self {
            cpu_s: (ticks(11)? + ticks(12)?) / TICKS_PER_SECOND,
            memory_mib: kib("VmRSS:")? / 1024.0,
            memory_max_mib: kib("VmHWM:")? / 1024.0,
        })
    }
}
