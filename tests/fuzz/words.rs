//! Inputs that encode words, so that random inputs reach more code than the first check of a parser.

use std::borrow::Cow;

/// Expands an input. If the first byte is at least 0x80, each further byte is the index of a word or, from 0xc0, a
/// single character. Any other input is returned unchanged.
pub(crate) fn expand<'a>(input: &'a [u8], words: &[&str]) -> Cow<'a, [u8]> {
    match input.split_first() {
        Some((0x80.., rest)) => {
            let decode = |byte: u8| match byte {
                0xc0.. => vec![b'@' + (byte & 0x3f)],
                _ => words[usize::from(byte) % words.len()].as_bytes().to_vec(),
            };
            rest.iter().copied().flat_map(decode).collect()
        }
        _ => Cow::Borrowed(input),
    }
}

#[test]
fn text_is_unchanged_and_indexes_become_words() {
    assert_eq!(*expand(b"{\"id\"}", &["x"]), *b"{\"id\"}");
    assert_eq!(*expand(b"\xff\x00\x01\x03\xe1", &["ret_", "="]), *b"ret_==a");
    assert_eq!(*expand(b"", &["x"]), *b"");
}
