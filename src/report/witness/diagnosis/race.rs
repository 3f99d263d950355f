//! Data races: the two accesses, and what would have ordered them.
//!
//! That is found by following, step by step, what is known to come after the earlier access, as the engine's own
//! happens-before does; but where an ordering is too weak to hand that on, the path goes on as if it were not, and
//! remembers the repair. What reaches the later access with the fewest repairs is what the program lacks.

use super::super::history::{gives_back, is_atomic_update, takes, wrote};
use super::super::names::and;
use super::{Case, Diagnosis, number};
use crate::witness::{Effect, ObjectKind, Step};
use std::collections::BTreeMap;
use std::sync::atomic::Ordering::{self, AcqRel, Acquire, Release, SeqCst};

/// The two accesses that race.
pub(super) fn data_race(case: &Case) -> Option<Diagnosis> {
    let [earlier, later] = case.witness.race?;
    let object = case.step(earlier).object?;
    let writes = |step: &Step| step.function == "write" || step.function == "store" || wrote(step).is_some();
    let does = |at: usize| if writes(case.step(at)) { "writes" } else { "reads" };
    let repairs = Search::of(case).repairs(earlier, later);
    let mut labels = vec![(earlier, format!("{} it", does(earlier)))];
    let (one, other) =
        (format!("{} {}", case.who(earlier), does(earlier)), format!("{} {}", case.who(later), does(later)));
    let object = case.object(object);
    let sentence = match repairs.as_deref() {
        None | Some([]) => format!(
            "data race: {one} {object} and {other} it, and nothing makes one wait for the other (steps {} and {})",
            earlier + 1,
            later + 1,
        ),
        Some(repairs) => {
            labels.extend(repairs.iter().map(|repair| repair.label(case)));
            let (earlier, later) = (number(earlier), number(later));
            format!(
                "data race: {one} {object} at {earlier} and {other} it at {later}; {}",
                needed(case, repairs)
            )
        }
    };
    labels.push((later, format!("{} it", does(later))));
    Some(case.diagnosis(sentence, &labels).with_note(later, format!("races with {}", number(earlier))))
}

/// What is to be changed at a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Repair {
    at: usize,
    what: What,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    /// It hands on nothing of what its task did.
    Release,
    /// It does not take over what it reads.
    Acquire,
    Both,
    /// A plain store ends the release sequence of what it overwrites.
    Sequence,
}

impl Repair {
    /// "main's load of `ready` at step 5".
    fn subject(self, case: &Case) -> String {
        let step = case.step(self.at);
        let object = step.object.map_or(String::new(), |object| format!(" of {}", case.object(object)));
        format!("{}'s {}{object} at {}", case.who(self.at), step.function, number(self.at))
    }

    /// Which ordering it should have.
    fn ordering(self, case: &Case) -> Ordering {
        let has = case.step(self.at).ordering;
        match (self.what, has) {
            (What::Both, _) | (What::Acquire, Some(Release)) | (What::Release, Some(Acquire)) => AcqRel,
            (What::Acquire, _) => Acquire,
            _ => Release,
        }
    }

    fn label(self, case: &Case) -> (usize, String) {
        let has = case.step(self.at).ordering.map_or("Relaxed".to_string(), |has| format!("{has:?}"));
        let label = match self.what {
            What::Release => format!("hands nothing on: {has}, not {:?}", self.ordering(case)),
            What::Acquire => format!("takes nothing over: {has}, not {:?}", self.ordering(case)),
            What::Both => format!("passes nothing on: {has}, not {:?}", self.ordering(case)),
            What::Sequence => "overwrites what was released".to_string(),
        };
        (self.at, label)
    }

    /// A fence of its task that would do the same, if it stood on the other side.
    fn misplaced_fence(self, case: &Case) -> Option<usize> {
        let task = case.step(self.at).task;
        let is_fence = |at: &usize, does: fn(Ordering) -> bool| {
            let step = case.step(*at);
            step.task == task && step.function == "fence" && step.ordering.is_some_and(does)
        };
        match self.what {
            What::Release => (self.at..case.witness.steps.len()).find(|at| is_fence(at, releases)),
            What::Acquire => (0..self.at).rfind(|at| is_fence(at, acquires)),
            What::Both | What::Sequence => None,
        }
    }
}

/// What is to be changed, as a sentence.
fn needed(case: &Case, repairs: &[Repair]) -> String {
    let has_fences = case.steps().any(|(_, step)| step.function == "fence");
    let part = |(place, repair): (usize, &Repair)| {
        let (subject, ordering) = (repair.subject(case), repair.ordering(case));
        let would = if place == 0 { " would have to be" } else { "" };
        if repair.what == What::Sequence {
            return format!(
                "{subject}{would} a read-modify-write, as swap is, for a plain store ends the release sequence"
            );
        }
        let has = case.step(repair.at).ordering.map_or(String::new(), |has| format!(" (it is {has:?})"));
        let fence = match (repair.misplaced_fence(case), repair.what) {
            (Some(fence), What::Release) => format!(", or the fence at {} before it", number(fence)),
            (Some(fence), _) => format!(", or the fence at {} after it", number(fence)),
            (None, What::Acquire) if has_fences || ordering == AcqRel => {
                ", or an Acquire fence after it".into()
            }
            (None, What::Release) if has_fences => ", or a Release fence before it".into(),
            (None, _) => String::new(),
        };
        format!("{subject}{would} {ordering:?}{has}{fence}")
    };
    let parts: Vec<String> = repairs.iter().enumerate().map(part).collect();
    format!("for an order {}", and(&parts))
}

