//! Search for a secret and its pieces: in plain or escaped text, in any ASCII case, and in base64.

use std::ops::Range;

use zeroize::Zeroizing;

use super::base64::{decode, encoded_span};
use super::lattice::Lattice;
use super::unescape::readings;

/// Minimum length of a piece that is masked. So many equal characters are no coincidence. Also the minimum length of a
/// text that is found in base64.
const PIECE_MIN_CHARS: usize = 8;

/// Finds a secret and each piece of it that contains at least [`PIECE_MIN_CHARS`] characters after the public prefix.
/// `prefix_len` is the length of this prefix. If the part after the prefix is shorter, finds only the whole secret.
pub(crate) fn find_pieces(text: &str, secret: &str, prefix_len: usize) -> Vec<Range<usize>> {
    let secret = Zeroizing::new(secret.to_ascii_lowercase());
    let search = PieceSearch::new(secret.as_bytes(), prefix_len);
    let plain = readings(text);
    let mut spans = search.find(&plain);
    if secret.len() >= PIECE_MIN_CHARS {
        spans.extend(search.find(&decode(&plain)).iter().map(|nodes| {
            let span = encoded_span(&plain, nodes);
            let padding = text.bytes().skip(span.end).take_while(|byte| *byte == b'=').count();
            span.start..span.end + padding
        }));
    }
    spans
}

/// Search for the shortest pieces that are masked. A longer piece consists of such pieces, which overlap. So the cost
/// of the search does not depend on the lengths of the pieces in a text.
struct PieceSearch<'a> {
    /// The shortest piece at each position of the secret, sorted and without duplicates.
    pieces: Vec<&'a [u8]>,
    /// The pieces that begin with each byte, as a range of `pieces`.
    by_first: Vec<Range<usize>>,
}

/// A node that a search has reached, and the pieces that begin with the bytes read so far.
type State = (usize, Range<usize>);

impl<'a> PieceSearch<'a> {
    fn new(secret: &'a [u8], prefix_len: usize) -> Self {
        let secret_len = secret.len().saturating_sub(prefix_len);
        // A piece that begins in the prefix contains the same number of characters after the prefix.
        let piece = |at: usize| secret.get(at..at.max(prefix_len) + PIECE_MIN_CHARS);
        let mut pieces: Vec<_> = if secret_len < PIECE_MIN_CHARS {
            vec![secret]
        } else {
            (0..secret.len()).map_while(piece).collect()
        };
        pieces.sort_unstable();
        pieces.dedup();
        let mut by_first = vec![0..0; 256];
        for (at, piece) in pieces.iter().enumerate() {
            if let Some(range) = piece.first().and_then(|first| by_first.get_mut(usize::from(*first))) {
                let start = if range.end == 0 { at } else { range.start };
                *range = start..at + 1;
            }
        }
        Self { pieces, by_first }
    }

    /// Returns the first and the last node of each piece.
    fn find(&self, lattice: &Lattice) -> Vec<Range<usize>> {
        let mut spans = Vec::new();
        let (mut states, mut next) = (Vec::new(), Vec::new());
        for start in 0..lattice.len() {
            for (byte, target) in lattice.edges(start) {
                let pieces =
                    self.by_first.get(usize::from(byte.to_ascii_lowercase())).cloned().unwrap_or_default();
                if !pieces.is_empty() {
                    states.push((*target, pieces));
                }
            }
            let end = self.longest_match(lattice, &mut states, &mut next);
            spans.extend(end.map(|end| start..end));
        }
        spans
    }

    /// Follows all paths from the states, in which one byte of the pieces is read. Returns the last node that completes
    /// a piece.
    fn longest_match(
        &self,
        lattice: &Lattice,
        states: &mut Vec<State>,
        next: &mut Vec<State>,
    ) -> Option<usize> {
        let mut end = None;
        for depth in 1.. {
            // A piece sorts before the longer pieces that begin with it.
            let is_complete = |pieces: &Range<usize>| {
                self.pieces.get(pieces.start).is_some_and(|piece| piece.len() == depth)
            };
            end =
                end.max(states.iter().filter(|(_, pieces)| is_complete(pieces)).map(|(node, _)| *node).max());
            for (node, pieces) in states.drain(..) {
                for (byte, target) in lattice.edges(node) {
                    let pieces = self.narrow(&pieces, depth, byte.to_ascii_lowercase());
                    if !pieces.is_empty() {
                        next.push((*target, pieces));
                    }
                }
            }
            if next.is_empty() {
                break;
            }
            // Most paths meet again, so keep each state only once.
            next.sort_unstable_by_key(|(node, pieces)| (*node, pieces.start));
            next.dedup();
            std::mem::swap(states, next);
        }
        end
    }

