//! A witness as text, for somebody who has never seen one: what went wrong in a sentence, the steps in a
//! lane for each task, the source, and how to see it again. Nothing in it varies from run to run.

mod brief;
mod diagnosis;
mod excerpt;
mod fold;
mod history;
mod lanes;
mod lines;
mod list;
mod names;
mod path;
mod phrase;
#[cfg(test)]
mod sample;
mod source;
#[cfg(test)]
mod tests;
mod theme;
mod turning;

use self::diagnosis::diagnose;
use self::excerpt::{Look, excerpt};
use self::fold::{Focus, fold};
use self::lanes::lanes;
use self::lines::{View, main_file};
use self::list::list;
use self::names::Names;
pub(crate) use self::path::{is_of_program, shown};
use self::phrase::one_line as in_one_line;
use self::source::{Sources, read_file};
use self::theme::{ASCII, Signs, Tone, UNICODE, clip, pad, wrap};
use self::turning::turning_points;
use crate::witness::{Effect, Place, Witness};

pub(crate) use self::brief::one_line;

/// Where the facts below the first sentence begin.
const FACT_INDENT: usize = 12;
/// A longer text of the head is cut: a message can have hundreds of words.
const HEAD_LINES_MAX: usize = 3;

/// What the text has, and how it looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Options {
    /// Whether it has colours.
    pub(crate) color: bool,
    /// Whether it does without Unicode, but for what the program's own texts have.
    pub(crate) ascii: bool,
    /// How many columns it may take.
    pub(crate) width: usize,
    /// What would make it go away.
    pub(crate) remedy: Option<String>,
    /// The command that shows it again.
    pub(crate) replay: Option<String>,
    /// Every right outcome, if it is known what is right.
    pub(crate) right: Vec<String>,
    /// Whether the source is read, for the excerpt and for the names of objects.
    pub(crate) sources: bool,
}

impl Default for Options {
    /// Plain, of a hundred columns, with the source.
    fn default() -> Self {
        Options {
            color: false,
            ascii: false,
            width: 100,
            remedy: None,
            replay: None,
            right: Vec::new(),
            sources: true,
        }
    }
}

impl Options {
    fn signs(&self) -> &'static Signs {
        if self.ascii { &ASCII } else { &UNICODE }
    }
}

/// The whole text, with a newline at its end.
pub(crate) fn render(witness: &Witness, options: &Options) -> String {
    let sources = if options.sources { Sources::of(witness, read_file) } else { Sources::default() };
    render_with(witness, options, &sources)
}

fn render_with(witness: &Witness, options: &Options, sources: &Sources) -> String {
    let names = Names::of(witness, sources);
    let is_right = options.right.contains(&witness.outcome);
    let diagnosis = if is_right { None } else { diagnose(witness, &names) };
    let told = diagnosis.as_ref().ok_or_else(|| turning_points(witness, &names));
    let (focus, labels) = match &told {
        Ok(diagnosis) => (Focus::Story(&diagnosis.steps), &diagnosis.labels),
        Err(points) => (Focus::Points(&points.steps), &points.labels),
    };
    let file = main_file(witness);
    let view = View {
        witness,
        names: &names,
        note: diagnosis.as_ref().and_then(|diagnosis| diagnosis.note.as_ref()),
        file,
        signs: options.signs(),
        color: options.color,
        width: options.width,
    };
    let lines = view.lines(&fold(witness, focus));
    let look = Look { color: options.color, ascii: options.ascii, width: options.width };
    let sentence = diagnosis.as_ref().map(|diagnosis| &*diagnosis.sentence);
    let remedy =
        options.remedy.as_ref().map(|remedy| wrap(&format!("remedy: {remedy}\n"), options.width, "  "));
    let replay = options.replay.as_ref().map(|command| format!("replay: {command}\n"));
    let parts = [
        head(witness, sentence, file, options),
        lanes(&view, &lines).unwrap_or_else(|| list(&view, &lines)),
        excerpt(labels, sources, &look),
        remedy.into_iter().chain(replay).collect(),
    ];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
}

/// What went wrong, what came of it (unless the reader has been told), and what should have.
fn head(witness: &Witness, sentence: Option<&str>, file: Option<&str>, options: &Options) -> String {
    let outcome = in_one_line(&witness.outcome);
    let clip =
        |text: &str, max: usize, indent: &str| clip(text, (max, HEAD_LINES_MAX), indent, options.signs());
    let named = if outcome.is_empty() { "this is how it comes about" } else { &*outcome };
    let title = clip(sentence.unwrap_or(named), options.width, "  ");
    let kind = title.find(": ").map_or(title.len(), |colon| colon + 1);
    let mut text = format!("{}{}\n", Tone::Bad.paint(&title[..kind], options.color), &title[kind..]);
    let mut add = |what: &str, value: &str| {
        let indent = " ".repeat(FACT_INDENT);
        let value = clip(value, options.width.saturating_sub(FACT_INDENT), "");
        text += &format!("  {}{}\n", pad(what, FACT_INDENT - 2), value.replace('\n', &format!("\n{indent}")));
    };
    if sentence.is_some() && !outcome.is_empty() {
        add("outcome", &outcome);
    }
    if !options.right.is_empty() {
        let right: Vec<String> = options.right.iter().map(|right| in_one_line(right)).collect();
        add("right is", &right.join(", or "));
    }
    let (steps, switches) = (witness.steps.len(), witness.preemptions);
    let lines = file.map_or(String::new(), |file| format!("; :n is line n of {}", shown(file)));
    add("witness", &format!("{}, {}{lines}", count(steps, "step"), count(switches, "preemption")));
    text
}

fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}
