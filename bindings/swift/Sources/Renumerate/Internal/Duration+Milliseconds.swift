extension Duration {
    var milliseconds: Double { Double(components.seconds) * 1e3 + Double(components.attoseconds) / 1e15 }

    /// Creates a duration, rounded to microseconds. A value out of range becomes the longest duration: a server can
    /// send any `Retry-After`.
    init(milliseconds: Double) { self = .microseconds(Int64(exactly: (milliseconds * 1e3).rounded()) ?? .max) }
}
