/// A session that the service has created.
///
/// Its description masks the id. `Codable` encodes `id`, `url` and `requestId`, so that you can send them to your page.
public protocol RenumerateSession: Sendable, Codable, Hashable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// The session id in plain text, for Renumerate's browser library.
    ///
    /// The id is a bearer credential: whoever has it can open the customer's flow. Send it only to the page of that
    /// customer, and do not cache or log it.
    var id: String { get }

    /// The URL that Renumerate's browser library loads in its iframe for this id.
    ///
    /// A web view can load the URL too, although Renumerate does not document it as a standalone page. The URL contains
    /// the id, so it is equally secret.
    var url: String { get }

    /// The id that the service gave the request, or `nil` if the response had none. Quote it to Renumerate's support.
    var requestId: String? { get }

    /// The attempts of the call, in order. The last one succeeded. The JSON form does not include them.
    var attempts: [Attempt] { get }
}

extension RenumerateSession {
    /// A description in which the id is masked.
    public var description: String {
        // A prefix such as `ret_` is not masked, because it only names the kind of session.
        let isPrefixed = id.dropFirst(3).first == "_" && id.prefix(3).allSatisfy { ("a"..."z").contains($0) }
        let prefix = isPrefixed ? id.prefix(4) : ""
        let queryStart = url.firstIndex(of: "?")
        let maskedUrl = queryStart.map { ", url: \(url[..<$0])?session_id=…" } ?? ""
        let requestIdPart = requestId.map { ", requestId: \($0)" } ?? ""
        return "\(Self.self)(id: \(prefix)…\(maskedUrl)\(requestIdPart))"
    }

    /// The same text as `description`.
    public var debugDescription: String { description }

    /// A mirror that omits the secret properties: the id, and the URL, which contains the id.
    public var customMirror: Mirror { Mirror(self, children: ["requestId": requestId as Any, "attempts": attempts]) }
}
