//! The library's face: a [`Checker`] explores a program and returns a [`Report`].

mod complete;
mod orderings;
mod remedy;
mod settings;

pub(crate) use self::complete::{Unseen, is_asked_for as is_complete_asked_for};
#[cfg(feature = "cli")]
pub(crate) use self::orderings::Trial;
#[cfg(feature = "models")]
pub(crate) use self::orderings::audit;
pub use self::settings::SettingsError;
#[cfg(feature = "cli")]
pub(crate) use self::settings::WORKERS_MAX;

use crate::backend::any_value::{AnyValue, Body, body};
use crate::backend::search::{Limits, Search, Wanted};
use crate::backend::{self, Backend, Progress};
use crate::outcome::{Diverged, Incomplete, Outcome, Value, Verdict};
use crate::replay;
use crate::report::witness::{Options, render};
use crate::report::{Explainer, Judged, Report};
use crate::schedule::{Bounds, Memory, Schedule, Substitution};
use crate::strategy::Strategy;
use crate::witness::Witness;
use std::panic::Location;
use std::sync::Arc;
use std::time::{Duration, Instant};

const NOT_THE_SAME: &str = "the test is not the one that the token was made from: \
                            run it without CONCCHECK_REPLAY to explore it anew";

/// What to explore with, and for how long.
///
/// ```
/// use conccheck::sync::{Arc, atomic::{AtomicUsize, Ordering::SeqCst}};
/// use conccheck::{Checker, Outcome, Verdict, thread};
///
/// let report = Checker::new().explore(|| {
///     let total = Arc::new(AtomicUsize::new(0));
///     let add = |total: Arc<AtomicUsize>| move || total.store(total.load(SeqCst) + 1, SeqCst);
///     let other = thread::spawn(add(total.clone()));
///     add(total.clone())();
///     other.join().unwrap();
///     total.load(SeqCst)
/// });
/// assert_eq!(report.outcomes().collect::<Vec<_>>(), [&Outcome::Returned(1), &Outcome::Returned(2)]);
/// assert_eq!(report.verdict_against(&2), Verdict::Fail); // an update can be lost
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is explored before `explore` or `check`"]
pub struct Checker {
    backend: Backend,
    strategy: Option<Strategy>,
    executions_max: Option<u64>,
    steps_max: usize,
    time_max: Option<Duration>,
    preemptions_max: Option<usize>,
    finds_leaks: bool,
    memory: Option<Memory>,
    substitution: Option<Arc<Substitution>>,
    bounds: Bounds,
    timers_are_bounded: bool,
    workers: Option<usize>,
    requires_complete: bool,
    progress: Arc<Progress>,
}

impl Checker {
    /// Explores under native, one execution of each trace class.
    pub fn new() -> Self {
        Checker {
            backend: Backend::Native,
            strategy: None,
            executions_max: None,
            steps_max: 10_000,
            time_max: None,
            preemptions_max: None,
            finds_leaks: false,
            memory: None,
            substitution: None,
            bounds: Bounds { timeouts_max: 1, cancellations_max: 1, short_reads_max: 1, ..Bounds::default() },
            timers_are_bounded: false,
            workers: None,
            requires_complete: false,
            progress: Arc::default(),
        }
    }

    /// Who runs the program.
    pub fn backend(self, backend: Backend) -> Self {
        Checker { backend, ..self }
    }

    /// Who chooses the schedules: [`Backend::Native`] and [`Backend::Shuttle`] only. If it is not said: random under
    /// shuttle, dpor under native.
    ///
    /// If it is not said, native also draws some hundred samples (pos, random and pct) where dpor is not done after 20,000
    /// steps, and again whenever it has had twice as many: a fault that lies far from where dpor begins may be met by
    /// chance. They are within the same [time](Checker::time_max), and not counted among the executions:
    /// [`Report::sampled`] tells how many there were. What dpor finishes is reported as dpor saw it.
    pub fn strategy(self, strategy: Strategy) -> Self {
        Checker { strategy: Some(strategy), ..self }
    }

