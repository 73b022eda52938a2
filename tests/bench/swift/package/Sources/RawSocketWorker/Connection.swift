import WorkerSupport
import Glibc

/// Connection that is kept, with the text of the request.
final class Connection {
    private let socket: Int32
    private let request: [UInt8]
    private var response = [UInt8](repeating: 0, count: 1024)

    /// Text before the id.
    private static let beforeId = Array(#"{"id":""#.utf8)
    private static let ok = Array("HTTP/1.1 200".utf8)
    private static let endOfJson = UInt8(ascii: "}")
    private static let quote = UInt8(ascii: "\"")

    /// - Parameter url: `http://127.0.0.1:PORT`.
    /// - Throws: `Failure` if there is no server.
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
        // SAFETY: the address outlives the closure, which keeps no pointer to it.
        let connected = withUnsafePointer(to: &address) { address in
            // SAFETY: a `sockaddr_in` starts with the fields of a `sockaddr`, and has the same size.
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

    /// The server writes each response at once, so one read returns all of it.
    func call() throws -> String {
        guard send(socket, request, request.count, 0) == request.count else { throw Failure("cannot send") }
        let length = recv(socket, &response, response.count, 0)
        guard length > 0 else { throw Failure("no response") }
        let response = self.response[..<length]
        guard response.starts(with: Self.ok), response.last == Self.endOfJson else { throw Failure("not a whole 200") }
        guard let start = response.firstRange(of: Self.beforeId)?.upperBound,
            let end = response[start...].firstIndex(of: Self.quote)
        else { throw Failure("no id") }
        return String(decoding: response[start..<end], as: UTF8.self)
    }
}
