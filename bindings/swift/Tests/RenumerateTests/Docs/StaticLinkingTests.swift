import Foundation
import RenumerateTesting
import Testing

#if os(Linux)
    extension Docs {
        /// Tests of statically linked programs. The native library must leave the choice of the unwinder to the linker
        /// driver: a program without shared libraries cannot use `libgcc_s`, which has no static version.
        @Suite struct StaticLinkingTests {
            private static let package = Task {
                let blocks = try Block.all(in: "\(Project.root)/bindings/swift/README.md")
                let example = try #require(blocks.first { $0.language == "swift" && $0.isProgram })
                let program = example.located + panic
                let package = try UserPackage.write(
                    "static",
                    [
                        "Package.swift": manifest, "Sources/runtime/main.swift": program,
                        "Sources/everything/main.swift": program,
                    ].merging(missingLibraries) { $1 }, options: ["--static-swift-stdlib"])
                try await package.build()
                return package
            }

            /// Causes a panic in the native library, because no memory has this capacity. The library must catch it,
            /// which needs a working unwinder. Code 2 reports a panic.
            private static let panic = """
                import RenumerateFFI

                var status = RustCallStatus()
                _ = ffi_renumerate_uniffi_rustbuffer_alloc(.max, &status)
                print(status.code)

                """

            /// Links only the Swift runtime statically in `runtime`, and all libraries in `everything`. The option
            /// belongs to one target here, so that both targets are built in one run.
            private static let manifest = """
                // swift-tools-version: 6.0
                import PackageDescription

                let package = Package(
                    name: "static",
                    dependencies: [.package(name: "Renumerate", path: "\(Project.root)/bindings/swift")],
                    targets: [
                        .executableTarget(name: "runtime", dependencies: ["Renumerate"]),
                        .executableTarget(
                            name: "everything", dependencies: ["Renumerate"],
                            // SAFETY: these options select libraries and do not change compiled code.
                            linkerSettings: [.unsafeFlags(["-static-executable", "-Lmissing"])]),
                    ]
                )

                """

            /// Empty archives in place of the libraries that Swift 6.0 links with `-static-executable` and does not
            /// contain.
            private static let missingLibraries = ["icui18nswift", "icuucswift", "icudataswift"].reduce(into: [:]) {
                $0["missing/lib\($1).a"] = "!<arch>\n"
            }

            @Test func programWithTheSwiftRuntimeCreatesASessionAndCatchesAPanic() async throws {
                let libraries = try await sharedLibraries(of: "runtime")
                #expect(libraries.contains("libc.so.6"))
                #expect(libraries.filter { $0.contains(/swift|Foundation|dispatch/) } == [])
                try await createSessionAndCatchPanic("runtime")
            }

            @Test func programWithoutSharedLibrariesCreatesASessionAndCatchesAPanic() async throws {
                #expect(try await sharedLibraries(of: "everything") == [])
                try await createSessionAndCatchPanic("everything")
            }

            private func sharedLibraries(of program: String) async throws -> [String] {
                let path = try await Self.package.value.path(of: program)
                let output = try await Program.run(["readelf", "--dynamic", path])
                try #require(output.status == 0, "\(output.err)")
                return output.out.matches(of: /\(NEEDED\).*\[(.+)\]/).map { String($0.1) }
            }

            private func createSessionAndCatchPanic(_ program: String) async throws {
                let package = try await Self.package.value
                try await withSandbox { sandbox in
                    let output = try await package.run(program, environment: sandbox.environment)
                    try #require(output.status == 0, "\(output.err)")
                    let lines = output.out.split(separator: "\n")
                    try #require(lines.count == 2 && lines[1] == "2", "\(output.out)")
                    let session = try await sandbox.session(String(lines[0]))
                    #expect(session.kind == "retention" && session.customerId == "cus_NffrFeUfNV2Hib")
                }
            }
        }
    }
#endif
