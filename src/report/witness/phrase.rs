//! A step in a few words: `load counter → 0`. When there is little room, the name of the object is cut
//! first: what was done and what came of it say more.

use super::names::Names;
use super::theme::{Signs, cut, width};
use crate::witness::{Effect, Step};

/// A longer value may be cut.
const RESULT_MAX: usize = 20;
/// A longer message of a panic may be cut: the outcome has it.
const MESSAGE_MAX: usize = 8;
/// A cut name is not shorter than this.
const OBJECT_MIN: usize = 4;
/// A cut function is not shorter than this.
const VERB_MIN: usize = 5;

/// What was done, to what, and what came of it; the latter two may be empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Phrase {
    pub(super) verb: String,
    pub(super) object: String,
    pub(super) result: String,
}

impl Phrase {
    pub(super) fn of(step: &Step, times: usize, names: &Names, signs: &Signs) -> Self {
        let object = match (step.object, &step.effect) {
            (_, Effect::Task(task)) => names.task(*task).to_string(),
            (_, Effect::Cancelled(what)) => what.clone(),
            (Some(object), _) => names.object(object).to_string(),
            (None, _) => String::new(),
        };
        let arrow = signs.arrow;
        let result = match &step.effect {
            Effect::Done => String::new(),
            Effect::Read(value) if is_exchange(step) => format!("{arrow} Err({})", one_line(value)),
            Effect::Read(value) => format!("{arrow} {}", one_line(value)),
            Effect::Wrote { before, after } => format!("{}{arrow}{}", one_line(before), one_line(after)),
            Effect::WouldBlock => format!("{arrow} {}", refusal(step.function)),
            Effect::Waits if step.function == "await" => format!("{arrow} pending"),
            Effect::Waits => "and sleeps".to_string(),
            Effect::Woke(tasks) if tasks.is_empty() => format!("{arrow} nobody"),
            Effect::Woke(tasks) => format!("{arrow} {}", names.list(tasks.iter().copied())),
            Effect::Task(_) | Effect::Cancelled(_) => String::new(),
            Effect::Disconnected => format!("{arrow} disconnected"),
            Effect::GaveUp => format!("{arrow} gives up"),
            Effect::Called(call) => {
                let verb = format!("{} {}", signs.call, one_line(call));
                return Phrase { verb, object: String::new(), result: String::new() };
            }
            Effect::Returned(answer) => {
                let (verb, result) = (signs.pointer.to_string(), one_line(answer));
                return Phrase { verb, object: String::new(), result };
            }
            Effect::Panicked(message) => {
                return Phrase {
                    verb: format!("{} panics:", signs.cross),
                    object: String::new(),
                    result: one_line(message),
                };
            }
        };
        let old = if step.overlooks.is_some() { " (old)" } else { "" };
        let repeated = if times > 1 { format!(" {}{times}", signs.times) } else { String::new() };
        let fence = step.ordering.filter(|_| step.function == "fence");
        Phrase {
            verb: step.function.to_string(),
            object: fence.map_or(object, |ordering| format!("{ordering:?}")),
            result: format!("{result}{old}{repeated}").trim().into(),
        }
    }

    /// In at most so many columns.
    pub(super) fn fit(&self, columns: usize, signs: &Signs) -> String {
        let excess = |phrase: &Phrase| width(&phrase.join()).saturating_sub(columns);
        let shrunk = |text: &str, by: usize, min: usize| {
            if by == 0 || width(text) <= min {
                return text.to_string();
            }
            cut(text, width(text).saturating_sub(by).max(min), signs)
        };
        let mut phrase = self.clone();
        phrase.object = shrunk(&phrase.object, excess(&phrase), OBJECT_MIN);
        if !phrase.object.is_empty() {
            phrase.verb = shrunk(&phrase.verb, excess(&phrase), VERB_MIN);
        }
        cut(&phrase.join(), columns, signs)
    }

    /// How many columns it asks for: less than it could use, if its value or message is long.
    pub(super) fn width(&self) -> usize {
        let enough = if self.object.is_empty() { MESSAGE_MAX } else { RESULT_MAX };
        width(&self.join()) - width(&self.result).saturating_sub(enough)
    }

    fn join(&self) -> String {
        let parts = [&self.verb, &self.object, &self.result];
        parts.into_iter().filter(|part| !part.is_empty()).map(String::as_str).collect::<Vec<_>>().join(" ")
    }
}

/// Whether it writes only if it finds what it expects.
pub(super) fn is_exchange(step: &Step) -> bool {
    step.function.starts_with("compare_exchange")
}

/// Why a function that does not wait did nothing.
fn refusal(function: &str) -> &'static str {
    match function {
        "try_recv" => "empty",
        "try_send" => "full",
        _ => "would block",
    }
}

/// Lines and control characters would break a table.
pub(super) fn one_line(text: &str) -> String {
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    text.chars().map(plain).collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::witness::sample::Sample;
    use crate::report::witness::theme::{ASCII, UNICODE};
    use crate::witness::ObjectKind;

    fn phrase(function: &'static str, effect: Effect) -> Phrase {
        let mut sample = Sample::new("counter.load()");
        sample.object(ObjectKind::Atomic, None).load(0, 0, "0", "load()").step(
            0,
            function,
            Some(0),
            effect,
            "",
        );
        Phrase::of(&sample.witness.steps[1], 1, &sample.names(), &UNICODE)
    }

    fn wrote() -> Effect {
        Effect::Wrote { before: "0".into(), after: "1".into() }
    }

    #[test]
    fn each_effect_has_its_words() {
        let text = |function, effect| phrase(function, effect).fit(80, &UNICODE);
        assert_eq!(text("load", Effect::Read("0".into())), "load counter → 0");
        assert_eq!(text("fetch_add", wrote()), "fetch_add counter 0→1");
        assert_eq!(text("compare_exchange", Effect::Read("3".into())), "compare_exchange counter → Err(3)");
        assert_eq!(text("try_lock", Effect::WouldBlock), "try_lock counter → would block");
        assert_eq!(text("try_recv", Effect::WouldBlock), "try_recv counter → empty");
        assert_eq!(text("notify_one", Effect::Woke(vec![])), "notify_one counter → nobody");
        assert_eq!(text("notify_all", Effect::Woke(vec![1, 2])), "notify_all counter → T1 and T2");
        assert_eq!(
            text("panic", Effect::Panicked("left: 1\n right: 2".into())),
            "✗ panics: left: 1 right: 2"
        );
    }

    #[test]
    fn where_room_is_short_the_values_stay() {
        let phrase = phrase("fetch_add", wrote());
        assert_eq!(phrase.fit(19, &UNICODE), "fetch_add coun… 0→1");
        assert_eq!(phrase.fit(18, &UNICODE), "fetch_add cou… 0→1");
        assert_eq!(phrase.fit(15, &UNICODE), "fetch… cou… 0→1");
        assert_eq!(phrase.fit(10, &ASCII), "fet.. co..");
    }
}
