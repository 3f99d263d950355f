//! Real runs of a workload under the models: how long each took, how long it had to take at least,
//! whether its results were right, and which model to choose. Knows no terminal and no file; the
//! caller sees the measurement grow and shows it.

mod advice;
mod cpu;
mod limit;
mod memory;
mod packing;
mod readable;
mod row;
mod statistics;

pub use advice::Advice;
pub use limit::{Capacity, JobTime, limit};
pub use packing::least_makespan;
pub use readable::readable;
pub use row::{Absurd, Gil, GilChoice, Row, RowState, Variant};

use crate::models::processes::Launch;
use crate::models::workload::{Results, Sharing, Step, Workload};
use crate::models::{self, Model, gil};
use crate::panic;
use cpu::CpuTimes;
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

/// How long threads wait for the interpreter lock before they ask for it: CPython's default.
pub const SWITCH_INTERVAL: Duration = Duration::from_millis(5);
/// Rounds of runs go on for about this long, if their number is not given.
const BUDGET: Duration = Duration::from_secs(2);
/// … but there are at least and at most so many; within half a minute for all that is built in.
const ROUNDS_MIN: usize = 3;
const ROUNDS_MAX: usize = 20;
/// A row that took longer than this altogether is not run again, if the number of runs is not given.
const ROW_BUDGET: Duration = Duration::from_millis(550);
/// A row is computed, not run, when it takes longer than this at least, unless it is asked for …
const ROW_MAX: Duration = Duration::from_secs(60);
/// … and also then when it takes longer than this …
const ROW_SLOW: Duration = Duration::from_secs(20);
/// … and this many times longer than the fastest model would.
const ROW_FACTOR_MAX: u32 = 10;

/// What is measured, and how.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The rows, in order.
    pub variants: Vec<Variant>,
    /// Runs of each row; `None` for as many as a few seconds allow.
    pub runs: Option<usize>,
    /// Workers of a pool; `None` for what the workload says.
    pub workers: Option<usize>,
    /// Whether the rows were asked for by name or number, so that even the long ones are run.
    pub runs_long_rows: bool,
    /// Every wait of the workload is multiplied by this.
    pub time_scale: f64,
    /// How long a thread waits for the interpreter lock before it asks for it.
    pub switch_interval: Duration,
    /// Cores of this machine.
    pub cores: usize,
    /// The command that starts a worker process.
    pub worker_process: Launch,
}

/// What was measured of a workload.
#[derive(Clone, Debug)]
pub struct Measurement {
    /// The workload's name.
    pub name: String,
    /// What it is.
    pub about: String,
    /// Every wait was multiplied by this.
    pub time_scale: f64,
    /// Cores of this machine.
    pub cores: usize,
    /// What each job takes at least.
    pub jobs: Vec<JobTime>,
    /// One for each variant of the plan.
    pub rows: Vec<Row>,
    /// Rounds that are through, and how many there will be if that is known.
    pub rounds: (usize, Option<usize>),
    /// The shared cells whose updates can be lost.
    pub racy_cells: Vec<String>,
    /// Memory that was resident before the first run.
    resident_before: Option<u64>,
}

/// Runs `workload` as `plan` says, the rows in turn so that a disturbance hits all alike. `progress`
/// is called after every run with the measurement so far.
pub fn measure(workload: &Workload, plan: &Plan, progress: &mut dyn FnMut(&Measurement)) -> Measurement {
    let mut cpu = CpuTimes::new(workload);
    let mut measurement = Measurement::new(workload, plan, &cpu);
    let mut reference = None;
    // What is known so far, in case that the user has enough of waiting for the samples.
    progress(&measurement);
    cpu.sample_all();
    measurement.set_limits(cpu.job_times(workload, plan.time_scale));
    measurement.compute_absurd_rows(plan, plan.pool_workers(workload));
    progress(&measurement);
    let start = Instant::now();
    loop {
        let order = measurement.order_of_runs(plan);
        if order.is_empty() {
            measurement.rounds.1 = Some(measurement.rounds.0);
            return measurement;
        }
        for index in order {
            measurement.run_row(index, workload, plan, &mut reference);
            progress(&measurement);
        }
        cpu.sample_all();
        measurement.set_limits(cpu.job_times(workload, plan.time_scale));
        let done = measurement.rounds.0 + 1;
        let planned =
            measurement.rounds.1.or(plan.runs).unwrap_or_else(|| rounds_within_budget(start.elapsed()));
        measurement.rounds = (done, Some(planned));
        progress(&measurement);
        if done >= planned {
            return measurement;
        }
    }
}

