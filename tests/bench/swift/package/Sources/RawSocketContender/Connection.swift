import ContenderSupport
import Glibc

/// A connection that is kept, with the one request written out by hand.
final class Connection {
    private let socket: Int32
    private let request: [UInt8]
    private var answer = [UInt8](repeating: 0, count: 1024)

    /// Where the id stands in an answer.
    private static let beforeId = Array(#"{"id":""#.utf8)
    private static let ok = Array("HTTP/1.1 200".utf8)
    private static let endOfJson = UInt8(ascii: "}")
    private static let quote = UInt8(ascii: "\"")

    /// - Parameter url: `http://127.0.0.1:PORT`.
    /// - Throws: `Failure`, where nobody listens there.
    init(to url: String) throws {
        guard let colon = url.lastIndex(of: ":"), let port = UInt16(url[url.index(after: colon)...]) else {
            throw Failure("no port: \(url)")
        }
        let body = #"{"retention":{"customer_id":"\#(customer)"}}"#
        let head = [
            "POST \(path) HTTP/1.1", "host: 127.0.0.1:\(port)", "\(keyHeader): \(key)", "content-type: \(jsonType)",
            "content-length: \(body.utf8.count)",
        ]
        request = Array((head.joined(separator: "\r\n") + "\r\n\r\n" + body).utf8)
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        // SAFETY: the address outlives the closure, and is not kept.
        let connected = withUnsafePointer(to: &address) { address in
            // SAFETY: a `sockaddr_in` begins as a `sockaddr` does, and is as long.
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        var on: Int32 = 1
        setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        guard connected == 0 else { throw Failure("cannot connect to \(url)") }
    }

    deinit {
        close(socket)
    }

    /// The server writes each answer at once, and so it is read at once.
    func call() throws -> String {
        guard send(socket, request, request.count, 0) == request.count else { throw Failure("cannot send") }
        let length = recv(socket, &answer, answer.count, 0)
        guard length > 0 else { throw Failure("no answer") }
        let answer = self.answer[..<length]
        guard answer.starts(with: Self.ok), answer.last == Self.endOfJson else { throw Failure("not a whole 200") }
        guard let start = answer.firstRange(of: Self.beforeId)?.upperBound,
            let end = answer[start...].firstIndex(of: Self.quote)
        else { throw Failure("no id") }
        return String(decoding: answer[start..<end], as: UTF8.self)
    }
}
