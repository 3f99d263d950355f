//! Which orderings of a program are stronger than its checks need: each is made one step weaker, and the program explored
//! anew, as VSync does for locks in C (Oberhauser and others, ASPLOS 2021). What was found is `report`'s to tell.
//!
//! A weaker ordering allows all that a stronger one does. So what can be weakened together can be weakened alone, and only
//! such orderings are tried together.

use super::Checker;
use crate::outcome::{Incomplete, Outcome, Value, Verdict};
use crate::report::witness::is_of_program;
use crate::report::{Change, Need, OrderingRow, Orderings, executions};
use crate::schedule::{Memory, Site, Substitution};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// A program that is explored again and again, with other orderings.
pub(crate) struct Trial {
    /// Where there are several: which it is.
    pub(crate) name: Option<String>,
    explore: Box<dyn Fn(Arc<Substitution>) -> Tried>,
}

/// What came of a program with other orderings.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Tried {
    /// Every execution is right.
    Right,
    /// Some execution is wrong: what it came to.
    Wrong(String),
    /// None that was seen is wrong; why that is not all of them.
    Unseen(String),
}

/// Orderings in the place of declared ones.
pub(super) type Instead = BTreeMap<Site, Ordering>;

impl Checker {
    /// Which orderings of `program` are stronger than it needs to keep from panics, hangs, data races and leaks: each of its
    /// accesses of atomics and its fences is made one step weaker, alone, and the program is explored anew in
    /// [`Memory::Rust`]. Of those that can be, it is tried how far they can be weakened together.
    ///
    /// Each of these explorations is bounded as any other of this checker's; what was not explored to its end is
    /// [`Need::NotKnown`]. That the program itself is right has to be asserted in it.
    ///
    /// ```
    /// use conccheck::sync::{Arc, atomic::{AtomicU32, Ordering::{Acquire, SeqCst}}};
    /// use conccheck::{Checker, Need, thread};
    ///
    /// let orderings = Checker::new().orderings(|| {
    ///     let [message, flag] = [(); 2].map(|()| Arc::new(AtomicU32::new(0)));
    ///     let writer = thread::spawn({
    ///         let (message, flag) = (Arc::clone(&message), Arc::clone(&flag));
    ///         move || {
    ///             message.store(7, SeqCst); // Relaxed would do,
    ///             flag.store(1, SeqCst); // and here Release.
    ///         }
    ///     });
    ///     if flag.load(Acquire) == 1 {
    ///         assert_eq!(message.load(Acquire), 7);
    ///     }
    ///     writer.join().unwrap();
    /// });
    /// let needed: Vec<bool> = orderings.rows.iter().map(|row| matches!(row.need, Need::Needed { .. })).collect();
    /// assert_eq!(needed, [false, false, true, false], "{orderings}");
    /// ```
    ///
    /// # Panics
    /// As [`Checker::explore`] does.
    #[track_caller]
    pub fn orderings<T: Value>(&self, program: impl Fn() -> T + Send + Sync + 'static) -> Orderings {
        self.expect_memory_of_rust();
        audit(&[self.trial(None, program, |_| true, ToString::to_string)])
    }

    /// A program for [`audit`], and which of the values that it returns are right.
    pub(crate) fn trial<T: Value>(
        &self,
        name: Option<String>,
        program: impl Fn() -> T + Send + Sync + 'static,
        is_right: impl Fn(&T) -> bool + Clone + Send + Sync + 'static,
        tell: fn(&Outcome<T>) -> String,
    ) -> Trial {
        let (checker, program) = (self.clone(), Arc::new(program));
        let explore = move |substitution| {
            let (program, is_right) = (Arc::clone(&program), is_right.clone());
            checker.with(substitution).tried(move || program(), is_right, tell)
        };
        Trial { name, explore: Box::new(explore) }
    }

    /// With other orderings.
    pub(super) fn with(&self, substitution: Arc<Substitution>) -> Checker {
        Checker { memory: Some(Memory::Rust), substitution: Some(substitution), ..self.clone() }
    }