fn rounds_within_budget(round: Duration) -> usize {
    let rounds = BUDGET.as_secs_f64() / round.as_secs_f64().max(1e-9);
    (rounds as usize).clamp(ROUNDS_MIN, ROUNDS_MAX)
}

impl Plan {
    fn pool_workers(&self, workload: &Workload) -> usize {
        self.workers.or(workload.workers).unwrap_or(self.cores)
    }
}

impl Measurement {
    /// All rows, none of them run.
    fn new(workload: &Workload, plan: &Plan, cpu: &CpuTimes) -> Self {
        let pool_workers = plan.pool_workers(workload);
        let row = |&variant: &Variant| Row {
            variant,
            workers: variant.workers(workload.jobs.len(), pool_workers),
            limit: Duration::ZERO,
            state: RowState::Measured { samples: Vec::new(), differing: 0 },
            peak_bytes: None,
        };
        let mut measurement = Measurement {
            name: workload.name.clone(),
            about: workload.about.clone(),
            time_scale: plan.time_scale,
            cores: plan.cores,
            jobs: Vec::new(),
            rows: plan.variants.iter().map(row).collect(),
            rounds: (0, plan.runs),
            racy_cells: racy_cells(workload),
            resident_before: memory::resident_bytes(),
        };
        measurement.set_limits(cpu.job_times(workload, plan.time_scale));
        measurement
    }

    fn set_limits(&mut self, jobs: Vec<JobTime>) {
        for row in &mut self.rows {
            row.limit = limit(&jobs, row.variant.capacity(row.workers, self.cores));
        }
        self.jobs = jobs;
    }

    /// Takes out the rows that would take absurdly long next to what is possible for this workload,
    /// also under models that the plan does not name.
    fn compute_absurd_rows(&mut self, plan: &Plan, pool_workers: usize) {
        let fastest = Variant::all(&Model::ALL, GilChoice::Off)
            .into_iter()
            .map(|variant| variant.capacity(variant.workers(self.jobs.len(), pool_workers), self.cores))
            .map(|capacity| limit(&self.jobs, capacity))
            .min()
            .unwrap_or_default();
        for row in &mut self.rows {
            if row.limit > ROW_SLOW && row.limit > fastest * ROW_FACTOR_MAX {
                row.state = RowState::Computed(Absurd::NextToTheFastest);
            } else if row.limit > ROW_MAX && !plan.runs_long_rows {
                row.state = RowState::Computed(Absurd::UnlessAskedFor);
            }
        }
    }

    /// The rows that are run once more. The sequential one is first, because its results are what the
    /// others are compared with; then the last comes first: the models with the most threads leave the
    /// most memory behind.
    fn order_of_runs(&self, plan: &Plan) -> Vec<usize> {
        let goes_on = |index: &usize| match &self.rows[*index].state {
            RowState::Measured { samples, .. } => {
                plan.runs.is_some() || samples.iter().sum::<Duration>() <= ROW_BUDGET
            }
            RowState::Computed(_) | RowState::Failed(_) => false,
        };
        let mut order: Vec<usize> = (0..self.rows.len()).rev().filter(goes_on).collect();
        order.sort_by_key(|&index| self.rows[index].variant.model != Model::Sequential);
        order
    }

    /// Runs one row once. `reference` holds the sequential results as soon as there are some.
    fn run_row(&mut self, index: usize, workload: &Workload, plan: &Plan, reference: &mut Option<Results>) {
        let row = &mut self.rows[index];
        let setting = models::Setting {
            workers: row.workers,
            time_scale: plan.time_scale,
            gil: gil_setting(row.variant, plan.switch_interval),
            worker_process: plan.worker_process.clone(),
        };
        if row.variant.model != Model::Sequential && reference.is_none() {
            let without_waits = models::Setting { time_scale: 0.0, ..setting.clone() };
            *reference = run_model(Model::Sequential, workload, &without_waits).ok();
        }
        memory::reset_peak();
        let start = Instant::now();
        let outcome = run_model(row.variant.model, workload, &setting);
        let elapsed = start.elapsed();
        if row.variant.model != Model::Processes {
            let added = memory::peak_bytes().zip(self.resident_before);
            let added = added.map(|(peak, before)| peak.saturating_sub(before));
            row.peak_bytes = [row.peak_bytes, added].into_iter().flatten().min();
        }
        match outcome {
            Ok(results) => row.add_sample(elapsed, &results == reference.get_or_insert(results.clone())),
            Err(why) => row.state = RowState::Failed(why),
        }
    }

