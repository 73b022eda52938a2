// swift-tools-version: 6.0
import PackageDescription

// Each contender is a program of its own: threads, CPU time and shared libraries of the others do not disturb it.
func contender(_ name: String, _ library: Target.Dependency...) -> Target {
    .executableTarget(name: name, dependencies: ["ContenderSupport"] + library)
}

let package = Package(
    name: "RenumerateBench",
    dependencies: [.package(path: "../../../../bindings/swift")],
    targets: [
        .executableTarget(name: "Bench", dependencies: ["ContenderSupport"]),
        .target(name: "ContenderSupport"),
        contender("RenumerateContender", .product(name: "Renumerate", package: "swift")),
        contender("URLSessionContender"),
        contender("RawSocketContender"),
        .executableTarget(name: "Empty"),
    ],
    swiftLanguageModes: [.v6]
)
