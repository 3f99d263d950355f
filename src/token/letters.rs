//! Bytes as letters: base32 in Crockford's alphabet, which leaves out i, l, o and u.

use super::{PREFIX, TokenError};

pub(super) const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const LETTER_BITS: usize = 5;

pub(super) fn letters_of(byte_count: usize) -> usize {
    (8 * byte_count).div_ceil(LETTER_BITS)
}

pub(super) fn to_letters(bytes: &[u8]) -> String {
    let bit = |at: usize| bytes.get(at / 8).map_or(0, |byte| byte >> (7 - at % 8) & 1);
    let letter = |at: usize| {
        let index = (0..LETTER_BITS).fold(0, |index, offset| index << 1 | bit(LETTER_BITS * at + offset));
        char::from(LETTERS[usize::from(index)])
    };
    (0..letters_of(bytes.len())).map(letter).collect()
}

/// The bytes that the letters make up; bits that fill up the last letter are left out.
pub(super) fn from_letters(letters: &str) -> Result<Vec<u8>, TokenError> {
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
