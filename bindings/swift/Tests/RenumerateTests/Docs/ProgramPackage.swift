import Foundation

/// Package with a program for each code block, so that all are built in one run.
struct ProgramPackage: Sendable {
    private let package: UserPackage

    /// Writes and builds the package. `prefix` returns code that turns a block into a complete program.
    static func build(_ name: String, _ blocks: [Block], prefix: (Block) -> String = { _ in "" }) async throws -> Self {
        let targets = blocks.map { block in
            """
                    .executableTarget(
                        name: "\(programName(block))",
                        dependencies: ["Renumerate", .product(name: "RenumerateTesting", package: "Renumerate")]),
            """
        }
        var files = blocks.reduce(into: [:]) { files, block in
            files["Sources/\(programName(block))/main.swift"] = prefix(block) + block.located
        }
        files["Package.swift"] = """
            // swift-tools-version: 6.0
            import PackageDescription

            let package = Package(
                name: "\(name)",
                platforms: [.macOS(.v13)],
                dependencies: [.package(name: "Renumerate", path: \("\(Project.root)/bindings/swift".debugDescription))],
                targets: [
            \(targets.joined(separator: "\n"))
                ]
            )

            """
        let package = try UserPackage.write(name, files)
        try await package.build()
        return ProgramPackage(package: package)
    }

    func run(_ block: Block, environment: [String: String]) async throws -> Program.Output {
        try await package.run(Self.programName(block), environment: environment)
    }

    /// Returns a name from the folder, the file and the line, such as `swift_README_42`.
    private static func programName(_ block: Block) -> String {
        let file = URL(fileURLWithPath: block.file).deletingPathExtension()
        let folder = file.deletingLastPathComponent().lastPathComponent
        return "\(folder)_\(file.lastPathComponent)_\(block.line)".replacing(/\W/, with: "_")
    }
}