pub(super) fn acquires(order: Ordering) -> bool {
    matches!(order, Acquire | AcqRel | SeqCst)
}

pub(super) fn releases(order: Ordering) -> bool {
    matches!(order, Release | AcqRel | SeqCst)
}

/// What it takes for something to come after the earlier access; `None` if nothing helps.
type Path = Option<Vec<Repair>>;

/// The same of each task and object, as `engine::order` keeps it.
struct Search<'a> {
    case: &'a Case<'a>,
    seen: Vec<Path>,
    fenced: Vec<Path>,
    unfenced: Vec<Path>,
    views: BTreeMap<usize, Path>,
    /// What each message of a channel hands on, in order; how many were received.
    messages: BTreeMap<usize, (Vec<Path>, usize)>,
}

impl<'a> Search<'a> {
    fn of(case: &'a Case<'a>) -> Self {
        let none = || vec![None; case.witness.tasks.len()];
        let (seen, fenced, unfenced) = (none(), none(), none());
        Search { case, seen, fenced, unfenced, views: BTreeMap::new(), messages: BTreeMap::new() }
    }

    /// The fewest repairs by which the access at `later` would come after that at `earlier`.
    fn repairs(mut self, earlier: usize, later: usize) -> Path {
        self.seen[self.case.step(earlier).task] = Some(Vec::new());
        for at in earlier + 1..later {
            self.pass(at);
        }
        let mut repairs = self.seen[self.case.step(later).task].take()?;
        repairs.sort_by_key(|repair| repair.at);
        for at in 1..repairs.len() {
            if repairs[at - 1].at == repairs[at].at {
                repairs[at].what = What::Both;
                repairs[at - 1].what = What::Both;
            }
        }
        repairs.dedup();
        Some(repairs)
    }

    fn pass(&mut self, at: usize) {
        let step = self.case.step(at);
        let task = step.task;
        match (&step.effect, step.object) {
            (Effect::Task(other), _) if step.function == "join" => self.see(task, self.seen[*other].clone()),
            (Effect::Task(_), _) if step.function == "await" => {}
            (Effect::Task(other), object) => match object {
                // The token hands it on, when it is taken.
                Some(token) => self.hand_on(token, self.seen[task].clone()),
                None => self.see(*other, self.seen[task].clone()),
            },
            (_, None) if step.function == "fence" => self.pass_fence(task, step),
            (_, Some(object)) => match self.case.witness.objects[object].kind {
                ObjectKind::Atomic => self.pass_atomic(at, object),
                ObjectKind::Channel => self.pass_channel(step, object),
                ObjectKind::Parker => self.see(task, self.view(object)),
                ObjectKind::Mutex | ObjectKind::RwLock if takes(step) => self.see(task, self.view(object)),
                ObjectKind::Mutex | ObjectKind::RwLock | ObjectKind::Once if gives_back(step) => {
                    self.hand_on(object, self.seen[task].clone());
                }
                ObjectKind::Once => self.see(task, self.view(object)),
                _ => {}
            },
            _ => {}
        }
    }

    fn pass_fence(&mut self, task: usize, step: &Step) {
        let order = step.ordering.unwrap_or(SeqCst);
        if acquires(order) {
            self.see(task, self.unfenced[task].clone());
        }
        if releases(order) {
            self.fenced[task] = self.seen[task].clone();
        }
    }

    fn pass_atomic(&mut self, at: usize, object: usize) {
        let step = self.case.step(at);
        let (task, order) = (step.task, step.ordering.unwrap_or(SeqCst));
        let is_write = wrote(step).is_some();
        if !is_write || is_atomic_update(step) {
            let view = self.view(object);
            if acquires(order) {
                self.see(task, view);
            } else {
                let unfenced = self.unfenced[task].take();
                self.unfenced[task] = less(unfenced, view.clone());
                self.see(task, with(view, Repair { at, what: What::Acquire }));
            }
        }
        if is_write {
            let seen = self.seen[task].clone();
            let released = match releases(order) {
                true => seen,
                false => less(self.fenced[task].clone(), with(seen, Repair { at, what: What::Release })),
            };
            let before = self.view(object);
            let before = match is_atomic_update(step) {
                true => before,
                false => with(before, Repair { at, what: What::Sequence }),
            };
            self.views.insert(object, less(released, before));
        }
    }

    fn pass_channel(&mut self, step: &Step, object: usize) {
        let (messages, received) = self.messages.entry(object).or_default();
        if step.effect != Effect::Done {
            return;
        }
        if step.function.contains("send") && !step.function.starts_with("drop") {
            messages.push(self.seen[step.task].clone());
        } else if step.function.contains("recv") {
            let message = messages.get(*received).cloned().flatten();
            *received += 1;
            self.see(step.task, message);
        }
    }

    fn view(&self, object: usize) -> Path {
        self.views.get(&object).cloned().flatten()
    }

    fn hand_on(&mut self, object: usize, path: Path) {
        let view = self.view(object);
        self.views.insert(object, less(view, path));
    }

    fn see(&mut self, task: usize, path: Path) {
        let seen = self.seen[task].take();
        self.seen[task] = less(seen, path);
    }
}

/// The one with fewer repairs.
fn less(one: Path, other: Path) -> Path {
    match (one, other) {
        (Some(one), Some(other)) => Some(if other.len() < one.len() { other } else { one }),
        (one, other) => one.or(other),
    }
}

fn with(path: Path, repair: Repair) -> Path {
    let mut path = path?;
    path.push(repair);
    Some(path)
}
