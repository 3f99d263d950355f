//! What `conccheck replay` saw: the execution, its outcome and whether that is right; or where it went another
//! way. As text or as one JSON document.

use super::SCHEMA;
use super::check::{outcome_kind, outcome_text};
use super::witness::{self, Options};
use crate::models::Program;
use crate::outcome::{Diverged, Outcome};
use crate::token::Token;
use crate::witness::Witness;
use anstyle::{AnsiColor, Style};
use serde_json::{Value, json};

const BOLD: Style = Style::new().bold();

/// An execution that was replayed.
#[derive(Clone, Debug)]
pub struct Replayed<'a> {
    /// What was asked for.
    pub token: &'a Token,
    /// The program that it names.
    pub program: &'a Program,
    /// What came of it, and how; or where it went another way.
    pub result: Result<(Outcome<String>, Witness), Diverged>,
}

impl Replayed<'_> {
    /// Whether the outcome is one that the program may have.
    pub fn is_right(&self) -> bool {
        matches!(&self.result, Ok((Outcome::Returned(text), _)) if self.program.right.contains(&text.as_str()))
    }

    /// For readers, in so many columns, where it can be.
    pub fn text(&self, ascii: bool, width: usize) -> String {
        let title = format!("{BOLD}{}{BOLD:#}: {}\n", self.program, self.program.about);
        match &self.result {
            Ok((outcome, witness)) => {
                let options =
                    Options { color: true, ascii, width, right: self.right(), ..Options::default() };
                let witness = Witness { outcome: outcome_text(outcome), ..witness.clone() };
                format!("{title}\n{}\n{}", witness::render(&witness, &options), self.verdict(outcome))
            }
            Err(diverged) => format!("{title}{}", self.divergence(diverged)),
        }
    }

    fn right(&self) -> Vec<String> {
        self.program.right.iter().map(ToString::to_string).collect()
    }

    fn verdict(&self, outcome: &Outcome<String>) -> String {
        let (mark, style) = match outcome {
            Outcome::Returned(_) if self.is_right() => ('=', AnsiColor::Green.on_default()),
            Outcome::Returned(_) => ('!', AnsiColor::Red.on_default()),
            other => (other.mark(), AnsiColor::Red.on_default()),
        };
        let right = self.program.right.join(", or ");
        format!("  {style}{mark} {}{style:#}\n  right is: {right}\n", outcome_text(outcome))
    }

    fn divergence(&self, Diverged { step, expected, found }: &Diverged) -> String {
        let style = AnsiColor::Red.on_default().bold();
        let size = self.token.size.map_or_else(String::new, |size| format!(" --size {size}"));
        format!(
            "{style}DIVERGED{style:#} at step {step} of {}: expected {expected}, found {found}\n  \
             it is not the program that the token was made from; explore it anew:\n  \
             conccheck check {}{size}\n",
            self.token.schedule.len(),
            self.program.name,
        )
    }

    /// For programs.
    pub fn json(&self) -> String {
        let outcome = self.result.as_ref().ok().map(|(outcome, witness)| {
            json!({
                "kind": outcome_kind(outcome),
                "text": outcome_text(outcome),
                "expected": self.is_right(),
                "preemptions": witness.preemptions,
            })
        });
        let diverged = self.result.as_ref().err().map(
            |Diverged { step, expected, found }| json!({"step": step, "expected": expected, "found": found}),
        );
        let document: Value = json!({
            "schema": SCHEMA,
            "token": self.token.to_string(),
            "program": self.program.name,
            "size": self.token.size,
            "steps": self.token.schedule.len(),
            "outcome": outcome,
            "diverged": diverged,
        });
        format!("{document:#}\n")
    }
}
