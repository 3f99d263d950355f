//! How a failing `#[test]` is replayed: the line that it prints, and the variable of the environment in which
//! it finds that line's token again.

#[cfg(feature = "property")]
use crate::property::CaseId;
use crate::schedule::Schedule;
use crate::token::{Token, TokenError};
use std::panic::Location;
use std::thread;

/// Where a test looks for a token. Empty is as unset.
const VARIABLE: &str = "CONCCHECK_REPLAY";

/// The schedule that the environment asks the check called `name` to replay, if it does.
///
/// # Errors
/// When what the variable holds is no token.
pub(crate) fn asked_for(name: &str) -> Result<Option<Schedule>, TokenError> {
    let Some(text) = std::env::var_os(VARIABLE).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let token: Token = text.to_string_lossy().parse()?;
    Ok((token.program == name && token.size.is_none()).then_some(token.schedule))
}

/// The case of a check with drawn ones, and the schedule of it, that the environment asks the check called `name` to
/// replay, if it does.
///
/// # Errors
/// As [`asked_for`].
#[cfg(feature = "property")]
pub(crate) fn asked_for_case(name: &str) -> Result<Option<(CaseId, Schedule)>, TokenError> {
    let Some(text) = std::env::var_os(VARIABLE).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let token: Token = text.to_string_lossy().parse()?;
    let id = token.program.strip_prefix(name).and_then(|rest| rest.strip_prefix('#')?.parse().ok());
    Ok(id.map(|id| (id, token.schedule)))
}

/// The command that replays a schedule of a case.
#[cfg(feature = "property")]
pub(crate) fn case_command(name: &str, id: &CaseId, schedule: &Schedule) -> String {
    command_of(name, format!("{name}#{id}"), schedule)
}

/// Why a case cannot be replayed.
#[cfg(feature = "property")]
pub(crate) fn changed(name: &str, why: &str) -> String {
    format!("{VARIABLE} cannot be replayed: {why}; run {name} without it to check it anew")
}

/// The name of the check that `caller` begins: the running test's; or, where tests run on the main thread, its
/// place in the source.
pub(crate) fn check_name(caller: &Location) -> String {
    match thread::current().name() {
        Some(name) if name != "main" => name.to_string(),
        _ => format!("{}:{}", caller.file(), caller.line()),
    }
}

/// The command that replays a check.
pub(crate) fn command(name: &str, schedule: &Schedule) -> String {
    command_of(name, name.to_string(), schedule)
}

fn command_of(name: &str, program: String, schedule: &Schedule) -> String {
    let token = Token { program, size: None, schedule: schedule.clone() };
    // A place in the source is not a name that cargo test knows.
    let filter = if name.contains('.') { String::new() } else { format!(" {name}") };
    format!("{VARIABLE}={token} cargo test{filter}")
}
