/// An answer of a script. Each method gives another answer, which says so much more.
public struct ScriptedAnswer: Sendable, Encodable {
    private var status: Int?
    private var isMinted: Bool?
    private var headers: [String: String]?
    private var text: String?
    private var delay: Int64?
    private var closeAfter: Int64?
    private var fault: Fault?

    /// The answer of the contract itself: a session, minted now.
    public static var mint: ScriptedAnswer {
        var response = ScriptedAnswer()
        response.isMinted = true
        return response
    }

    /// An answer with this HTTP status and no body.
    public static func status(_ status: Int) -> ScriptedAnswer {
        var response = ScriptedAnswer()
        response.status = status
        return response
    }

    /// An answer in which something goes wrong; it is a session otherwise.
    public static func failing(_ fault: Fault) -> ScriptedAnswer { mint.fault(fault) }

    /// With a header.
    public func header(_ name: String, _ value: String) -> ScriptedAnswer {
        with { $0.headers = (headers ?? [:]).merging([name: value]) { $1 } }
    }

    /// With a body of any text: for JSON, text in that form, and a `content-type` where it matters.
    public func text(_ text: String) -> ScriptedAnswer { with { $0.text = text } }

    /// After a wait, before the status line.
    public func delay(_ delay: Duration) -> ScriptedAnswer { with { $0.delay = milliseconds(delay) } }

    /// Closing the connection so much later, without having announced it.
    public func closeAfter(_ time: Duration) -> ScriptedAnswer { with { $0.closeAfter = milliseconds(time) } }

    /// With something that goes wrong on its way.
    public func fault(_ fault: Fault) -> ScriptedAnswer { with { $0.fault = fault } }

    /// What goes wrong with an answer on its way.
    public enum Fault: String, Sendable, Encodable {
        case stallBeforeHeaders = "stall_before_headers"
        case stallInBody = "stall_in_body"
        case slowDrip = "slow_drip"
        case resetBeforeStatus = "reset_before_status"
        case closeBeforeStatus = "close_before_status"
        case resetInBody = "reset_in_body"
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
        case status, headers, text, fault
        case isMinted = "mint"
        case delay = "delay_ms"
        case closeAfter = "close_after_ms"
    }
}
