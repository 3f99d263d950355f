//! Workloads as TOML text. Knows the form and everything that can be wrong with it; leaves to the
//! callers where the text comes from.
//!
//! ```toml
//! name = "thumbnails"      # optional: else the file's name
//! about = "what it is"     # optional
//! workers = 3              # optional: else one per core
//!
//! [[jobs]]
//! name = "page"            # optional: "job"; of several with one name each gets a number
//! count = 5                # optional: how many such jobs
//! steps = [                # in order; seconds and numbers of terms
//!     { io = 1.0 },
//!     { cpu = 5000000 },
//!     { shared = { cell = "hits", add = 1, how = "racy" } },
//!     { fail = "message" },
//! ]
//! ```

use super::{Job, Sharing, Step, Workload};
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;
use std::fmt;
use std::ops::RangeInclusive;
use std::time::Duration;

/// The most jobs that a file may ask for.
pub const JOBS_MAX: u64 = 100_000;
/// The most workers that a workload may ask for.
pub const WORKERS_MAX: u64 = 1_024;
/// The longest wait of one `io` step: a day.
pub const IO_SECONDS_MAX: f64 = 86_400.0;
/// The most terms of one `cpu` step: some hours of work.
pub const CPU_TERMS_MAX: u64 = 1_000_000_000_000;

/// What is wrong with a workload's text, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// It is not text.
    #[error("byte {byte} is not UTF-8: a workload is a TOML file in UTF-8")]
    NotUtf8 {
        /// The first that is wrong, counted from 0.
        byte: usize,
    },
    /// It is not a workload.
    #[error("{line}:{column}: {message}")]
    NotAWorkload {
        /// Counted from 1.
        line: usize,
        /// Counted in characters, from 1.
        column: usize,
        /// What is wrong there and what would be right.
        message: String,
    },
}

impl Workload {
    /// Reads a workload from the bytes of a TOML file; `stem` is its name if it gives itself none.
    ///
    /// # Errors
    /// Says where the text is not a workload, and what would be right there.
    ///
    /// ```
    /// use conccheck::models::workload::Workload;
    ///
    /// let text = b"[[jobs]]\ncount = 2\nsteps = [{ io = 0.5 }]";
    /// let workload = Workload::from_toml(text, "two-waits").unwrap();
    /// assert_eq!(workload.name, "two-waits");
    /// assert_eq!(workload.jobs[1].name, "job 2");
    ///
    /// let wrong = Workload::from_toml(b"[[jobs]]\nsteps = [{ io = -1 }]", "x").unwrap_err();
    /// assert!(wrong.to_string().starts_with("2:17: a wait"));
    /// ```
    pub fn from_toml(bytes: &[u8], stem: &str) -> Result<Workload, FormError> {
        let text =
            std::str::from_utf8(bytes).map_err(|error| FormError::NotUtf8 { byte: error.valid_up_to() })?;
        let form: WorkloadForm = toml::from_str(text).map_err(|error| locate(text, &error))?;
        let jobs = form.jobs.ok_or_else(|| FormError::NotAWorkload {
            line: 1,
            column: 1,
            message: "no jobs: a workload has at least one [[jobs]]".to_string(),
        })?;
        Ok(Workload {
            name: form.name.map_or_else(|| stem.to_string(), |name| name.0),
            about: form.about.map_or_else(String::new, |about| about.0),
            workers: form.workers.map(|workers| workers.0),
            jobs: jobs.0,
        })
    }
}

