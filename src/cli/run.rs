//! `conccheck run`: real timings. One thread measures; this one shows what it reports and can stop
//! at any moment, also in the middle of a run.

use super::args::Format;
use super::progress::Progress;
use super::{Exit, output, workload};
use crate::measure::{Gil, GilChoice, Measurement, Plan, Variant, measure};
use crate::models::workload::{WORKERS_MAX, Workload};
use crate::models::{Model, processes};
use crate::report;
use anstream::ColorChoice;
use anyhow::{Context, bail};
use clap::ValueEnum;
use clap::builder::PossibleValuesParser;
use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

const TIME_SCALE_MAX: f64 = 1_000.0;
const SWITCH_MS_MIN: f64 = 0.001;
const SWITCH_MS_MAX: f64 = 10_000.0;

/// Run workloads for real under every model and compare the models.
///
/// One row per model: the median of its runs and their spread, how many times faster than one job
/// after another, the limit that no schedule of these jobs on these workers and cores can beat, how
/// much of it was reached, the most memory that it added to this process, and whether the results
/// were those of the sequential run. Then a line of advice.
///
/// Waiting counts exactly for the limit, computing as the median of samples of this machine: by that
/// a row can come out a little above 100 %. What would take more than a minute is computed, not run,
/// unless --runs or --model asks for it.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Args {
    /// Built-in workloads (see `conccheck list`) or TOML files [default: all built-in ones]
    #[arg(value_name = "WORKLOAD|FILE.toml")]
    workloads: Vec<OsString>,
    /// Only this model; may be repeated, or several with commas
    #[arg(long = "model", value_name = "MODEL", value_delimiter = ',', value_parser = model_parser())]
    models: Vec<String>,
    /// With CPython's interpreter lock, without, or both where it makes a difference
    #[arg(long, value_enum, default_value_t = GilArg::Both)]
    gil: GilArg,
    /// How long a thread waits for the interpreter lock before it asks for it, in ms
    #[arg(long, value_name = "MS", default_value = "5", value_parser = switch_interval,
          allow_negative_numbers = true)]
    switch_interval: Duration,
    /// Workers of pool, rayon, processes and tokio [default: the workload's, else one per core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=WORKERS_MAX),
          allow_negative_numbers = true)]
    workers: Option<u64>,
    /// Runs of each model [default: 3, more of what is quick, fewer of what is slow]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1_000_000),
          allow_negative_numbers = true)]
    runs: Option<u64>,
    /// Multiply every wait by this; 1 is the workload's own time
    #[arg(long, value_name = "FACTOR", default_value = "0.1", value_parser = time_scale,
          allow_negative_numbers = true)]
    time_scale: f64,
    /// Text for readers or JSON for programs
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Also write the JSON document to this file
    #[arg(long, value_name = "FILE")]
    export_json: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  conccheck run
      all built-in workloads, in less than half a minute
  conccheck run downloads --time-scale 1
      three downloads of 1, 2 and 1 s, at their real length
  conccheck run squares --model threads,processes --gil on
      what computing costs under an interpreter lock
  conccheck run mine.toml --runs 20 --export-json mine.json
      a workload of your own

