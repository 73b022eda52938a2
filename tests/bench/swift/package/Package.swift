// swift-tools-version: 6.0
import PackageDescription

// Each subject has a program of its own, so that threads, CPU time and shared libraries of the others do not affect it.
func worker(_ name: String, _ library: Target.Dependency...) -> Target {
    .executableTarget(name: name, dependencies: ["WorkerSupport"] + library)
}

let package = Package(
    name: "RenumerateBench",
    dependencies: [.package(path: "../../../../bindings/swift")],
    targets: [
        .target(name: "WorkerSupport"),
        worker("RenumerateWorker", .product(name: "Renumerate", package: "swift")),
        worker("URLSessionWorker"),
        worker("RawSocketWorker"),
        worker("OpenSSLTokens"),
        .executableTarget(name: "Empty"),
    ],
    swiftLanguageModes: [.v6]
)