    /// Ends the exploration after this many executions. If it is not said: 1,000 sampled ones, 100
    /// real ones, 100,000 of a search that comes to an end by itself, 1,000,000 of dpor.
    pub fn executions_max(self, executions_max: u64) -> Self {
        Checker { executions_max: Some(executions_max), ..self }
    }

    /// Calls an execution endless after this many steps; 10,000 if it is not said.
    pub fn steps_max(self, steps_max: usize) -> Self {
        Checker { steps_max, ..self }
    }

    /// Begins no execution after this long.
    pub fn time_max(self, time_max: Duration) -> Self {
        Checker { time_max: Some(time_max), ..self }
    }

    /// Looks only at executions that switch away from a task that could go on at most this often:
    /// [`Backend::Native`], which then takes [`Strategy::Dfs`] unless another is chosen, and
    /// [`Backend::Loom`].
    pub fn preemptions_max(self, preemptions_max: usize) -> Self {
        Checker { preemptions_max: Some(preemptions_max), ..self }
    }

    /// Lets at most this many waits of an execution end because their time is up while others could do something; 1 if it is
    /// not said. Timers of async tasks (sleeps, timeouts, ticks) are among them only if it is said, and may else be up early
    /// as often as they like; one that nothing else can end always ends. What is left out for that is told by the verdict.
    /// [`Backend::Native`] only; elsewhere timeouts never fire, or when the clock says so.
    ///
    /// ```
    /// use conccheck::tokio::time::{Duration, sleep};
    /// use conccheck::{Checker, sync::atomic::{AtomicU32, Ordering::SeqCst}, task::Runtime, thread};
    /// use std::sync::Arc;
    ///
    /// let patient = || {
    ///     let work = Arc::new(AtomicU32::new(0));
    ///     let worker = thread::spawn({ let work = work.clone(); move || work.store(1, SeqCst) });
    ///     Runtime::multi_thread(1).block_on(async { sleep(Duration::from_secs(60)).await });
    ///     let seen = work.load(SeqCst);
    ///     worker.join().unwrap();
    ///     seen
    /// };
    /// let outcomes = |checker: Checker| checker.explore(patient).outcomes().count();
    /// assert_eq!([outcomes(Checker::new()), outcomes(Checker::new().timeouts_max(0))], [2, 1]);
    /// ```
    pub fn timeouts_max(mut self, timeouts_max: usize) -> Self {
        self.bounds.timeouts_max = timeouts_max;
        self.timers_are_bounded = true;
        self
    }

    /// Lets at most this many waits of an execution end without a reason; 0 if it is not said.
    /// [`Backend::Native`] only.
    pub fn spurious_wakeups_max(mut self, spurious_wakeups_max: usize) -> Self {
        self.bounds.spurious_max = spurious_wakeups_max;
        self
    }

    /// Lets at most this many weak exchanges of an execution fail without a reason; 0 if it is not said.
    /// [`Backend::Native`] only.
    pub fn weak_failures_max(mut self, weak_failures_max: usize) -> Self {
        self.bounds.weak_failures_max = weak_failures_max;
        self
    }

    /// Lets at most this many of the futures that the program has made cancellable (`task::cancellable`) be dropped in an
    /// execution where they wait; 1 if it is not said. [`Backend::Native`] explores every await and every moment, shuttle
    /// draws, and loom, which draws no lots, refuses unless this is 0.
    pub fn cancellations_max(mut self, cancellations_max: usize) -> Self {
        self.bounds.cancellations_max = cancellations_max;
        self
    }

    /// Lets at most this many reads of sockets ([`tokio::net`](crate::tokio::net)) bring less than there is in an execution,
    /// 1 if it is not said: of what has arrived, the first byte alone, or all but the last. That is beside what comes of late
    /// arrival, which nothing bounds: of several writes, a read may bring any number, and the rest comes later.
    /// Where a read could have been short and was not for the sake of this, the report [says so](Incomplete::ShortReadsMax).
    /// [`Backend::Native`] explores, shuttle draws, and loom, which draws no lots, refuses unless this is 0.
    pub fn short_reads_max(mut self, short_reads_max: usize) -> Self {
        self.bounds.short_reads_max = short_reads_max;
        self
    }

