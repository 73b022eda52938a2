import Foundation

/// Blocks as the programs of one package, which is built once.
struct ProgramPackage: Sendable {
    private let package: UserPackage

    /// Writes and builds it. Above the code of a block there may be more, which makes a program of what is a part of one.
    static func built(_ name: String, _ blocks: [Block], above: (Block) -> String = { _ in "" }) async throws -> Self {
        let targets = blocks.map { block in
            """
                    .executableTarget(
                        name: "\(program(block))",
                        dependencies: ["Renumerate", .product(name: "RenumerateTesting", package: "Renumerate")]),
            """
        }
        var files = blocks.reduce(into: [:]) { files, block in
            files["Sources/\(program(block))/main.swift"] = above(block) + block.located
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
        let package = try UserPackage.written(name, files)
        try await package.build()
        return ProgramPackage(package: package)
    }

    func run(_ block: Block, environment: [String: String]) async throws -> Program.Ended {
        try await package.run(Self.program(block), environment: environment)
    }

    /// `swift_README_42`, by the folder, the file and the line.
    private static func program(_ block: Block) -> String {
        let file = URL(fileURLWithPath: block.file).deletingPathExtension()
        let folder = file.deletingLastPathComponent().lastPathComponent
        return "\(folder)_\(file.lastPathComponent)_\(block.line)".replacing(/\W/, with: "_")
    }
}