/// The place that a parser's error means, as a reader counts.
fn locate(text: &str, error: &toml::de::Error) -> FormError {
    let start = error.span().map_or(0, |span| span.start);
    let before = text.get(..start).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    FormError::NotAWorkload {
        line: before.matches('\n').count() + 1,
        column: before[line_start..].chars().count() + 1,
        message: error.message().trim_end().replace('\n', ", "),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WorkloadForm {
    name: Option<Label>,
    about: Option<Label>,
    workers: Option<WorkerCount>,
    jobs: Option<Jobs>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct JobForm {
    name: Option<Label>,
    count: Option<JobCount>,
    steps: Steps,
}

#[derive(Deserialize)]
#[serde(try_from = "Vec<StepForm>")]
struct Steps(Vec<Step>);

impl TryFrom<Vec<StepForm>> for Steps {
    type Error = &'static str;

    fn try_from(forms: Vec<StepForm>) -> Result<Self, Self::Error> {
        if forms.is_empty() {
            return Err("no steps: a job has at least one, such as { io = 0.5 }");
        }
        Ok(Steps(forms.into_iter().map(|form| form.0).collect()))
    }
}

/// One of the four; as a struct, so that an unknown or second key is an error that names it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StepKeys {
    cpu: Option<Terms>,
    io: Option<Seconds>,
    shared: Option<SharedForm>,
    fail: Option<Label>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SharedForm {
    cell: Label,
    add: i64,
    how: Sharing,
}

#[derive(Deserialize)]
#[serde(try_from = "StepKeys")]
struct StepForm(Step);

impl TryFrom<StepKeys> for StepForm {
    type Error = &'static str;

    fn try_from(keys: StepKeys) -> Result<Self, Self::Error> {
        match keys {
            StepKeys { cpu: Some(terms), io: None, shared: None, fail: None } => Ok(Step::Cpu(terms.0)),
            StepKeys { cpu: None, io: Some(wait), shared: None, fail: None } => Ok(Step::Io(wait.0)),
            StepKeys { cpu: None, io: None, shared: Some(form), fail: None } => {
                Ok(Step::Shared { cell: form.cell.0, add: form.add, sharing: form.how })
            }
            StepKeys { cpu: None, io: None, shared: None, fail: Some(message) } => Ok(Step::Fail(message.0)),
            _ => Err("a step is exactly one of `cpu`, `io`, `shared`, `fail`, such as { io = 0.5 }"),
        }
        .map(StepForm)
    }
}

/// All jobs, counted out and numbered.
#[derive(Deserialize)]
#[serde(try_from = "Vec<JobForm>")]
struct Jobs(Vec<Job>);

impl TryFrom<Vec<JobForm>> for Jobs {
    type Error = String;

    fn try_from(forms: Vec<JobForm>) -> Result<Self, Self::Error> {
        let count: u64 = forms.iter().map(|form| form.count()).sum();
        if !(1..=JOBS_MAX).contains(&count) {
            return Err(format!("{count} jobs: a workload has 1 to {JOBS_MAX}"));
        }
        Ok(Jobs(count_out(&forms)))
    }
}

/// The jobs of `forms`, each as often as it asks; where several have one name, numbered from 1.
fn count_out(forms: &[JobForm]) -> Vec<Job> {
    let mut count_by_name = BTreeMap::<&str, u64>::new();
    for form in forms {
        *count_by_name.entry(form.name()).or_default() += form.count();
    }
    let mut number_by_name = BTreeMap::<&str, u64>::new();
    let mut jobs = Vec::new();
    for form in forms {
        for _ in 0..form.count() {
            let number = number_by_name.entry(form.name()).or_default();
            *number += 1;
            let name = match count_by_name[form.name()] {
                1 => form.name().to_string(),
                _ => format!("{} {number}", form.name()),
            };
            jobs.push(Job { name, steps: form.steps.0.clone() });
        }
    }
    jobs
}

impl JobForm {
    fn name(&self) -> &str {
        self.name.as_ref().map_or("job", |name| &name.0)
    }

    fn count(&self) -> u64 {
        self.count.as_ref().map_or(1, |count| count.0)
    }
}

/// Text that fits on one line of a terminal.
#[derive(Deserialize)]
#[serde(try_from = "String")]
struct Label(String);

impl TryFrom<String> for Label {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if text.trim().is_empty() || text.chars().any(char::is_control) {
            return Err("the text has to be one line that is not empty, without control characters");
        }
        Ok(Label(text))
    }
}

/// A wait, in seconds, written as `1` or `0.5`.
#[derive(Clone, Copy)]
struct Seconds(Duration);

impl<'de> Deserialize<'de> for Seconds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SecondsVisitor)
    }
}

struct SecondsVisitor;

impl serde::de::Visitor<'_> for SecondsVisitor {
    type Value = Seconds;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("seconds, such as 1 or 0.5")
    }

    fn visit_f64<E: serde::de::Error>(self, seconds: f64) -> Result<Seconds, E> {
        if !(0.0..=IO_SECONDS_MAX).contains(&seconds) {
            // Some numbers have hundreds of digits.
            let shown = if seconds.abs() < 1e9 { format!("{seconds}") } else { format!("{seconds:e}") };
            return Err(E::custom(format!(
                "a wait of {shown} seconds: it has to be from 0 to {IO_SECONDS_MAX}"
            )));
        }
        Ok(Seconds(Duration::from_secs_f64(seconds)))
    }

    fn visit_i64<E: serde::de::Error>(self, seconds: i64) -> Result<Seconds, E> {
        self.visit_f64(seconds as f64)
    }

    fn visit_u64<E: serde::de::Error>(self, seconds: u64) -> Result<Seconds, E> {
        self.visit_f64(seconds as f64)
    }
}

struct WorkerCount(usize);

impl<'de> Deserialize<'de> for WorkerCount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let count = number_in(deserializer, "workers", 1..=WORKERS_MAX)?;
        Ok(WorkerCount(usize::try_from(count).expect("a thousand fits")))
    }
}

struct JobCount(u64);

impl<'de> Deserialize<'de> for JobCount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        number_in(deserializer, "count", 1..=JOBS_MAX).map(JobCount)
    }
}

#[derive(Clone, Copy)]
struct Terms(u64);

impl<'de> Deserialize<'de> for Terms {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        number_in(deserializer, "cpu", 0..=CPU_TERMS_MAX).map(Terms)
    }
}

/// A whole number in `range`; the error names the key and the range.
fn number_in<'de, D: Deserializer<'de>>(
    deserializer: D,
    key: &'static str,
    range: RangeInclusive<u64>,
) -> Result<u64, D::Error> {
    deserializer.deserialize_i64(NumberVisitor { key, range })
}

struct NumberVisitor {
    key: &'static str,
    range: RangeInclusive<u64>,
}

impl serde::de::Visitor<'_> for NumberVisitor {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "for `{}` a whole number from {} to {}", self.key, self.range.start(), self.range.end())
    }

    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<u64, E> {
        let found = serde::de::Unexpected::Signed(number);
        let number = u64::try_from(number).ok().filter(|number| self.range.contains(number));
        number.ok_or_else(|| E::invalid_value(found, &self))
    }
}
