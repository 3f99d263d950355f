//! Witnesses made by hand, for tests. Places are given as the text that stands there.

use super::names::Names;
use super::source::Sources;
use crate::schedule::Schedule;
use crate::witness::{Effect, ObjectKind, Place, Step, Wait, Witness, WitnessObject, WitnessTask};

pub(super) const FILE: &str = "src/visits.rs";

/// A witness in the making, with the source that its places are in.
pub(super) struct Sample {
    pub(super) witness: Witness,
    pub(super) source: &'static str,
}

/// Where `text` first stands in `source`.
pub(super) fn place(file: &'static str, source: &str, text: &str) -> Place {
    let at = source.find(text).expect("the text is in the source");
    let before = &source[..at];
    let line = before.matches('\n').count() as u32 + 1;
    let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count()) as u32 + 1;
    Place { file, line, column }
}

impl Sample {
    /// One with three tasks that did nothing yet.
    pub(super) fn new(source: &'static str) -> Self {
        let task = |name: &str| WitnessTask { name: name.to_string(), spawned_at: None };
        let witness = Witness {
            schedule: Schedule::default(),
            outcome: String::new(),
            tasks: vec![task("main"), task("T1"), task("T2")],
            objects: Vec::new(),
            steps: Vec::new(),
            waits: Vec::new(),
            preemptions: 0,
            race: None,
        };
        Sample { witness, source }
    }

    pub(super) fn ends(&mut self, outcome: &str) -> &mut Self {
        self.witness.outcome = outcome.to_string();
        self
    }

    pub(super) fn task(&mut self, name: &str) -> &mut Self {
        self.witness.tasks.push(WitnessTask { name: name.to_string(), spawned_at: None });
        self
    }

    pub(super) fn object(&mut self, kind: ObjectKind, made_at: Option<&str>) -> &mut Self {
        let made_at = made_at.map(|text| place(FILE, self.source, text));
        self.witness.objects.push(WitnessObject { kind, made_at });
        self
    }

    /// A step; `at` is empty where its place is not known.
    pub(super) fn step(
        &mut self,
        task: usize,
        function: &'static str,
        object: Option<usize>,
        effect: Effect,
        at: &str,
    ) -> &mut Self {
        let place = (!at.is_empty()).then(|| place(FILE, self.source, at));
        self.witness.steps.push(Step {
            task,
            function,
            object,
            effect,
            ordering: None,
            overlooks: None,
            place,
            preempts: false,
        });
        self
    }

    pub(super) fn done(
        &mut self,
        task: usize,
        function: &'static str,
        object: Option<usize>,
        at: &str,
    ) -> &mut Self {
        self.step(task, function, object, Effect::Done, at)
    }

    pub(super) fn load(&mut self, task: usize, object: usize, value: &str, at: &str) -> &mut Self {
        self.step(task, "load", Some(object), Effect::Read(value.to_string()), at)
    }

    pub(super) fn store(
        &mut self,
        task: usize,
        object: usize,
        (before, after): (&str, &str),
        at: &str,
    ) -> &mut Self {
        let effect = Effect::Wrote { before: before.to_string(), after: after.to_string() };
        self.step(task, "store", Some(object), effect, at)
    }

    pub(super) fn about(&mut self, task: usize, function: &'static str, other: usize, at: &str) -> &mut Self {
        self.step(task, function, None, Effect::Task(other), at)
    }

    pub(super) fn panics(&mut self, task: usize, message: &str, at: &str) -> &mut Self {
        self.step(task, "panic", None, Effect::Panicked(message.to_string()), at)
    }

    /// The next step is of another task although the last one's could have gone on.
    pub(super) fn preempting(&mut self, next: impl FnOnce(&mut Self)) -> &mut Self {
        let at = self.witness.steps.len();
        next(self);
        self.witness.steps[at].preempts = true;
        self.witness.preemptions += 1;
        self
    }

    pub(super) fn waits(
        &mut self,
        task: usize,
        function: &'static str,
        object: Option<usize>,
        held_by: &[usize],
        at: &str,
    ) -> &mut Self {
        let place = (!at.is_empty()).then(|| place(FILE, self.source, at));
        self.witness.waits.push(Wait {
            task,
            function,
            object,
            held_by: held_by.to_vec(),
            place,
            is_forgotten: false,
        });
        self
    }

    pub(super) fn sources(&self) -> Sources {
        Sources::of(&self.witness, |_| Some(self.source.to_string()))
    }

    pub(super) fn names(&self) -> Names {
        Names::of(&self.witness, &self.sources())
    }
}