    /// Lets at most this many writes to sockets ([`tokio::net`](crate::tokio::net)) take the first byte alone in an execution, of
    /// several that they are given; 0 if it is not said: a socket of few bytes takes them all, as a rule. Otherwise as
    /// [`short_reads_max`](Checker::short_reads_max).
    pub fn short_writes_max(mut self, short_writes_max: usize) -> Self {
        self.bounds.short_writes_max = short_writes_max;
        self
    }

    /// Lets at most this many TCP connections of an execution break while something is on its way, which is lost, or of which
    /// the first byte arrives: both ends are reset. 0 if it is not said: a program need not get over that, unless it has to.
    /// [`Backend::Native`] explores, shuttle draws, and loom, which draws no lots, refuses unless this is 0.
    pub fn disconnections_max(mut self, disconnections_max: usize) -> Self {
        self.bounds.disconnections_max = disconnections_max;
        self
    }

    /// Makes it a failure, [`Outcome::Leaked`], if an [`Arc`](crate::sync::Arc) or what [`alloc`](crate::alloc) tracks is
    /// still there at the end of an execution in which the program returns. What the function makes by which a static
    /// [`LazyLock`](crate::sync::LazyLock) or [`OnceLock`](crate::sync::OnceLock) gets its value is none; what the program
    /// returns, or leaves in a static by other means, is; and memory that is given back by other means than [`alloc`](crate::alloc)'s (a `Box` that was
    /// made of it) is not known to be. [`Backend::Native`] only.
    ///
    /// ```
    /// use conccheck::{Checker, Outcome, Verdict};
    /// use conccheck::sync::{Arc, Mutex};
    ///
    /// struct Node(Mutex<Option<Arc<Node>>>);
    ///
    /// // Two nodes that own each other.
    /// let report = Checker::new().find_leaks().explore(|| {
    ///     let one = Arc::new(Node(Mutex::new(None)));
    ///     let other = Arc::new(Node(Mutex::new(Some(Arc::clone(&one)))));
    ///     *one.0.lock().unwrap() = Some(other);
    /// });
    /// assert_eq!(report.verdict(), Verdict::Fail);
    /// let Some(Outcome::Leaked { what }) = report.outcomes().next() else { panic!("{report}") };
    /// assert_eq!(what.len(), 2);
    /// assert!(what[0].starts_with("an Arc made at "));
    /// ```
    pub fn find_leaks(self) -> Self {
        Checker { finds_leaks: true, ..self }
    }

    /// What the program's accesses of atomics may see of each other: what their orderings allow, [`Memory::Rust`], if it is
    /// not said. [`Backend::Native`] only.
    ///
    /// ```
    /// use conccheck::sync::{Arc, atomic::{AtomicU32, Ordering::{Acquire, Release}}};
    /// use conccheck::{Checker, Memory, Outcome, thread};
    ///
    /// // Each task may overlook what the other has stored.
    /// let store_buffering = || {
    ///     let [x, y] = [(); 2].map(|()| Arc::new(AtomicU32::new(0)));
    ///     let other = thread::spawn({
    ///         let (x, y) = (Arc::clone(&x), Arc::clone(&y));
    ///         move || {
    ///             x.store(1, Release);
    ///             y.load(Acquire)
    ///         }
    ///     });
    ///     y.store(1, Release);
    ///     (x.load(Acquire), other.join().unwrap())
    /// };
    /// let sees_neither = |checker: Checker| {
    ///     checker.explore(store_buffering).outcomes().any(|outcome| *outcome == Outcome::Returned((0, 0)))
    /// };
    /// assert!(sees_neither(Checker::new()));
    /// assert!(!sees_neither(Checker::new().memory(Memory::SequentiallyConsistent)));
    /// ```
    pub fn memory(self, memory: Memory) -> Self {
        Checker { memory: Some(memory), ..self }
    }

