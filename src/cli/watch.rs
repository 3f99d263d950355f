//! How far a check is, on stderr: a line that changes on a terminal, and elsewhere a new line every few
//! seconds, of programs only that take long.

use crate::Progress;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::{IsTerminal, Write};
use std::sync::{Arc, Mutex, mpsc};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// Between two changes of the line on a terminal.
const TICK: Duration = Duration::from_millis(100);
/// Between two lines elsewhere; what is done before gets none.
const LINE: Duration = Duration::from_secs(5);

/// Shows how far a check is until it is dropped.
pub(super) struct Watch {
    bar: ProgressBar,
    current: Arc<Mutex<Current>>,
    /// Dropped to end the thread.
    end: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// The program that is being explored.
struct Current {
    name: String,
    number: usize,
    begun: Instant,
}

/// What is known of a running exploration.
#[derive(Clone, Copy, Debug)]
struct Sample {
    executions: u64,
    executions_max: u64,
    depth: usize,
    explored: Option<f64>,
    elapsed: Duration,
    time_max: Option<Duration>,
}

impl Watch {
    /// Begins to show `progress` of a check of so many programs.
    pub(super) fn new(programs: usize, progress: Arc<Progress>, time_max: Option<Duration>) -> Self {
        let is_ci = std::env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false");
        let is_terminal = std::io::stderr().is_terminal() && !is_ci;
        let bar = if is_terminal { bar(programs) } else { ProgressBar::hidden() };
        let current = Arc::new(Mutex::new(Current { name: String::new(), number: 0, begun: Instant::now() }));
        let (end, ended) = mpsc::channel();
        let (shown, watched) = (bar.clone(), Arc::clone(&current));
        let show = move |current: &Current| {
            let sample = Sample::of(&progress, current.begun.elapsed(), time_max);
            if is_terminal {
                shown.set_message(format!("{}  {sample}", current.name));
            } else if sample.elapsed >= LINE {
                // Progress that cannot be shown is not worth failing for.
                let _ =
                    writeln!(std::io::stderr(), "[{}/{programs}] {}: {sample}", current.number, current.name);
            }
        };
        let watch = move || watch_until(&ended, if is_terminal { TICK } else { LINE }, &watched, show);
        // Without the thread, which is never, nothing is shown.
        let thread = thread::Builder::new().name("watch".to_string()).spawn(watch).ok();
        Watch { bar, current, end: Some(end), thread }
    }

    /// The next program is being explored.
    pub(super) fn begin(&self, name: String) {
        self.bar.set_message(name.clone());
        if let Ok(mut current) = self.current.lock() {
            *current = Current { name, number: current.number + 1, begun: Instant::now() };
        }
    }

    /// The program is done; prints what came of it with `print`.
    pub(super) fn finish<T>(&self, print: impl FnOnce() -> T) -> T {
        self.bar.inc(1);
        self.bar.suspend(print)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.end = None;
        if let Some(thread) = self.thread.take() {
            // It has nothing to tell that would matter now.
            let _ = thread.join();
        }
        self.bar.finish_and_clear();
    }
}

/// Calls `show` once in a period until the sender of `ended` is dropped.
fn watch_until(
    ended: &mpsc::Receiver<()>,
    period: Duration,
    current: &Mutex<Current>,
    mut show: impl FnMut(&Current),
) {
    while ended.recv_timeout(period) == Err(mpsc::RecvTimeoutError::Timeout) {
        if let Ok(current) = current.lock() {
            show(&current);
        }
    }
}

fn bar(programs: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("{spinner} {pos}/{len} {wide_msg}")
        .unwrap_or_else(|_| ProgressStyle::default_spinner());
    let bar = ProgressBar::new(programs as u64).with_style(style);
    bar.enable_steady_tick(TICK);
    bar
}

impl Sample {
    fn of(progress: &Progress, elapsed: Duration, time_max: Option<Duration>) -> Self {
        Sample {
            executions: progress.executions(),
            executions_max: progress.executions_max(),
            depth: progress.depth(),
            explored: progress.explored(),
            elapsed,
            time_max,
        }
    }
}

impl std::fmt::Display for Sample {
    /// What is not known is left out.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let seconds = self.elapsed.as_secs_f64();
        let rate = if seconds > 0.0 { self.executions as f64 / seconds } else { 0.0 };
        write!(f, "{} of at most {} executions", grouped(self.executions), grouped(self.executions_max))?;
        write!(f, "  {}/s", short(rate))?;
        if self.depth > 0 {
            write!(f, "  depth {}", self.depth)?;
        }
        match self.explored {
            Some(explored) if explored < 0.01 => f.write_str("  less than 1 % explored")?,
            Some(explored) => write!(f, "  ~{:.0} % explored", (100.0 * explored).min(99.0))?,
            None => {}
        }
        write!(f, "  {seconds:.0}")?;
        match self.time_max {
            Some(time_max) => write!(f, " of {} s", time_max.as_secs_f64()),
            None => f.write_str(" s"),
        }
    }
}

/// "41 208"
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

/// "950", "8.2k", "1.3M"
fn short(rate: f64) -> String {
    match rate {
        rate if rate < 1e3 => format!("{rate:.0}"),
        rate if rate < 1e6 => format!("{:.1}k", rate / 1e3),
        rate => format!("{:.1}M", rate / 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: Sample = Sample {
        executions: 41_208,
        executions_max: 100_000,
        depth: 37,
        explored: Some(0.62),
        elapsed: Duration::from_secs(5),
        time_max: Some(Duration::from_secs(10)),
    };

    #[test]
    fn the_line_tells_executions_rate_depth_share_and_budget() {
        let text = "41 208 of at most 100 000 executions  8.2k/s  depth 37  ~62 % explored  5 of 10 s";
        assert_eq!(SAMPLE.to_string(), text);
    }

    #[test]
    fn a_watch_shows_again_and_again_and_ends_with_what_it_watches() {
        let current = Mutex::new(Current { name: "a program".to_string(), number: 1, begun: Instant::now() });
        let (end, ended) = mpsc::channel::<()>();
        let mut end = Some(end);
        let mut shown = Vec::new();
        watch_until(&ended, Duration::from_millis(1), &current, |current| {
            shown.push(current.name.clone());
            if shown.len() == 3 {
                end = None;
            }
        });
        assert_eq!(shown, ["a program"; 3]);
    }

    #[test]
    fn what_a_backend_does_not_tell_is_left_out() {
        let sample = Sample { depth: 0, explored: None, time_max: None, ..SAMPLE };
        assert_eq!(sample.to_string(), "41 208 of at most 100 000 executions  8.2k/s  5 s");
    }

    #[test]
    fn an_estimate_never_says_that_nothing_or_everything_is_explored() {
        let explored = |explored| Sample { explored: Some(explored), ..SAMPLE }.to_string();
        assert!(explored(0.0001).contains("less than 1 % explored"));
        assert!(explored(0.9999).contains("~99 % explored"));
    }
}
