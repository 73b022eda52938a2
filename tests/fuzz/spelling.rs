//! Inputs that are spelled with words, so that those which are made at random get beyond the first `{`.

use std::borrow::Cow;

/// The input as it stands; or, where its first byte begins no text, the words that the bytes after it are numbers of,
/// with single characters among them.
pub(crate) fn spelled<'a>(input: &'a [u8], words: &[&str]) -> Cow<'a, [u8]> {
    match input.split_first() {
        Some((0x80.., rest)) => {
            let spell = |byte: u8| match byte {
                0xc0.. => vec![b'@' + (byte & 0x3f)],
                _ => words[usize::from(byte) % words.len()].as_bytes().to_vec(),
            };
            rest.iter().copied().flat_map(spell).collect()
        }
        _ => Cow::Borrowed(input),
    }
}

#[test]
fn text_stands_for_itself_and_numbers_for_words() {
    assert_eq!(*spelled(b"{\"id\"}", &["x"]), *b"{\"id\"}");
    assert_eq!(*spelled(b"\xff\x00\x01\x03\xe1", &["ret_", "="]), *b"ret_==a");
    assert_eq!(*spelled(b"", &["x"]), *b"");
}
