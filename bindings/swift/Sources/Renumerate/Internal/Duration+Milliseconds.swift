extension Duration {
    var milliseconds: Double { Double(components.seconds) * 1e3 + Double(components.attoseconds) / 1e15 }

    /// Creates a duration, rounded to microseconds. If the value is out of range, creates the longest duration. Such
    /// values are possible, because a server can send any `Retry-After`.
    init(milliseconds: Double) { self = .microseconds(Int64(exactly: (milliseconds * 1e3).rounded()) ?? .max) }
}