    /// Whether a result differed or a model could not run.
    pub fn has_failure(&self) -> bool {
        self.rows.iter().any(|row| row.same_result() == Some(false))
    }

    /// The row of `model` without a lock, or else with it.
    pub fn row(&self, model: Model) -> Option<&Row> {
        let of_model = || self.rows.iter().filter(move |row| row.variant.model == model);
        of_model().find(|row| row.variant.gil == Gil::Off).or_else(|| of_model().next())
    }

    /// Whether all planned runs are through; else it was interrupted.
    pub fn is_complete(&self) -> bool {
        self.rounds.1.is_some_and(|planned| self.rounds.0 >= planned)
    }

    /// Whether the sequential time that the others are compared with was not measured: it was left out,
    /// or is still to come.
    pub fn is_sequential_computed(&self) -> bool {
        self.row(Model::Sequential).is_none_or(|row| row.seconds().is_none())
    }

    /// How many times faster than one job after another.
    pub fn speedup(&self, row: &Row) -> Option<f64> {
        let measured = self.row(Model::Sequential).and_then(Row::seconds);
        let sequential = measured.unwrap_or_else(|| self.jobs.iter().map(|job| job.total()).sum());
        let seconds = row.seconds()?.as_secs_f64();
        (seconds > 0.0).then(|| sequential.as_secs_f64() / seconds)
    }

    /// Which model to choose, and why.
    pub fn advice(&self) -> Advice {
        advice::advise(self)
    }

    /// Whether there are two models to choose from, and all that is to be known of them.
    pub fn is_comparison(&self) -> bool {
        let mut models = self.rows.iter().map(|row| row.variant.model);
        let first = models.next();
        self.is_complete() && models.any(|model| Some(model) != first)
    }
}

impl Row {
    fn add_sample(&mut self, elapsed: Duration, same_result: bool) {
        if let RowState::Measured { samples, differing } = &mut self.state {
            samples.push(elapsed);
            *differing += usize::from(!same_result);
        }
    }
}

/// Each worker process is an interpreter of its own; threads share one.
fn gil_setting(variant: Variant, switch_interval: Duration) -> gil::Setting {
    match (variant.gil, variant.model) {
        (Gil::Off, _) => gil::Setting::Off,
        (Gil::On, Model::Processes) => gil::Setting::PerInterpreter { switch_interval },
        (Gil::On, _) => gil::Setting::Shared { switch_interval },
    }
}

/// The cells that one job reads and writes apart while another uses them.
fn racy_cells(workload: &Workload) -> Vec<String> {
    let mut users = BTreeMap::<&str, (BTreeSet<usize>, bool)>::new();
    for (index, job) in workload.jobs.iter().enumerate() {
        for step in &job.steps {
            if let Step::Shared { cell, sharing, .. } = step {
                let (jobs, is_racy) = users.entry(cell).or_default();
                jobs.insert(index);
                *is_racy |= *sharing == Sharing::Racy;
            }
        }
    }
    let racy = users.into_iter().filter(|(_, (jobs, is_racy))| jobs.len() > 1 && *is_racy);
    racy.map(|(cell, _)| cell.to_string()).collect()
}

/// A model that panics, which none should, has failed like one that returns an error.
fn run_model(model: Model, workload: &Workload, setting: &models::Setting) -> Result<Results, String> {
    let run = panic::AssertUnwindSafe(|| model.run(workload, setting));
    match panic::catch_unwind(run) {
        Ok(Ok(results)) => Ok(results),
        Ok(Err(error)) => Err(error.to_string()),
        Err(payload) => Err(panic::message(&*payload)),
    }
}
