/// A response that a sandbox sends, for ``SandboxServer/script(_:_:)``. Instance methods return modified copies.
public struct ScriptedAnswer: Sendable, Encodable {
    private var status: Int?
    private var isMinted: Bool?
    private var headers: [String: String]?
    private var text: String?
    private var delay: Int64?
    private var closeAfter: Int64?
    private var fault: Fault?

    /// The regular response of the service, with a new session.
    public static var mint: ScriptedAnswer {
        var response = ScriptedAnswer()
        response.isMinted = true
        return response
    }

    /// Returns a response with an HTTP status and without a body.
    ///
    /// For `RenumerateError.notFound`, a 404 also needs a body such as `{"error":"Customer not found"}`.
    ///
    /// - Parameter status: The HTTP status, 200 to 999.
    /// - Returns: The response.
    public static func status(_ status: Int) -> ScriptedAnswer {
        var response = ScriptedAnswer()
        response.status = status
        return response
    }

    /// Returns a response that creates a session, but whose delivery fails with the given fault.
    ///
    /// - Parameter fault: The fault.
    /// - Returns: The response.
    public static func failing(_ fault: Fault) -> ScriptedAnswer { mint.fault(fault) }

    /// Returns a copy with a header. An earlier value of the same name is replaced.
    ///
    /// - Parameters:
    ///   - name: The name of the header.
    ///   - value: The value of the header.
    /// - Returns: The copy.
    public func header(_ name: String, _ value: String) -> ScriptedAnswer {
        with { $0.headers = (headers ?? [:]).merging([name: value]) { $1 } }
    }

    /// Returns a copy with a body. A response created by `mint` has a body already, so the sandbox rejects the copy.
    ///
    /// - Parameter text: The body. For a JSON body, pass the encoded JSON. Set the header `content-type` if your test
    ///   depends on it.
    /// - Returns: The copy.
    public func text(_ text: String) -> ScriptedAnswer { with { $0.text = text } }

    /// Returns a copy with a delay before the status line.
    ///
    /// - Parameter delay: The delay, in whole milliseconds.
    /// - Returns: The copy.
    public func delay(_ delay: Duration) -> ScriptedAnswer { with { $0.delay = milliseconds(delay) } }

    /// Returns a copy that closes the connection after the response. No header of the response announces this.
    ///
    /// - Parameter time: The time from the response to the close, in whole milliseconds.
    /// - Returns: The copy.
    public func closeAfter(_ time: Duration) -> ScriptedAnswer { with { $0.closeAfter = milliseconds(time) } }

    /// Returns a copy with a fault during its delivery.
    ///
    /// - Parameter fault: The fault.
    /// - Returns: The copy.
    public func fault(_ fault: Fault) -> ScriptedAnswer { with { $0.fault = fault } }

    /// A failure in the delivery of a response. The header `content-length` always states the length of the whole body.
    public enum Fault: String, Sendable, Encodable {
        /// The sandbox never responds.
        case stallBeforeHeaders = "stall_before_headers"
        /// The sandbox sends half of the body and then nothing more.
        case stallInBody = "stall_in_body"
        /// The sandbox sends the body byte by byte, 20 ms apart.
        case slowDrip = "slow_drip"
        /// The connection is reset before the status line.
        case resetBeforeStatus = "reset_before_status"
        /// The connection is closed before the status line.
        case closeBeforeStatus = "close_before_status"
        /// The connection is reset after half of the body.
        case resetInBody = "reset_in_body"
        /// The connection is closed after half of the body.
        case truncateBody = "truncate_body"
    }

    private func with(_ modify: (inout ScriptedAnswer) -> Void) -> ScriptedAnswer {
        var response = self
        modify(&response)
        return response
    }

    private func milliseconds(_ duration: Duration) -> Int64 {
        duration.components.seconds * 1000 + duration.components.attoseconds / 1_000_000_000_000_000
    }

    private enum CodingKeys: String, CodingKey {
        case status, headers, text, delay, closeAfter, fault
        case isMinted = "mint"
    }
}
