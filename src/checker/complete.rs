//! What a check that found nothing wrong says of what it did not see: a line that a user of plain `cargo test` sees; or
//! a failure, for who asks for that.
//!
//! The test harness keeps what a passing test prints with `println!` and `eprintln!`, and shows it to nobody. What is
//! written to [`io::stderr`] itself it does not keep.

use crate::outcome::Incomplete;
use crate::replay;
use std::io::{self, Write};
use std::panic::Location;

/// Makes every check of a run of tests fail that did not see everything. Empty and `0` are as unset.
const VARIABLE: &str = "CONCCHECK_REQUIRE_COMPLETE";

/// Whether the environment asks that everything be seen.
pub(crate) fn is_asked_for() -> bool {
    std::env::var_os(VARIABLE).is_some_and(|value| !value.is_empty() && value != "0")
}

/// What a check that found nothing wrong did not see.
pub(crate) struct Unseen<'a> {
    /// Who began the check.
    pub(crate) place: &'a Location<'a>,
    /// "1000 executions": what was looked at.
    pub(crate) looked_at: String,
    /// Why it was not all there is.
    pub(crate) reasons: &'a [Incomplete],
    /// Whether it was asked for samples, which never are all there is.
    pub(crate) is_sampled: bool,
    /// Whether any execution came to its end.
    pub(crate) has_ended: bool,
}

impl Unseen<'_> {
    /// Tells it, if there is something to tell.
    ///
    /// # Errors
    /// The text of a failure, if everything had to be seen, or if no execution came to its end: then nothing was.
    pub(crate) fn tell(&self, is_complete_required: bool) -> Result<(), String> {
        if self.reasons.is_empty() {
            return Ok(());
        }
        let (name, place) = (replay::check_name(self.place), self.place);
        let place = format!("{}:{}", place.file(), place.line());
        let name = if name == place { place } else { format!("{name} ({place})") };
        if !self.has_ended {
            let (looked_at, more) = (&self.looked_at, self.more());
            let why = Incomplete::list(self.reasons);
            return Err(format!("NOTHING SEEN: {name}: {looked_at}, and none came to its end: {why}{more}"));
        }
        if is_complete_required || is_asked_for() {
            let asked = format!("that is a failure because of require_complete() or {VARIABLE}=1");
            return Err(format!("INCOMPLETE: {name}: {}; {asked}", self.text()));
        }
        let is_as_asked = |why: &Incomplete| self.is_sampled && matches!(why, Incomplete::ExecutionsMax(_));
        if !self.reasons.iter().all(is_as_asked) {
            let line = format!("conccheck: {name}: {}; {VARIABLE}=1 makes this a failure\n", self.text());
            // In one piece, since tests run side by side; and where nobody can be told, nobody is.
            let _ = io::stderr().write_all(line.as_bytes());
        }
        Ok(())
    }

    fn text(&self) -> String {
        let are = if self.looked_at.starts_with("1 ") { "is" } else { "are" };
        let more = match self.more() {
            more if more.is_empty() || !self.is_sampled => more,
            _ => "; a sample never is everything".to_string(),
        };
        format!("{} {are} not everything: {}{more}", self.looked_at, Incomplete::list(self.reasons))
    }

    /// Which settings would have it see more.
    fn more(&self) -> String {
        let mut settings: Vec<&str> = self.reasons.iter().filter_map(Incomplete::setting).collect();
        settings.dedup();
        if settings.is_empty() {
            return String::new();
        }
        format!("; a higher {} sees more", settings.join(" or "))
    }
}
