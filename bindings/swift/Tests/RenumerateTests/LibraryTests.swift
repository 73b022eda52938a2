import Foundation
import Testing

/// The native library as programs link it.
@Suite(.timeLimit(.minutes(1)))
struct LibraryTests {
    #if os(Linux)
        /// Another library of Rust's in the same program has the same runtime in it, under the same names.
        @Test
        func itShowsNothingButWhatSwiftCalls() async throws {
            let folder = try #require(ProcessInfo.processInfo.environment["PKG_CONFIG_PATH"])
            let ended = try await Program.run(
                ["nm", "--extern-only", "--defined-only", "\(folder)/../librenumerate.a"])
            let names = ended.out.split(separator: "\n").compactMap { line in
                let parts = line.split(separator: " ")
                return parts.count == 3 ? String(parts[2]) : nil
            }
            #expect(names.contains { $0.hasSuffix("callclient_start") })
            #expect(names.filter { !$0.hasPrefix("ffi_renumerate_") && !$0.hasPrefix("uniffi_renumerate_") } == [])
        }
    #endif
}