    /// Returns those of the pieces whose byte at `depth` is this byte. The pieces begin with the same bytes.
    fn narrow(&self, pieces: &Range<usize>, depth: usize, byte: u8) -> Range<usize> {
        let sorted = self.pieces.get(pieces.clone()).unwrap_or_default();
        let start = sorted.partition_point(|piece| piece.get(depth) < Some(&byte));
        let end = sorted.partition_point(|piece| piece.get(depth) <= Some(&byte));
        pieces.start + start..pieces.start + end
    }
}

#[cfg(test)]
mod tests {
    use super::super::{MASK, mask};
    use super::*;
    use proptest::prelude::*;

    const KEY: &str = "sk_live_Planted4eC39HqL/yjW";

    /// Redacts the pieces of [`KEY`].
    fn redacted(text: &str) -> String {
        mask(text, find_pieces(text, KEY, "sk_live_".len()))
    }

    fn base64(bytes: &[u8], last_digits: [u8; 2]) -> String {
        let digits = [b'A'..=b'Z', b'a'..=b'z', b'0'..=b'9'].into_iter().flatten().chain(last_digits);
        let digits: Vec<char> = digits.map(char::from).collect();
        let bits: Vec<u8> =
            bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1)).collect();
        let digit = |bits: &[u8]| {
            let bit = |at| usize::from(bits.get(at).copied().unwrap_or_default());
            digits[(0..6).fold(0, |value, at| 2 * value + bit(at))]
        };
        bits.chunks(6).map(digit).collect()
    }

    /// Rules: X1
    #[test]
    fn piece_of_the_key_is_masked() {
        for (text, expected) in [
            // The whole key, without its last character, without its first, the smallest pieces, and smaller ones.
            ("(sk_live_Planted4eC39HqL/yjW)", "([masked])"),
            ("(sk_live_Planted4eC39HqL/yj", "([masked]"),
            ("(k_live_Planted4eC39HqL/yjW)", "([masked])"),
            ("(lanted4eC39HqL/yjW)", "([masked])"),
            ("sk_live_Planted4... and HqL/yjW", "[masked]... and HqL/yjW"),
            ("sk_live_Planted... and 9HqL/yjW", "sk_live_Planted... and [masked]"),
            ("sk_live_, _live_Pl", "sk_live_, _live_Pl"),
            ("sk_test_Planted4eC39HqL/yjW", "sk_test[masked]"),
            ("sk_live_XPlanted4eC39HqL/yjW", "sk_live_X[masked]"),
            // Pieces next to each other.
            ("sk_live_Planted4eC39HqLsk_live_Planted4eC", "[masked][masked]"),
            ("Planted4eC3nted4eC39", "[masked][masked]"),
            // Other cases, and escapes.
            ("SK_LIVE_PLANTED4EC39HQL/YJW sk_live_planted4ec39hql", "[masked] [masked]"),
            (
                r"key: sk_live\u005fPl\u0061nted4eC39HqL\/y, SK\U005fLIVE_\U0050LANTED4EC",
                "key: [masked], [masked]",
            ),
            ("%50lanted4eC39HqL%2FyjW&amp;x", "[masked]&amp;x"),
            ("PLANTED4EC39HQL&#X2F;YJW", "[masked]"),
        ] {
            assert_eq!(redacted(text), expected, "{text}");
        }
    }

    /// Rules: X1
    #[test]
    fn short_secret_is_masked_as_a_whole_only() {
        let redacted = |text: &str, key: &str, prefix_len| mask(text, find_pieces(text, key, prefix_len));
        assert_eq!(
            redacted("sk_live_Planted, sk_live_Plante", "sk_live_Planted", 8),
            "[masked], sk_live_Plante"
        );
        assert_eq!(redacted("PLANTED, lanted", "planted", 0), "[masked], lanted");
        assert_eq!(
            redacted("é pässwörd123, p%C3%A4ssw%c3%b6rd123", "pässwörd123", 13),
            "é [masked], [masked]"
        );
        assert_eq!(redacted("sswörd123", "pässwörd123", 13), "sswörd123");
        assert_eq!(redacted("é", "", 0), "é");
        // The base64 of a short text occurs by chance.
        assert_eq!(redacted("c2tfbGl2ZV9QbGFudGVk==", "sk_live_Planted", 8), "[masked]");
        assert_eq!(redacted("eCE=", "x!", 0), "eCE=");
    }

    /// Rules: X1
    #[test]
    fn key_in_base64_is_masked() {
        for (text, expected) in [
            // sk_live_Planted4eC39HqL/yjW, and the same in upper case
            ("Basic c2tfbGl2ZV9QbGFudGVkNGVDMzlIcUwveWpX", "Basic [masked]"),
            ("Basic U0tfTElWRV9QTEFOVEVENEVDMzlIUUwvWUpX.", "Basic [masked]."),
            // user:sk_live_Planted4eC39HqL/yjW:x, with padding, truncated, and with escapes
            ("Basic dXNlcjpza19saXZlX1BsYW50ZWQ0ZUMzOUhxTC95alc6eA==", "Basic dXNlcj[masked]6eA=="),
            ("Basic dXNlcjpza19saXZlX1BsYW50ZWQ0ZU", "Basic dXNlcj[masked]"),
            (r"dXNlcjpza19saXZlX1BsYW50ZWQ0ZUMzOUhxTC95alc\u0036eA", r"dXNlcj[masked]\u0036eA"),
            (r"\u0064XNlcjpza19saXZlX1BsYW%35%30ZWQ0ZUMz&#79;UhxTC95al", r"\u0064XNlcj[masked]"),
            // Two bytes, then lanted4e, the smallest piece, and lanted4
            ("/+9sYW50ZWQ0ZQ==", "/+[masked]"),
            ("/+9sYW50ZWQ0AA==", "/+9sYW50ZWQ0AA=="),
        ] {
            assert_eq!(redacted(text), expected, "{text}");
        }
    }

    /// Rules: X1
    #[test]
    fn key_is_masked_in_both_alphabets_of_base64() {
        let key = "~~~??~>~?~~?";
        for (last_digits, some) in [(*b"+/", "fn5+Pz9+"), (*b"-_", "fn5-Pz9-")] {
            let encoded = base64(key.as_bytes(), last_digits);
            assert!(encoded.starts_with(some) && encoded.contains(char::from(last_digits[1])), "{encoded}");
            assert_eq!(mask(&encoded, find_pieces(&encoded, key, 0)), MASK);
        }
    }

    /// Rules: X1
    #[test]
    fn ordinary_text_is_kept() {
        for text in [
            "Invalid API key: sk_live_...yjW",
            "The key sk_live_Plante was planted for PLANTED customers; see https://docs.example/live_planted",
            r#"{"error":"plant\u0065d 4 %34 &amp;#x34; \\\\ \u00e9 é","token":"dXNlcjpwYXNzd29yZDEyMzQ1Njc4OTA="}"#,
        ] {
            assert_eq!(redacted(text), text);
        }
    }

    /// Rules: X1
    #[test]
    fn search_in_repetitive_text_is_not_quadratic() {
        let key = format!("{}b", "a".repeat(3999));
        assert_eq!(find_pieces(&"a".repeat(16_000), &key, 0).len(), 16_000 - 7);
        assert!(find_pieces(&"\\".repeat(16_000), KEY, 8).is_empty());
        let beginnings = "sk_live_Planted4eC39".repeat(800);
        assert_eq!(mask(&beginnings, find_pieces(&beginnings, KEY, 8)), MASK.repeat(800));
    }

    fn recased(text: &str, upper: u32) -> String {
        let recase = |(at, c): (usize, char)| {
            if upper >> (at % 32) & 1 == 1 { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() }
        };
        text.chars().enumerate().map(recase).collect()
    }

    /// The start and end of a piece of [`KEY`] that must be masked.
    fn piece_bounds() -> impl Strategy<Value = (usize, usize)> {
        (0..=KEY.len() - 8).prop_flat_map(|start| (Just(start), start.max(8) + 8..=KEY.len()))
    }

    proptest! {
        /// Rules: X1
        #[test]
        fn redacted_text_never_contains_a_piece(
            (start, end) in piece_bounds(), upper: u32, before in "[ -~]{0,20}", after in "[ -~]{0,20}",
        ) {
            let lower_case = KEY.to_ascii_lowercase();
            let (_, secret) = lower_case.as_bytes().split_at(8);
            let shows_a_piece = |text: &str| {
                let text = text.to_ascii_lowercase();
                text.as_bytes().windows(8).any(|shown| secret.windows(8).any(|piece| shown == piece))
            };
            let text = format!("{before}{}{after}", recased(KEY.get(start..end).unwrap(), upper));
            prop_assert!(shows_a_piece(&text));
            prop_assert!(!shows_a_piece(&redacted(&text)), "{}", redacted(&text));

            for last_digits in [*b"+/", *b"-_"] {
                let encoded = base64(text.as_bytes(), last_digits);
                let redacted = redacted(&encoded);
                for at in start.max(8)..=end - 8 {
                    // The digits that contain all bits of the eight bytes at this position of the key.
                    let bit = 8 * (before.len() + at - start);
                    let digits = encoded.get(bit / 6..(bit + 64).div_ceil(6)).unwrap();
                    prop_assert!(!redacted.contains(digits), "{} of {}", digits, redacted);
                }
            }
        }
    }
}