    /// Explores on so many of the system's threads; on one if it is not said. [`Backend::Native`] only, where
    /// [`Strategy::Dpor`] shares its work; other strategies explore on one in any case.
    pub fn workers(self, workers: usize) -> Self {
        Checker { workers: Some(workers), ..self }
    }

    /// Makes a check a failure that did not see everything: [`Checker::check`], `Checker::for_all`, `Object::check`
    /// and [`Agreement::assert`](crate::property::Agreement::assert) panic then and say why. A sample never is everything.
    ///
    /// Without this they say in a line on stderr what was not seen, and why; and nothing if it was only by the number of
    /// the samples that were asked for. `CONCCHECK_REQUIRE_COMPLETE=1` in the environment asks the same of all checks.
    ///
    /// ```
    /// use conccheck::Checker;
    /// use conccheck::sync::{Arc, Mutex};
    ///
    /// Checker::new().require_complete().check(|| {
    ///     let total = Arc::new(Mutex::new(0));
    ///     let other = Arc::clone(&total);
    ///     let thread = conccheck::thread::spawn(move || *other.lock().unwrap() += 1);
    ///     *total.lock().unwrap() += 1;
    ///     thread.join().unwrap();
    ///     assert_eq!(*total.lock().unwrap(), 2);
    /// });
    /// ```
    pub fn require_complete(self) -> Self {
        Checker { requires_complete: true, ..self }
    }

    /// Whether that was asked for.
    pub(crate) fn requires_complete(&self) -> bool {
        self.requires_complete
    }

    /// Whether it looks here and there: at random, or at what a real run happens to do.
    #[cfg(feature = "property")]
    pub(crate) fn is_sampling(&self) -> bool {
        let is_seeded = self.chosen_strategy().is_some_and(|strategy| strategy.seed().is_some());
        self.backend == Backend::Real || is_seeded
    }

    /// Lets other threads see how far the exploration is, and stop it.
    pub fn progress(self, progress: Arc<Progress>) -> Self {
        Checker { progress, ..self }
    }

    /// Runs `program` under many schedules and returns what it saw; goes on after failures.
    ///
    /// # Panics
    /// When the checker is set up in a way that makes no sense: a backend that is not compiled in, a
    /// strategy or bound that the backend does not have, a limit of zero, a check inside a check.
    #[track_caller]
    pub fn explore<T: Value>(&self, program: impl Fn() -> T + Send + Sync + 'static) -> Report<T> {
        self.search(None, 0, body(program)).into_known()
    }

    /// As [`Checker::explore`], until an execution ends with an outcome that is `wanted`.
    ///
    /// ```
    /// use conccheck::sync::{Arc, atomic::{AtomicU32, Ordering::SeqCst}};
    /// use conccheck::{Checker, Outcome, thread};
    ///
    /// let race = || {
    ///     let winner = Arc::new(AtomicU32::new(0));
    ///     let other = thread::spawn({ let winner = winner.clone(); move || winner.store(1, SeqCst) });
    ///     winner.store(2, SeqCst);
    ///     other.join().unwrap();
    ///     winner.load(SeqCst)
    /// };
    /// let report = Checker::new().find(race, |outcome| *outcome == Outcome::Returned(2));
    /// assert!(report.outcomes().any(|outcome| *outcome == Outcome::Returned(2)));
    /// ```
    ///
    /// # Panics
    /// As [`Checker::explore`] does.
    #[track_caller]
    pub fn find<T: Value>(
        &self,
        program: impl Fn() -> T + Send + Sync + 'static,
        wanted: impl Fn(&Outcome<T>) -> bool + Send + Sync + 'static,
    ) -> Report<T> {
        let wanted = move |outcome: &Outcome<AnyValue>| outcome.as_known(&wanted);
        self.search(Some(Arc::new(wanted)), 0, body(program)).into_known()
    }

