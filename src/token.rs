//! A schedule as text, to be copied from a failure and given to a replay.
//!
//! A token is `cc1-` and bytes in base32 (Crockford's letters, which leave out i, l, o and u): how many
//! bytes there are, the schedule, a checksum. So one that is cut, changed or of another version is
//! known as such. What the schedule is of is told by name; whether that is still the same program, only
//! a replay finds out.

use crate::schedule::{Bounds, Fact, Facts, Mark, Pick, Schedule};
use std::fmt;
use std::str::FromStr;

const PREFIX: &str = "cc1-";
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const LETTER_BITS: usize = 5;
const CHECKSUM_BYTES: usize = 4;

/// Marks that a token keeps of a long schedule: some, evenly spread, are enough to notice another program.
const MARKS_MAX: usize = 64;
/// So many kept who wrote tokens before; they are read, too.
const MARKS_MAX_BEFORE: usize = 200;

/// No execution that is worth to be seen again is longer. It keeps a made-up token from filling the memory.
const STEPS_MAX: usize = 10_000_000;

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

impl Token {
    /// A byte that says what else there is; the program, its size, the bounds, the facts, the steps, their marks.
    fn body(&self) -> Vec<u8> {
        let Schedule { picks, bounds, facts } = &self.schedule;
        let has_bounds = *bounds != Bounds::default();
        let has_facts = *facts != Facts::default();
        let mut bytes =
            vec![u8::from(self.size.is_some()) | u8::from(has_bounds) << 1 | u8::from(has_facts) << 2];
        write_number(&mut bytes, self.program.len() as u128);
        bytes.extend(self.program.as_bytes());
        if let Some(size) = self.size {
            write_number(&mut bytes, size as u128);
        }
        if has_bounds {
            for bound in [bounds.timeouts_max, bounds.spurious_max, bounds.weak_failures_max] {
                write_number(&mut bytes, bound as u128);
            }
        }
        if has_facts {
            write_facts(&mut bytes, facts);
        }
        write_steps(&mut bytes, picks);
        bytes.extend(picks.iter().step_by(mark_distance(picks.len(), MARKS_MAX)).map(|pick| pick.mark));
        bytes
    }

    fn from_body(body: &[u8]) -> Option<Token> {
        let mut reader = Reader(body);
        let flags = reader.byte().filter(|flags| *flags < 8)?;
        let name_bytes = reader.count()?;
        let program = String::from_utf8(reader.bytes(name_bytes)?.to_vec()).ok()?;
        let size = if flags & 1 == 0 { None } else { Some(reader.count()?) };
        let mut bounds = Bounds::default();
        if flags & 2 != 0 {
            let [timeouts_max, spurious_max, weak_failures_max] =
                [reader.count()?, reader.count()?, reader.count()?];
            bounds = Bounds { timeouts_max, spurious_max, weak_failures_max };
        }
        let facts = if flags & 4 == 0 { Facts::default() } else { read_facts(&mut reader)? };
        let mut picks = read_steps(&mut reader)?;
        let distances = [MARKS_MAX, MARKS_MAX_BEFORE].map(|max| mark_distance(picks.len(), max));
        let distance =
            distances.into_iter().find(|&distance| picks.len().div_ceil(distance) == reader.0.len())?;
        for pick in picks.iter_mut().step_by(distance) {
            pick.mark = reader.byte()?;
        }
        let schedule = Schedule { picks, bounds, facts };
        reader.0.is_empty().then_some(Token { program, size, schedule })
    }
}

/// How many there are, and each as its kind and, if it is of a place, the place's mark.
fn write_facts(bytes: &mut Vec<u8>, facts: &Facts) {
    write_number(bytes, facts.iter().count() as u128);
    for fact in facts.iter() {
        let (kind, mark) = match fact {
            Fact::EndsAreAsked => (0, None),
            Fact::CellsAreUsed => (1, None),
            Fact::LoopIsBlind(mark) => (2, Some(mark)),
            Fact::ArcIsWatched(mark) => (3, Some(mark)),
            Fact::PoisonIsCleared => (4, None),
        };
        bytes.push(kind);
        bytes.extend(mark.into_iter().flat_map(|Mark(mark)| mark.to_le_bytes()));
    }
}

fn read_facts(reader: &mut Reader) -> Option<Facts> {
    let mut facts = Facts::default();
    for _ in 0..reader.count()? {
        let kind = reader.byte()?;
        let mut mark = || Some(Mark(u32::from_le_bytes(reader.bytes(4)?.try_into().ok()?)));
        facts.learn(match kind {
            0 => Fact::EndsAreAsked,
            1 => Fact::CellsAreUsed,
            2 => Fact::LoopIsBlind(mark()?),
            3 => Fact::ArcIsWatched(mark()?),
            4 => Fact::PoisonIsCleared,
            _ => return None,
        });
    }
    Some(facts)
}

