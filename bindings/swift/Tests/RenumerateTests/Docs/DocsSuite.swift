import Testing

/// Tests of the documents and examples. They are serialized, because they build in the same folder.
@Suite(.serialized) enum Docs {}
