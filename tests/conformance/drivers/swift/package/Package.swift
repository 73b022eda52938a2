// swift-tools-version: 6.0
import PackageDescription

/// An executable that depends on the package.
func program(_ name: String, _ dependencies: Target.Dependency...) -> Target {
    .executableTarget(name: name, dependencies: [.product(name: "Renumerate", package: "swift")] + dependencies)
}

let package = Package(
    name: "RenumerateConformance",
    platforms: [.macOS(.v15)],
    dependencies: [.package(path: "../../../../../bindings/swift")],
    targets: [program("Driver", "Malloc"), .systemLibrary(name: "Malloc"), program("Shutdown")],
    swiftLanguageModes: [.v6]
)