    fn tried<T: Value>(
        &self,
        program: impl Fn() -> T + Send + Sync + 'static,
        is_right: impl Fn(&T) -> bool + Clone + Send + Sync + 'static,
        tell: fn(&Outcome<T>) -> String,
    ) -> Tried {
        let right = is_right.clone();
        let is_wrong =
            move |outcome: &Outcome<T>| !matches!(outcome, Outcome::Returned(value) if right(value));
        let report = self.find(program, is_wrong.clone());
        match report.verdict_if(is_right) {
            Verdict::Pass => Tried::Right,
            Verdict::Fail | Verdict::Hang => {
                let wrong = report.outcomes().find(|outcome| is_wrong(outcome));
                Tried::Wrong(first_line(&wrong.map(tell).unwrap_or_default()))
            }
            Verdict::Bounded | Verdict::Flaky | Verdict::Skip => {
                let why = Incomplete::list(report.incomplete_because());
                Tried::Unseen(format!("no failure in {}: {why}", executions(report.executions())))
            }
        }
    }

    /// Refuses what cannot explore it.
    #[track_caller]
    pub(crate) fn expect_memory_of_rust(&self) {
        if let Err(error) = self.clone().memory(Memory::Rust).validate() {
            panic!("{error}");
        }
    }
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_string()
}

/// Makes each ordering that some of the programs declare a step weaker, and looks whether one of them notices.
pub(crate) fn audit(trials: &[Trial]) -> Orderings {
    let audit = match Audit::begin(trials) {
        Ok(audit) => audit,
        Err(failure) => return Orderings { failure: Some(failure), ..Orderings::default() },
    };
    let weaker = |&site: &Site| site.kind.one_step_weaker(site.declared).map(move |to| (site, to));
    let changes: Vec<(Site, Ordering)> = audit.functions.keys().flat_map(weaker).collect();
    let needs: Vec<Need> = changes.iter().map(|&change| audit.need(&[change].into())).collect();
    let unneeded = changes.iter().zip(&needs).filter(|(_, need)| **need == Need::NotNeeded);
    let together = audit.together(unneeded.map(|(&change, _)| change));
    let change = |(site, to): (Site, Ordering)| Change::new(site, to, audit.functions[&site]);
    let row = |(changed, need)| OrderingRow { change: change(changed), need };
    Orderings {
        failure: None,
        rows: changes.into_iter().zip(needs).map(row).collect(),
        together: together.into_iter().map(change).collect(),
    }
}

struct Audit<'a> {
    /// Each with the orderings that it declares, and what came of it as it is.
    trials: Vec<(&'a Trial, BTreeMap<Site, &'static str>, Tried)>,
    /// All orderings, with the function that has each.
    functions: BTreeMap<Site, &'static str>,
}

impl<'a> Audit<'a> {
    /// Explores the programs as they are.
    ///
    /// # Errors
    /// What is wrong with one of them.
    fn begin(trials: &'a [Trial]) -> Result<Self, String> {
        let mut audit = Audit { trials: Vec::new(), functions: BTreeMap::new() };
        for trial in trials {
            let substitution = Substitution::new(Instead::new());
            let tried = (trial.explore)(Arc::clone(&substitution));
            if let Tried::Wrong(outcome) = tried {
                return Err(trial.name.iter().fold(outcome, |outcome, name| format!("{name}: {outcome}")));
            }
            let mut functions = substitution.seen();
            functions.retain(|site, _| is_of_program(site.place.file()));
            audit.functions.extend(functions.clone());
            audit.trials.push((trial, functions, tried));
        }
        Ok(audit)
    }

    /// Whether some program is wrong with these in the place of what it declares.
    fn need(&self, instead: &Instead) -> Need {
        let mut unseen = None;
        for (trial, functions, as_it_is) in &self.trials {
            let concerns = instead.keys().any(|site| functions.contains_key(site));
            let tried = match concerns {
                true => (trial.explore)(Substitution::new(instead.clone())),
                false => as_it_is.clone(),
            };
            match tried {
                Tried::Right => {}
                Tried::Wrong(outcome) => return Need::Needed { outcome, by: trial.name.clone() },
                Tried::Unseen(why) => _ = unseen.get_or_insert(why),
            }
        }
        unseen.map_or(Need::NotNeeded, |why| Need::NotKnown { why })
    }

    /// Of changes that each can be made alone, as many as can be made together, and each as far as it can be.
    fn together(&self, changes: impl Iterator<Item = (Site, Ordering)>) -> Instead {
        let mut accepted = Instead::new();
        for (site, to) in changes {
            if accepted.contains_key(&site) {
                continue;
            }
            let mut steps = vec![to];
            while let Some(step) = steps.iter().find_map(|&step| {
                let mut instead = accepted.clone();
                instead.insert(site, step);
                (self.need(&instead) == Need::NotNeeded).then_some(step)
            }) {
                accepted.insert(site, step);
                steps = site.kind.one_step_weaker(step).collect();
            }
        }
        accepted
    }
}
