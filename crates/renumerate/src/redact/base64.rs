//! Decoding of base64 and base64url that begin anywhere in a text, at any of the three alignments.

use std::ops::Range;

use super::lattice::Lattice;

/// Number of nodes for each position of the text. A byte begins with the first, the third or the fifth of a character's
/// six bits. The node `PHASES * position + phase` stands for the bits that remain after `2 * phase` bits.
const PHASES: usize = 3;

/// Returns the bytes that are encoded at each position of a text. `text` has the ways to read the text itself.
pub(crate) fn decode(text: &Lattice) -> Lattice {
    let mut decoded = Lattice::with_capacity(PHASES * text.len());
    for position in 0..text.len() {
        for phase in 0..PHASES {
            decoded.add_node();
            for (first, next) in sextets(text, position) {
                for (second, after) in sextets(text, next) {
                    let byte = (first << (2 + 2 * phase)) | (second >> (4 - 2 * phase));
                    let is_used_up = phase + 1 == PHASES;
                    decoded
                        .add_edge(byte, if is_used_up { PHASES * after } else { PHASES * next + phase + 1 });
                }
            }
        }
    }
    decoded
}

/// Returns the part of the text that contains the bits between two nodes.
pub(crate) fn encoded_span(text: &Lattice, nodes: &Range<usize>) -> Range<usize> {
    let last = nodes.end / PHASES;
    let is_between_characters = nodes.end.is_multiple_of(PHASES);
    let end = if is_between_characters { None } else { sextets(text, last).map(|(_, end)| end).max() };
    nodes.start / PHASES..end.unwrap_or(last)
}

/// Returns the base64 digits at a position of the text, each with the position after it.
fn sextets(text: &Lattice, position: usize) -> impl Iterator<Item = (u8, usize)> {
    text.edges(position).iter().filter_map(|(byte, end)| Some((sextet(*byte)?, *end)))
}

/// Returns the six bits that a base64 or base64url digit stands for.
fn sextet(digit: u8) -> Option<u8> {
    match digit {
        b'A'..=b'Z' => Some(digit - b'A'),
        b'a'..=b'z' => Some(digit - b'a' + 26),
        b'0'..=b'9' => Some(digit - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}