    #[track_caller]
    fn search(&self, wanted: Option<Wanted>, patience: u64, program: Body) -> Report<AnyValue> {
        if let Err(error) = self.validate() {
            panic!("{error}");
        }
        let strategy = self.chosen_strategy();
        let begun = Instant::now();
        let mut search = Search::new(self.limits(), Arc::clone(&self.progress));
        (search.wanted, search.patience) = (wanted, patience);
        let mut explainer = None;
        let search = match (self.backend, strategy) {
            (Backend::Native, Some(strategy)) => {
                explainer = Some(self.explainer(&program));
                backend::native::explore(search, strategy, program)
            }
            #[cfg(feature = "shuttle")]
            (Backend::Shuttle, Some(strategy)) => backend::shuttle::explore(search, strategy, program),
            #[cfg(feature = "loom")]
            (Backend::Loom, _) => backend::loom::explore(search, program),
            _ => backend::real::explore(search, program),
        };
        self.report(search, begun, explainer)
    }

    /// The report of the one execution that `schedule` fixes, for somebody who asked for it by the environment.
    ///
    /// # Panics
    /// When the program does something else.
    #[track_caller]
    pub(crate) fn explore_again<T: Value>(
        &self,
        schedule: &Schedule,
        program: impl Fn() -> T + Send + Sync + 'static,
    ) -> Report<T> {
        let begun = Instant::now();
        let (mut search, witness) = match self.run_again(schedule, body(program)) {
            Ok(replayed) => replayed,
            Err(diverged) => panic!("the replay {diverged}; {NOT_THE_SAME}"),
        };
        search.incomplete.get_or_insert(Incomplete::ExecutionsMax(1));
        let explainer = Explainer::new(move |_, _| Some(witness.clone()));
        let (backend, memory) = (Backend::Native, Some(schedule.memory()));
        Checker { backend, memory, ..self.clone() }.report(search, begun, Some(explainer)).into_known()
    }

    /// For the other side of a comparison: all that it can do, whatever is asked of this one.
    pub(crate) fn for_sequential_side(&self) -> Checker {
        let (backend, strategy, preemptions_max, workers) = (Backend::Native, None, None, None);
        let executions_max = self.executions_max.filter(|_| self.backend != Backend::Real);
        Checker { backend, strategy, preemptions_max, workers, executions_max, ..self.clone() }
    }

    /// Finds the least execution with an outcome and runs it once more, to see how it goes. Not before
    /// somebody asks: most outcomes are of no interest.
    fn explainer(&self, program: &Body) -> Explainer<AnyValue> {
        let (checker, program) = (self.clone(), Arc::clone(program));
        let (mender, broken) = (self.clone(), Arc::clone(&program));
        let explainer = Explainer::new(move |is_wanted, seen| {
            let limits = checker.limits_of_one(seen);
            let least = backend::native::least(seen, is_wanted, &program, &limits);
            let once = Search::new(limits, Arc::default());
            backend::native::replay(once, &least, Arc::clone(&program)).ok().map(|(_, witness)| witness)
        });
        explainer.mending(move |witness, wrong, is_right| {
            mender.mend(&broken, remedy::Failure { witness, wrong, is_right })
        })
    }

    /// Explores `program` and panics if an execution panics or hangs: for use in a `#[test]`. That not everything was
    /// seen is said in a line on stderr, which `cargo test` shows also if the test passes.
    ///
    /// # Panics
    /// With the report, if an execution panics or hangs or the check could not be done; if not everything was seen and it
    /// [had to be](Checker::require_complete); when the environment
    /// asks for a replay that is not possible; and as [`Checker::explore`] does.
    ///
    /// # When it ends
    /// Under [`Backend::Native`] at the first failure, but not before 20,000 steps, since another may explain it: a
    /// data race an assertion.
    ///
    /// # Replay
    /// Under [`Backend::Native`] the panic ends with a command, `CONCCHECK_REPLAY=cc1-… cargo test NAME`, which
    /// runs that one execution again instead of exploring, and shows it.
    #[track_caller]
    pub fn check(&self, program: impl Fn() + Send + Sync + 'static) {
        let name = replay::check_name(Location::caller());
        match replay::asked_for(&name) {
            Ok(Some(schedule)) => return self.check_again(&schedule, program),
            Ok(None) => {}
            Err(error) => panic!("failed to read CONCCHECK_REPLAY: {error}"),
        }
        // Another failure may explain the first: a data race an assertion.
        let wanted = |outcome: &Outcome<AnyValue>| !matches!(outcome, Outcome::Returned(_));
        let report: Report<()> =
            self.search(Some(Arc::new(wanted)), backend::native::SAMPLED_AFTER, body(program)).into_known();
        if !matches!(report.verdict(), Verdict::Pass | Verdict::Bounded) {
            let again = |schedule: &Schedule| replay::command(&name, schedule);
            panic!("{}", report.failure(report.verdict(), Judged::by_kind, again));
        }
        if let Err(text) = report.unseen(Location::caller()).tell(self.requires_complete) {
            panic!("{text}");
        }
    }

