//! The log: to standard error, a line each, as text or as JSON.

use std::io::IsTerminal;

use clap::ValueEnum;
use tracing_subscriber::EnvFilter;

/// How log lines are written.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// For machines: one JSON object a line.
    Json,
}

/// Starts the log. `level` is one of error, warn, info, debug, trace, or a filter such as
/// `info,tillsync_server=debug`.
pub fn start(format: LogFormat, level: &str) -> anyhow::Result<()> {
    let filter = filter(level)?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        // Where the log cannot be written (a full disk, a pipe that nobody reads), it is left out: to complain of that
        // on the same standard error would end the thread that only wanted to log.
        .log_internal_errors(false)
        .with_ansi(has_colours());
    match format {
        LogFormat::Text => builder.with_target(false).try_init(),
        LogFormat::Json => builder.json().try_init(),
    }
    .map_err(|error| anyhow::anyhow!("the log could not start: {error}"))
}

/// Reads a filter. A word alone is a level or one of our own crates: any other name would silence everything.
fn filter(level: &str) -> anyhow::Result<EnvFilter> {
    let wrong =
        |why: &str| anyhow::anyhow!("--log '{level}' is no log filter ({why}); try 'info' or 'debug'");
    let is_level = |word: &str| ["off", "error", "warn", "info", "debug", "trace"].contains(&word);
    let unknown = level.split(',').map(str::trim).find(|part| {
        let is_alone = !part.contains(['=', '[']);
        is_alone && !is_level(&part.to_lowercase()) && !part.starts_with("tillsync")
    });
    if let Some(word) = unknown {
        return Err(wrong(&format!("'{word}' is no level")));
    }
    EnvFilter::try_new(level).map_err(|error| wrong(&error.to_string()))
}

/// Colours are for a person at a terminal, who may have turned them off (<https://no-color.org>).
fn has_colours() -> bool {
    std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_is_no_level_is_refused_and_does_not_silence_the_log() {
        for level in
            ["info", "WARN", "off", "info,tillsync_server=debug", "tillsync=trace,error", "tillsync_server"]
        {
            assert!(filter(level).is_ok(), "{level}");
        }
        for level in ["wran", "info,debgu", "", "info,foo=nope"] {
            let error = filter(level).expect_err(level).to_string();
            assert!(error.contains("try 'info'"), "{error}");
        }
    }
}
