//! `conccheck check --corpus`: lets every strategy hunt for the faults of the programs that are broken on
//! purpose.

use super::args::Format;
use super::{Exit, output};
use crate::models::Program;
use crate::models::corpus::Hunt;
use crate::report::corpus;
use anstream::ColorChoice;
use anyhow::ensure;

/// Hunts through those of `programs` that are broken.
pub(super) fn run(programs: &[Program], format: Format, color: ColorChoice) -> anyhow::Result<Exit> {
    let broken = programs.iter().copied().filter(Program::is_broken);
    let hunts: Vec<Hunt> = broken.map(Hunt::begin).collect();
    ensure!(
        !hunts.is_empty(),
        "--corpus is for programs that are broken on purpose, and none of these is; `conccheck list programs` shows \
         them indented, each below its fixed twin"
    );
    let text = match format {
        Format::Text => {
            [corpus::header(), "\n".to_string(), corpus::table(&hunts), corpus::summary(&hunts)].concat()
        }
        Format::Json => corpus::json(&hunts),
    };
    output::print(&text, color)?;
    Ok(if hunts.iter().all(Hunt::is_successful) { Exit::Done } else { Exit::Differs })
}