/// From one step whose mark is kept to the next.
fn mark_distance(step_count: usize, marks_max: usize) -> usize {
    step_count.div_ceil(marks_max).max(1)
}

/// How many runs of equal choices there are, of how many tasks and choices; then a number for each run, of
/// which the task, the choice and the length are the digits.
fn write_steps(bytes: &mut Vec<u8>, picks: &[Pick]) {
    let key = |pick: &Pick| (pick.task, pick.choice);
    let runs: Vec<&[Pick]> = picks.chunk_by(|one, next| key(one) == key(next)).collect();
    let tasks = picks.iter().map(|pick| u128::from(pick.task) + 1).max().unwrap_or(1);
    let choices = picks.iter().map(|pick| u128::from(pick.choice) + 1).max().unwrap_or(1);
    for number in [runs.len() as u128, tasks, choices] {
        write_number(bytes, number);
    }
    for run in runs {
        let (task, choice) = key(&run[0]);
        write_number(
            bytes,
            ((run.len() as u128 - 1) * choices + u128::from(choice)) * tasks + u128::from(task),
        );
    }
}

fn read_steps(reader: &mut Reader) -> Option<Vec<Pick>> {
    let run_count = reader.count()?;
    let [tasks, choices] = [reader.number()?, reader.number()?];
    let mut picks: Vec<Pick> = Vec::new();
    for _ in 0..run_count {
        let number = reader.number()?;
        let rest = number.checked_div(tasks)?;
        let pick = Pick {
            task: u32::try_from(number % tasks).ok()?,
            choice: u32::try_from(rest.checked_rem(choices)?).ok()?,
            mark: 0,
        };
        let length = usize::try_from(rest / choices).ok()?.checked_add(1)?;
        let step_count = picks.len().checked_add(length).filter(|&count| count <= STEPS_MAX)?;
        picks.resize(step_count, pick);
    }
    Some(picks)
}

/// Seven bits in a byte, the least first; the eighth says that there are more.
fn write_number(bytes: &mut Vec<u8>, mut number: u128) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// What is left to be read. It gives `None` where that is too little.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(bytes)
    }

    fn byte(&mut self) -> Option<u8> {
        self.bytes(1).map(|byte| byte[0])
    }

    fn number(&mut self) -> Option<u128> {
        let mut number = 0;
        for shift in (0..u128::BITS).step_by(7) {
            let byte = self.byte()?;
            let bits = u128::from(byte & 0x7f);
            number |= bits << shift;
            if byte < 0x80 {
                return (number >> shift == bits).then_some(number);
            }
        }
        None
    }

    fn count(&mut self) -> Option<usize> {
        self.number().and_then(|number| usize::try_from(number).ok())
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

fn letters_of(byte_count: usize) -> usize {
    (8 * byte_count).div_ceil(LETTER_BITS)
}

fn to_letters(bytes: &[u8]) -> String {
    let bit = |at: usize| bytes.get(at / 8).map_or(0, |byte| byte >> (7 - at % 8) & 1);
    let letter = |at: usize| {
        let index = (0..LETTER_BITS).fold(0, |index, offset| index << 1 | bit(LETTER_BITS * at + offset));
        char::from(LETTERS[usize::from(index)])
    };
    (0..letters_of(bytes.len())).map(letter).collect()
}

/// The bytes that the letters make up; bits that fill up the last letter are left out.
fn from_letters(letters: &str) -> Result<Vec<u8>, TokenError> {
    let mut bytes = Vec::with_capacity(letters.len() * LETTER_BITS / 8);
    let (mut bits, mut bit_count) = (0_u16, 0);
    for (index, character) in letters.chars().enumerate() {
        let value = LETTERS.iter().position(|letter| char::from(*letter) == character);
        let position = PREFIX.len() + index + 1;
        let value = value.ok_or(TokenError::Character { character, position })?;
        bits = bits << LETTER_BITS | value as u16;
        bit_count += LETTER_BITS;
        if bit_count >= 8 {
            bit_count -= 8;
            bytes.push((bits >> bit_count) as u8);
        }
    }
    Ok(bytes)
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
    use super::*;
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
        let bounds = prop_oneof![Just((0, 0, 0)), any::<(usize, usize, usize)>()];
        (any::<String>(), any::<Option<usize>>(), bounds, picks).prop_map(
            |(program, size, (timeouts_max, spurious_max, weak_failures_max), picks)| {
                let bounds = Bounds { timeouts_max, spurious_max, weak_failures_max };
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
