//! A schedule as text, to be copied from a failure and given to a replay.
//!
//! A token is `cc1-` and bytes in base32 (Crockford's letters, which leave out i, l, o and u): how many
//! bytes there are, the schedule, a checksum. So one that is cut, changed or of another version is
//! known as such. What the schedule is of is told by name; whether that is still the same program, only
//! a replay finds out.

mod body;
mod letters;

use self::body::{Reader, write_number};
use self::letters::{from_letters, letters_of, to_letters};
use crate::schedule::Schedule;
use std::fmt;
use std::str::FromStr;

const PREFIX: &str = "cc1-";
const CHECKSUM_BYTES: usize = 4;

/// Says how to see one execution of a program again. `Display` and `FromStr` are its text.
///
/// ```
/// use conccheck::{Schedule, Token};
///
/// let token = Token { program: "threads::lost_update".to_string(), size: None, schedule: Schedule::default() };
/// let text = token.to_string();
/// assert!(text.starts_with("cc1-"));
/// assert_eq!(text.parse(), Ok(token));
/// assert!(text[..text.len() - 1].parse::<Token>().is_err());
/// ```
///
/// Of a schedule of more than 64 steps it keeps only some of the marks by which a replay notices that the
/// program has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// The program's name, or the test's.
    pub program: String,
    /// The size that the program was given, if it takes one.
    pub size: Option<usize>,
    /// What fixes the execution.
    pub schedule: Schedule,
}

/// Why a text is not a [`Token`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// It does not look like one.
    #[error("{0:?} is no token; a token begins with {PREFIX} and stands below what a check found")]
    NotAToken(String),
    /// Another conccheck wrote it.
    #[error(
        "the token is of version {0}, and this conccheck reads cc1; check the program again for a new one"
    )]
    Version(String),
    /// A token has no such character.
    #[error(
        "the token has {character:?} as character {position}; it has only digits and small letters but i, l, o and u"
    )]
    Character {
        /// The first that it cannot have.
        character: char,
        /// Where it stands in the token, from 1.
        position: usize,
    },
    /// Its end is missing.
    #[error("the token is cut: it has {has} characters of {needs}; copy all of it")]
    Cut {
        /// Characters that it has.
        has: usize,
        /// Characters that it says it has.
        needs: usize,
    },
    /// Something follows it.
    #[error("the token has {has} characters, and should end after {needs}; copy only the token")]
    TooLong {
        /// Characters that it has.
        has: usize,
        /// Characters that it says it has.
        needs: usize,
    },
    /// Some character is not what it was.
    #[error("the token's checksum is wrong: some character was changed; copy it again")]
    Checksum,
    /// The checksum is right, and yet it says nothing that could be replayed.
    #[error("the token makes no sense, though its checksum is right; no conccheck wrote it")]
    Senseless,
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let body = self.body();
        let mut bytes = Vec::with_capacity(body.len() + 8);
        write_number(&mut bytes, body.len() as u128);
        bytes.extend(body);
        bytes.extend(checksum(&bytes).to_be_bytes());
        f.write_str(PREFIX)?;
        f.write_str(&to_letters(&bytes))
    }
}

impl FromStr for Token {
    type Err = TokenError;

    fn from_str(text: &str) -> Result<Self, TokenError> {
        let text = text.trim();
        let letters = text.strip_prefix(PREFIX).ok_or_else(|| not_of_this_version(text))?;
        let has = text.chars().count();
        let cut = |needs| TokenError::Cut { has, needs };
        let bytes = from_letters(letters)?;
        let mut reader = Reader(&bytes);
        let body_bytes = reader.number().ok_or(cut(has + 1))?;
        let length_bytes = bytes.len() - reader.0.len();
        let needs_bytes = usize::try_from(body_bytes)
            .ok()
            .and_then(|body_bytes| body_bytes.checked_add(length_bytes + CHECKSUM_BYTES))
            .filter(|&bytes| bytes < usize::MAX / 8)
            .ok_or(TokenError::Checksum)?;
        let needs = PREFIX.len() + letters_of(needs_bytes);
        if has < needs {
            return Err(cut(needs));
        }
        if has > needs {
            return Err(TokenError::TooLong { has, needs });
        }
        let (told, sum) = bytes.split_at(needs_bytes - CHECKSUM_BYTES);
        // The text that the bytes have is the only one: the bits that fill up the last letter count, too.
        if sum != checksum(told).to_be_bytes() || to_letters(&bytes) != letters {
            return Err(TokenError::Checksum);
        }
        Token::from_body(&told[length_bytes..]).ok_or(TokenError::Senseless)
    }
}

/// CRC-32, as in zip files. It notices every change within 32 bits, so of every one letter.
fn checksum(bytes: &[u8]) -> u32 {
    let mut sum = u32::MAX;
    for byte in bytes {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 };
        }
    }
    !sum
}

