import Testing

/// The documents and the examples as they stand. One after the other: they are built in one folder.
@Suite(.serialized) enum Docs {}
