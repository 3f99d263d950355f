//! What a replay token needs to find its case again, a scenario or an input: the seed that it was drawn from, and
//! how it was made smaller.

use std::fmt;
use std::str::FromStr;

/// Fixes a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CaseId {
    /// It was drawn from this.
    pub(crate) seed: u64,
    /// Of each smaller case that was tried, whether it failed too and was taken.
    pub(crate) path: Vec<bool>,
    /// A few bits of its text, by which a replay notices that other cases are drawn.
    pub(crate) mark: u16,
    /// Of a scenario: whether its calls come one after another, without any tasks.
    pub(crate) is_sequential: bool,
}

const DIGIT_BITS: usize = 4;

impl CaseId {
    /// A few bits of a case's text.
    pub(crate) fn mark(text: &str) -> u16 {
        // Fowler, Noll, Vo, 1991: FNV-1a, folded.
        let mix = |hash: u32, byte: u8| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
        let hash = text.bytes().fold(0x811c_9dc5, mix);
        (hash >> 16) as u16 ^ hash as u16
    }
}

impl fmt::Display for CaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.is_sequential { 's' } else { 'c' };
        write!(f, "{kind}{:016x}{:04x}.{:x}.", self.seed, self.mark, self.path.len())?;
        for bits in self.path.chunks(DIGIT_BITS) {
            let digit = bits.iter().enumerate().fold(0, |digit, (at, &bit)| digit | u8::from(bit) << at);
            write!(f, "{digit:x}")?;
        }
        Ok(())
    }
}

impl FromStr for CaseId {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let parse = || {
            let is_sequential = match text.chars().next()? {
                's' => true,
                'c' => false,
                _ => return None,
            };
            let seed = u64::from_str_radix(text.get(1..17)?, 16).ok()?;
            let mark = u16::from_str_radix(text.get(17..21)?, 16).ok()?;
            let (len, digits) = text.get(21..)?.strip_prefix('.')?.split_once('.')?;
            let len = usize::from_str_radix(len, 16).ok()?;
            let digits: Vec<u8> =
                digits.chars().map(|digit| Some(digit.to_digit(16)? as u8)).collect::<Option<_>>()?;
            let bits = digits.iter().flat_map(|digit| (0..DIGIT_BITS).map(move |at| digit >> at & 1 == 1));
            let path: Vec<bool> = bits.take(len).collect();
            (path.len() == len).then_some(CaseId { seed, path, mark, is_sequential })
        };
        parse().ok_or(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_reads_as_it_was_written(
            seed: u64, mark: u16, is_sequential: bool, path in prop::collection::vec(any::<bool>(), 0..70),
        ) {
            let id = CaseId { seed, path, mark, is_sequential };
            prop_assert_eq!(id.to_string().parse(), Ok(id));
        }

        #[test]
        fn any_text_is_read_or_refused(text in "[sc]?[0-9a-f.]{0,40}") {
            let _ = text.parse::<CaseId>();
        }
    }
}
