//! The variables `LOOM_*`. Empty is as unset, since a shell script can hardly do otherwise.

use std::env;
use std::str::FromStr;

/// What a variable holds.
pub(super) fn text(name: &str) -> Option<String> {
    env::var_os(name).filter(|value| !value.is_empty()).map(|value| value.to_string_lossy().into_owned())
}

/// The number that a variable holds.
pub(super) fn number<T: FromStr>(name: &str) -> Option<T> {
    text(name).map(|text| match text.trim().parse() {
        Ok(number) => number,
        Err(_) => panic!("{name} is {text:?}; it takes a whole number that is not negative, as in {name}=3"),
    })
}