    /// Runs only what `schedule` says, shows it, and panics if it is a failure.
    #[track_caller]
    fn check_again(&self, schedule: &Schedule, program: impl Fn() + Send + Sync + 'static) {
        let (outcome, witness) = match self.replay(schedule, program) {
            Ok(replayed) => replayed,
            Err(diverged) => panic!("the replay {diverged}; {NOT_THE_SAME}"),
        };
        let text = format!("replayed    {outcome}\n\n{}", render(&witness, &Options::default()));
        match outcome {
            Outcome::Returned(()) => println!("{text}"),
            _ => panic!("{text}"),
        }
    }

    pub(crate) fn limits(&self) -> Limits {
        Limits {
            executions_max: self.executions_max.unwrap_or(match (self.backend, self.chosen_strategy()) {
                (Backend::Real, _) => 100,
                (Backend::Native, Some(Strategy::Dpor)) => 1_000_000,
                (Backend::Loom, _) | (_, Some(Strategy::Dpor | Strategy::Dfs)) => 100_000,
                (Backend::Native | Backend::Shuttle, _) => 1_000,
            }),
            steps_max: self.steps_max,
            time_max: self.time_max,
            preemptions_max: self.preemptions_max,
            bounds: self.bounds,
            timers_are_bounded: self.timers_are_bounded,
            memory: self.chosen_memory(),
            substitution: self.substitution.clone(),
            samples: self.is_portfolio(),
            finds_leaks: self.finds_leaks,
            workers: self.workers.unwrap_or(1),
            logs: false,
        }
    }

    /// With this limit on executions if none is set and the default is higher.
    #[cfg(feature = "property")]
    pub(crate) fn or_executions_max(&self, executions_max: u64) -> Self {
        let default = || executions_max.min(self.limits().executions_max);
        self.clone().executions_max(self.executions_max.unwrap_or_else(default))
    }

    /// Runs `program` once, as far as possible as `schedule` says; afterwards whoever runs goes on. `None`
    /// under a backend other than [`Backend::Native`].
    #[cfg(feature = "property")]
    pub(crate) fn follow<T: Value>(
        &self,
        schedule: &Schedule,
        program: impl Fn() -> T + Send + Sync + 'static,
    ) -> Option<Report<T>> {
        if self.backend != Backend::Native {
            return None;
        }
        let begun = Instant::now();
        let limits = Limits { logs: false, ..self.limits_of_one(schedule) };
        let search = Search::new(limits, Arc::clone(&self.progress));
        let search = backend::native::follow(search, schedule, body(program));
        Some(self.report(search, begun, None).into_known())
    }

    fn report(
        &self,
        search: Search,
        begun: Instant,
        explainer: Option<Explainer<AnyValue>>,
    ) -> Report<AnyValue> {
        Report {
            backend: self.backend,
            strategy: self.chosen_strategy(),
            memory: self.chosen_memory(),
            executions: search.executions,
            redundant: search.redundant,
            events: search.events,
            sampled: search.sampled,
            incomplete: search.incomplete().cloned().collect(),
            outcomes: search.outcomes.into_iter().collect(),
            elapsed: begun.elapsed(),
            hang_has_timed_wait: search.hang_has_timed_wait,
            has_seq_cst: search.has_seq_cst,
            lints: search.lints,
            has_cancellable: search.has_cancellable,
            buffering: search.buffering,
            explainer,
        }
    }

