extension Duration {
    var milliseconds: Double { Double(components.seconds) * 1e3 + Double(components.attoseconds) / 1e15 }

    /// To the microsecond; what is out of its range, as a header of a server's can be, is as long as can be.
    init(milliseconds: Double) { self = .microseconds(Int64(exactly: (milliseconds * 1e3).rounded()) ?? .max) }
}
