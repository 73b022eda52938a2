import Foundation
import Testing

/// Tests of the static native library.
@Suite(.timeLimit(.minutes(1)))
struct LibraryTests {
    #if os(Linux)
        /// Exported symbols of the Rust runtime would conflict with those of another Rust library in the same program.
        @Test
        func onlyFFIFunctionsAreExported() async throws {
            let folder = try #require(ProcessInfo.processInfo.environment["PKG_CONFIG_PATH"])
            let output = try await Program.run(
                ["nm", "--extern-only", "--defined-only", "\(folder)/../librenumerate.a"])
            let names = output.out.split(separator: "\n").compactMap { line in
                let parts = line.split(separator: " ")
                return parts.count == 3 ? String(parts[2]) : nil
            }
            #expect(names.contains { $0.hasSuffix("callclient_start") })
            #expect(names.filter { !$0.hasPrefix("ffi_renumerate_") && !$0.hasPrefix("uniffi_renumerate_") } == [])
        }
    #endif
}
