// Worker that creates handshake tokens with the code that a user would write. Foundation has no HMAC on Linux, so this
// code calls OpenSSL's.

import WorkerSupport
import Foundation

// SAFETY: a digest of OpenSSL has static lifetime.
private typealias Digest = OpaquePointer
// SAFETY: the function only reads and writes during the call.
private typealias Input = UnsafeRawPointer
// SAFETY: as above.
private typealias Output = UnsafeMutableRawPointer
private typealias HMAC = @convention(c) (Digest, Input, Int32, Input, Int, Output, Output?) -> Output?
private typealias SHA256 = @convention(c) () -> Digest

private struct Payload: Encodable {
    let brandPub: String
    let subscriberId: String
    let timestamp: Int
    let nonce: String
}

/// The function of OpenSSL's library, which has no header in Debian's root folder.
private func load<Function>(_ name: String, as type: Function.Type) throws -> Function {
    guard let symbol = dlsym(dlopen("libcrypto.so.3", RTLD_NOW), name) else { throw Failure("no \(name)") }
    // SAFETY: the type is that of the function in OpenSSL's documentation.
    return unsafeBitCast(symbol, to: type)
}

private func base64url(_ bytes: some Sequence<UInt8>) -> String {
    Data(bytes).base64EncodedString()
        .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
}

private func createTokens() throws -> () throws -> String {
    let hmac = try load("HMAC", as: HMAC.self)
    let sha256 = try load("EVP_sha256", as: SHA256.self)()
    let (privateKey, encoder) = (Array(key.utf8), JSONEncoder())
    return {
        var random = SystemRandomNumberGenerator()
        let nonce = (0..<16).map { _ in String(format: "%02x", UInt8.random(in: 0...255, using: &random)) }.joined()
        let timestamp = Int(Date().timeIntervalSince1970 * 1000)
        let payload = Payload(brandPub: publicKey, subscriberId: customer, timestamp: timestamp, nonce: nonce)
        let content = Array(try encoder.encode(payload))
        var signature = [UInt8](repeating: 0, count: 32)
        // SAFETY: the lengths are those of the arrays, and a signature has 32 bytes.
        _ = hmac(sha256, privateKey, Int32(privateKey.count), content, content.count, &signature, nil)
        return "\(base64url(content)).\(base64url(signature))"
    }
}

await runWorker(createTokens: createTokens) { _ in throw Failure("this worker makes no calls") }
