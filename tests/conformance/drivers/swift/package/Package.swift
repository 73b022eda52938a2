// swift-tools-version: 6.0
import PackageDescription

/// A program that uses the package as its users do.
func program(_ name: String, _ dependencies: Target.Dependency...) -> Target {
    .executableTarget(name: name, dependencies: [.product(name: "Renumerate", package: "swift")] + dependencies)
}

let package = Package(
    name: "RenumerateTrials",
    platforms: [.macOS(.v15)],
    dependencies: [.package(path: "../../../../../bindings/swift")],
    targets: [program("Driver", "Malloc"), .systemLibrary(name: "Malloc"), program("Exits")],
    swiftLanguageModes: [.v6]
)