A workload of your own is a TOML file:
  workers = 3                      # of a pool; one per core if not given
  [[jobs]]
  name = \"page\"
  count = 5                        # five such jobs
  steps = [ { io = 1.0 }, { cpu = 5000000 } ]   # wait 1 s, then compute
  [[jobs]]
  name = \"visit\"
  steps = [ { shared = { cell = \"hits\", add = 1, how = \"safe\" } }, { fail = \"no route\" } ]

Steps, one at least in each job:
  io      waits that many seconds, 0 to 86400
  cpu     sums the squares of the numbers below, 0 to 1000000000000
  shared  adds to a cell that all jobs see; how is safe or racy
  fail    ends the job with that message
Workers are 1 to 1024, jobs 1 to 100000 altogether, a file 1 MB at most.";

#[derive(Clone, Copy, Debug, ValueEnum)]
enum GilArg {
    On,
    Off,
    Both,
}

impl From<GilArg> for GilChoice {
    fn from(gil: GilArg) -> Self {
        match gil {
            GilArg::On => GilChoice::On,
            GilArg::Off => GilChoice::Off,
            GilArg::Both => GilChoice::Both,
        }
    }
}

fn model_parser() -> PossibleValuesParser {
    PossibleValuesParser::new(Model::ALL.map(Model::name))
}

fn time_scale(text: &str) -> Result<f64, String> {
    let scale = text.parse::<f64>().ok().filter(|&scale| scale > 0.0 && scale <= TIME_SCALE_MAX);
    scale.ok_or_else(|| format!("it has to be a number above 0, at most {TIME_SCALE_MAX}"))
}

/// Milliseconds, with or without their unit.
fn switch_interval(text: &str) -> Result<Duration, String> {
    let number = text.strip_suffix("ms").unwrap_or(text).trim_end();
    let millis = number.parse::<f64>().ok().filter(|ms| (SWITCH_MS_MIN..=SWITCH_MS_MAX).contains(ms));
    let millis = millis.ok_or_else(|| {
        format!("it has to be milliseconds from {SWITCH_MS_MIN} to {SWITCH_MS_MAX}, such as 5 or 5ms")
    })?;
    Ok(Duration::from_secs_f64(millis / 1e3))
}

pub(super) fn run(args: &Args, color: ColorChoice) -> anyhow::Result<Exit> {
    let workloads = workloads(&args.workloads)?;
    let plan = plan(args)?;
    let export = args.export_json.as_deref().map(open_for_writing).transpose()?;
    let show = Show { color, format: args.format, progress: Progress::new(&workloads) };
    let has_lock = plan.variants.iter().any(|variant| variant.gil == Gil::On);
    if args.format == Format::Text {
        let switch_interval = has_lock.then_some(plan.switch_interval);
        show.print(&report::run::heading(plan.cores, plan.time_scale, switch_interval))?;
    }
    let workload_count = workloads.len();
    let (measurements, exit) = show.follow(&start(workloads, plan)?)?;
    let is_interrupted = exit == Exit::Interrupted;
    let document = report::run::json(&measurements, args.switch_interval, is_interrupted);
    match args.format {
        Format::Json => show.print(&document)?,
        Format::Text if is_interrupted => {
            let complete = measurements.iter().filter(|measurement| measurement.is_complete()).count();
            show.print(&report::run::interrupted(complete, workload_count))?;
        }
        Format::Text => (),
    }
    if let Some((file, path)) = export {
        replace_contents(file, &document)
            .map_err(|source| output::NotWritten { place: path.display().to_string(), source })?;
    }
    Ok(exit)
}

fn workloads(arguments: &[OsString]) -> anyhow::Result<Vec<Workload>> {
    match arguments {
        [] => Ok(Workload::builtin()),
        arguments => workload::find_all(arguments),
    }
}

fn plan(args: &Args) -> anyhow::Result<Plan> {
    let named: Vec<Model> = args.models.iter().filter_map(|name| Model::named(name)).collect();
    let is_wanted = |model: &Model| named.is_empty() || named.contains(model);
    let models: Vec<Model> = Model::ALL.into_iter().filter(is_wanted).collect();
    let variants = Variant::all(&models, args.gil.into());
    if variants.is_empty() {
        bail!("--gil on leaves no model: rayon and tokio have no interpreter lock to hold");
    }
    Ok(Plan {
        variants,
        runs: args.runs.map(as_count),
        workers: args.workers.map(as_count),
        runs_long_rows: args.runs.is_some() || !named.is_empty(),
        time_scale: args.time_scale,
        switch_interval: args.switch_interval,
        cores: thread::available_parallelism().map_or(1, usize::from),
        worker_process: processes::current_exe()
            .context("failed to find this program, to start workers with")?,
    })
}

fn as_count(number: u64) -> usize {
    usize::try_from(number).expect("the parser keeps it small")
}

/// Opens, but does not empty: until there is something to write, an older document stays.
fn open_for_writing(path: &Path) -> anyhow::Result<(File, &Path)> {
    let file = OpenOptions::new().write(true).create(true).truncate(false).open(path);
    Ok((file.with_context(|| format!("failed to open {} for --export-json", path.display()))?, path))
}

fn replace_contents(mut file: File, text: &str) -> std::io::Result<()> {
    // A pipe or a terminal cannot be cut, and needs not be.
    let _ = file.set_len(0);
    file.write_all(text.as_bytes())
}

/// What the other threads tell this one; of the workload of that number.
enum Event {
    /// One more run is through.
    Ran(usize, Measurement),
    /// Its last run is through.
    Finished(usize, Measurement),
    /// Nothing more will be measured.
    Ended(Exit),
}

/// Measures on another thread; the last event is [`Event::Ended`].
fn start(workloads: Vec<Workload>, plan: Plan) -> anyhow::Result<mpsc::Receiver<Event>> {
    let (sender, events) = mpsc::channel();
    end_on_interrupt(sender.clone())?;
    let measure_all = move || {
        // Nobody receives any more when this program is about to end: then it does not matter.
        let tell = |event| drop(sender.send(event));
        let measured = panic::catch_unwind(AssertUnwindSafe(|| {
            for (index, workload) in workloads.iter().enumerate() {
                let measurement =
                    measure(workload, &plan, &mut |so_far| tell(Event::Ran(index, so_far.clone())));
                tell(Event::Finished(index, measurement));
            }
        }));
        tell(Event::Ended(if measured.is_ok() { Exit::Done } else { Exit::Fault }));
    };
    thread::Builder::new()
        .name("measure".to_string())
        .spawn(measure_all)
        .context("failed to start a thread")?;
    Ok(events)
}

/// The first interrupt asks for the end, the second does not wait for it.
fn end_on_interrupt(sender: mpsc::Sender<Event>) -> anyhow::Result<()> {
    let asked = AtomicBool::new(false);
    let interrupt = move || {
        let second = asked.swap(true, Ordering::Relaxed);
        if second || sender.send(Event::Ended(Exit::Interrupted)).is_err() {
            std::process::exit(Exit::Interrupted as i32);
        }
    };
    ctrlc::set_handler(interrupt).context("failed to listen for Ctrl-C")
}

/// Where results go.
struct Show {
    color: ColorChoice,
    format: Format,
    progress: Progress,
}

impl Show {
    /// Shows what is measured, as it comes, until the end: everything that was measured, and how it
    /// ended.
    fn follow(&self, events: &mpsc::Receiver<Event>) -> anyhow::Result<(Vec<Measurement>, Exit)> {
        let mut finished: Vec<Measurement> = Vec::new();
        let mut unfinished = None;
        // Without a sender, which is never, the end has been missed.
        let mut exit = Exit::Fault;
        while let Ok(event) = events.recv() {
            match event {
                Event::Ran(index, measurement) => {
                    self.progress.ran(index, &measurement);
                    unfinished = Some(measurement);
                }
                Event::Finished(index, measurement) => {
                    self.progress.finished(index, &measurement);
                    self.show(&measurement)?;
                    finished.push(measurement);
                    unfinished = None;
                }
                Event::Ended(how) => {
                    exit = how;
                    break;
                }
            }
        }
        self.progress.clear();
        if let Some(measurement) = unfinished {
            self.show(&measurement)?;
            finished.push(measurement);
        }
        let differs = exit == Exit::Done && finished.iter().any(Measurement::has_failure);
        Ok((finished, if differs { Exit::Differs } else { exit }))
    }

    fn show(&self, measurement: &Measurement) -> anyhow::Result<()> {
        match self.format {
            Format::Text => self.print(&format!("\n{}", report::run::text(measurement))),
            Format::Json => Ok(()),
        }
    }

    fn print(&self, text: &str) -> anyhow::Result<()> {
        self.progress.suspend(|| output::print(text, self.color))
    }
}