fn not_of_this_version(text: &str) -> TokenError {
    let version = text.split_once('-').map(|(version, _)| version);
    let is_version = |version: &&str| {
        let number = version.strip_prefix("cc").unwrap_or_default();
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    };
    match version.filter(is_version) {
        Some(version) => TokenError::Version(version.to_string()),
        None => TokenError::NotAToken(text.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::body::MARKS_MAX;
    use super::letters::LETTERS;
    use super::*;
    use crate::schedule::{Bounds, Facts, Pick};
    use proptest::prelude::*;

    /// Two tasks beside main, ten steps, one preemption.
    fn lost_update() -> Token {
        let tasks = [0, 0, 0, 1, 2, 2, 2, 1, 1, 0];
        let picks =
            (0..).zip(tasks).map(|(step, task)| Pick { task, choice: 0, mark: 17 * step + 1 }).collect();
        Token {
            program: "threads::lost_update".to_string(),
            size: None,
            schedule: Schedule { picks, ..Schedule::default() },
        }
    }

    fn any_token() -> impl Strategy<Value = Token> {
        let pick = (prop_oneof![0..3_u32, any::<u32>()], prop_oneof![0..2_u32, any::<u32>()], any::<u8>());
        let run = (pick, 1..30_usize);
        let picks = prop::collection::vec(run, 0..12).prop_map(|runs| {
            let repeat =
                |((task, choice, mark), count)| std::iter::repeat_n(Pick { task, choice, mark }, count);
            runs.into_iter().flat_map(repeat).take(MARKS_MAX).collect()
        });
        let own = prop_oneof![Just((0, 0, 0, 0)), any::<(usize, usize, usize, usize)>()];
        let network = prop_oneof![Just((0, 0, 0)), Just((1, 0, 0)), any::<(usize, usize, usize)>()];
        let bounds = (own, network);
        (any::<String>(), any::<Option<usize>>(), bounds, picks).prop_map(
            |(program, size, (own, network), picks)| {
                let (timeouts_max, spurious_max, weak_failures_max, cancellations_max) = own;
                let (short_reads_max, short_writes_max, disconnections_max) = network;
                let bounds = Bounds {
                    timeouts_max,
                    spurious_max,
                    weak_failures_max,
                    cancellations_max,
                    short_reads_max,
                    short_writes_max,
                    disconnections_max,
                };
                Token { program, size, schedule: Schedule { picks, bounds, facts: Facts::default() } }
            },
        )
    }

    fn parsed(text: &str) -> Result<Token, TokenError> {
        text.parse()
    }

    proptest! {
        #[test]
        fn a_token_reads_as_what_it_was_written_from(token in any_token()) {
            prop_assert_eq!(parsed(&token.to_string()), Ok(token));
        }

        #[test]
        fn any_text_is_read_or_refused(text in "(cc1-)?[0-9a-z]{0,40}") {
            if let Ok(token) = parsed(&text) {
                prop_assert_eq!(token.to_string(), text);
            }
        }

        #[test]
        fn bytes_with_a_right_checksum_are_read_or_refused(body in prop::collection::vec(any::<u8>(), 0..40)) {
            let _ = Token::from_body(&body);
        }
    }

    #[test]
    fn ten_steps_of_two_tasks_are_short() {
        let text = lost_update().to_string();
        assert!(text.len() < 80, "{text} has {} characters", text.len());
    }

    #[test]
    fn every_cut_is_noticed_and_called_one() {
        let text = lost_update().to_string();
        for end in PREFIX.len()..text.len() {
            assert!(matches!(parsed(&text[..end]), Err(TokenError::Cut { has, .. }) if has == end), "{end}");
        }
        for end in 0..PREFIX.len() {
            assert!(matches!(parsed(&text[..end]), Err(TokenError::NotAToken(_))), "{end}");
        }
    }

    #[test]
    fn every_changed_letter_is_noticed() {
        let text = lost_update().to_string();
        for at in PREFIX.len()..text.len() {
            for letter in LETTERS.iter().map(|letter| char::from(*letter)) {
                let changed = format!("{}{letter}{}", &text[..at], &text[at + 1..]);
                assert_eq!(parsed(&changed).is_ok(), changed == text, "{changed} differs at {at}");
            }
        }
    }

    #[test]
    fn two_letters_that_changed_places_are_noticed() {
        let text = lost_update().to_string();
        for at in PREFIX.len()..text.len() - 1 {
            let (one, other) = (&text[at..=at], &text[at + 1..=at + 1]);
            let changed = format!("{}{other}{one}{}", &text[..at], &text[at + 2..]);
            assert_eq!(parsed(&changed).is_ok(), one == other, "{changed}");
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        let text = lost_update().to_string();
        for (given, error) in [
            (
                "lost_update".to_string(),
                "\"lost_update\" is no token; a token begins with cc1- and stands below what a check found",
            ),
            (
                text.replace("cc1", "cc2"),
                "the token is of version cc2, and this conccheck reads cc1; check the program again for a new one",
            ),
            (
                format!("{}o{}", &text[..9], &text[10..]),
                "the token has 'o' as character 10; it has only digits and small letters but i, l, o and u",
            ),
            (text[..60].to_string(), "the token is cut: it has 60 characters of 76; copy all of it"),
            (format!("{text}0"), "the token has 77 characters, and should end after 76; copy only the token"),
            (
                format!("{}zz{}", &text[..40], &text[42..]),
                "the token's checksum is wrong: some character was changed; copy it again",
            ),
        ] {
            assert_eq!(parsed(&given).unwrap_err().to_string(), error);
        }
    }

    #[test]
    fn space_around_a_token_does_not_matter() {
        assert_eq!(parsed(&format!("  {}\n", lost_update())), Ok(lost_update()));
    }

    #[test]
    fn a_long_schedule_keeps_every_step_and_some_marks() {
        let step = |step: u32| Pick { task: step / 500, choice: 0, mark: (step % 255) as u8 + 1 };
        let mut token = lost_update();
        token.schedule.picks = (0..2_001).map(step).collect();
        let text = token.to_string();
        assert!(text.len() < 200, "{} characters", text.len());
        let read = parsed(&text).unwrap().schedule.picks;
        assert!(read.iter().map(|pick| pick.task).eq(token.schedule.picks.iter().map(|pick| pick.task)));
        for (position, (read, written)) in read.iter().zip(&token.schedule.picks).enumerate() {
            let kept = if position % 32 == 0 { written.mark } else { 0 };
            assert_eq!(read.mark, kept, "step {position}");
        }
        assert_eq!(parsed(&text).unwrap().to_string(), text);
    }
}