    /// For one execution, which its schedule bounds.
    fn limits_of_one(&self, schedule: &Schedule) -> Limits {
        let bounds = schedule.bounds;
        Limits {
            executions_max: 1,
            time_max: None,
            preemptions_max: None,
            bounds,
            memory: schedule.memory(),
            logs: true,
            ..self.limits()
        }
    }

    /// Whether samples are drawn beside dpor, or beside dfs where that stands in for it.
    fn is_portfolio(&self) -> bool {
        self.backend == Backend::Native && self.strategy.is_none() && self.preemptions_max.is_none()
    }

    /// What accesses of atomics may see of each other, where the backend leaves a choice.
    fn chosen_memory(&self) -> Memory {
        match self.backend {
            Backend::Native => self.memory.unwrap_or_default(),
            _ => Memory::SequentiallyConsistent,
        }
    }

    /// Who chooses the schedules, where the backend leaves a choice.
    fn chosen_strategy(&self) -> Option<Strategy> {
        let default = match self.backend {
            Backend::Native if self.preemptions_max.is_some() => Strategy::Dfs,
            Backend::Native => Strategy::Dpor,
            Backend::Shuttle => Strategy::Random { seed: 0 },
            Backend::Real | Backend::Loom => return None,
        };
        Some(self.strategy.unwrap_or(default))
    }

    /// Runs `program` once as `schedule` says, under [`Backend::Native`] whichever backend is set. What
    /// comes of it, and how.
    ///
    /// # Errors
    /// When the program does not do what it did when the schedule was made: it is another program, or it
    /// has changed, or it reads a clock, an address or a random number.
    ///
    /// # Panics
    /// As [`Checker::explore`] does; and when the native backend cannot run the program.
    #[track_caller]
    pub fn replay<T: Value>(
        &self,
        schedule: &Schedule,
        program: impl Fn() -> T + Send + Sync + 'static,
    ) -> Result<(Outcome<T>, Witness), Diverged> {
        let (search, witness) = self.run_again(schedule, body(program))?;
        let why = search.incomplete().next().cloned();
        match search.outcomes.into_keys().next() {
            Some(outcome) => {
                let outcome = outcome.into_known();
                let witness = Witness { outcome: outcome.to_string(), ..witness };
                Ok((outcome, witness))
            }
            None => {
                let why = why.map_or("nothing happened".to_string(), |why| why.to_string());
                panic!("this program could not be replayed: {why}");
            }
        }
    }

    #[track_caller]
    fn run_again(&self, schedule: &Schedule, program: Body) -> Result<(Search, Witness), Diverged> {
        if let Err(error) = self.validate() {
            panic!("{error}");
        }
        let limits = self.limits_of_one(schedule);
        let search = Search::new(limits, Arc::clone(&self.progress));
        backend::native::replay(search, schedule, program)
    }
}

impl Default for Checker {
    fn default() -> Self {
        Checker::new()
    }
}

/// Explores `program` with [`Checker::new`] and panics if an execution panics or hangs.
///
/// ```
/// use conccheck::{sync::{Arc, Mutex}, thread};
///
/// conccheck::check(|| {
///     let total = Arc::new(Mutex::new(0));
///     let threads: Vec<_> = (0..3)
///         .map(|_| {
///             let total = total.clone();
///             thread::spawn(move || *total.lock().unwrap() += 1)
///         })
///         .collect();
///     threads.into_iter().for_each(|thread| thread.join().unwrap());
///     assert_eq!(*total.lock().unwrap(), 3);
/// });
/// ```
///
/// # Panics
/// With the report, if an execution panics or hangs.
#[track_caller]
pub fn check(program: impl Fn() + Send + Sync + 'static) {
    Checker::new().check(program);
}
