/// What a call answers. Printed it masks its id; by `Codable` it is `id`, `url` and `requestId`, which is what a page needs.
public protocol RenumerateSession: Sendable, Codable, Hashable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// The id in plain text, for the vendor's browser library. Whoever holds it can open the customer's flow: hand it to that
    /// customer's page, and neither cache nor log it.
    var id: String { get }

    /// What the vendor's browser library loads in its iframe for this id. A web view can load it too, though the vendor does
    /// not document it as a page of its own. It holds the id, so it is as secret as the id is.
    var url: String { get }

    /// The service's own id of the request, where it sent one: quote it to their support.
    var requestId: String? { get }

    /// What each attempt of the call met and how long it took; the last one succeeded. It is no part of the JSON.
    var attempts: [Attempt] { get }
}

extension RenumerateSession {
    /// All but the id.
    public var description: String {
        let prefix = ["ret_", "sub_"].first { id.hasPrefix($0) } ?? ""
        let queryStart = url.firstIndex(of: "?")
        let maskedUrl = queryStart.map { ", url: \(url[..<$0])?session_id=…" } ?? ""
        let requestIdPart = requestId.map { ", requestId: \($0)" } ?? ""
        return "\(Self.self)(id: \(prefix)…\(maskedUrl)\(requestIdPart))"
    }

    /// The same.
    public var debugDescription: String { description }

    /// All but the id, and the URL that holds it.
    public var customMirror: Mirror { Mirror(self, children: ["requestId": requestId as Any, "attempts": attempts]) }
}
