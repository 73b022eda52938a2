extension Duration {
    var milliseconds: Double { Double(components.seconds) * 1e3 + Double(components.attoseconds) / 1e15 }

    /// To the microsecond.
    init(milliseconds: Double) { self = .microseconds(Int64(clamping: Int(milliseconds * 1e3))) }
}
