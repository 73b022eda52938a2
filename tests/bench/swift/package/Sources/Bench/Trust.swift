// Whom URLSession trusts: no setting of it and no variable adds to the platform's certificates on Linux.

import ContenderSupport
import Foundation

/// The file of all the platform's certificates, on Debian and its like.
private let platform = "/etc/ssl/certs/ca-certificates.crt"

/// Adds an authority to the platform's, for this process and those that it starts. Where others would see what is mounted
/// it does not, and says so.
func addToPlatform(_ authority: String, home: String) {
    do {
        guard ProcessInfo.processInfo.environment["OWN_MOUNTS"] != nil else { throw Failure("others would see it") }
        let all = try [platform, authority].map { try String(contentsOfFile: $0, encoding: .utf8) }.joined()
        let file = "\(home)/certificates.pem"
        defer { unlink(file) }  // what is mounted stays
        try all.write(toFile: file, atomically: false, encoding: .utf8)
        guard mount(file, platform, nil, UInt(MS_BIND), nil) == 0 else {
            throw Failure(String(cString: strerror(errno)))
        }
    } catch {
        print("! URLSession will not trust the server, and have no figures over TLS: \(error)")
    }
}
