/// A session minted by the service.
///
/// Its description masks the id. `Codable` encodes `id`, `url` and `requestId`, so that you can send them to your page.
public protocol RenumerateSession: Sendable, Codable, Hashable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// The id in plain text, for the vendor's browser library.
    ///
    /// It is a bearer credential that opens the customer's flow. Send it only to that customer's page, and do not cache
    /// or log it.
    var id: String { get }

    /// The URL that the vendor's browser library loads in its iframe for this id.
    ///
    /// A web view can load it too, although the vendor does not document it as a standalone page. The URL contains the
    /// id, so it is equally secret.
    var url: String { get }

    /// The id that the service gave the request, or `nil` if the response had none. Quote it to the vendor's support.
    var requestId: String? { get }

    /// The attempts of the call, in order. The last one succeeded. The JSON form does not include them.
    var attempts: [Attempt] { get }
}

extension RenumerateSession {
    /// A description in which the id is masked.
    public var description: String {
        // The prefix of three letters is not a secret: it names the kind of session.
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
