// swift-tools-version: 6.0
import PackageDescription

let package = Package(
    name: "Renumerate",
    platforms: [.macOS(.v13), .iOS(.v16), .tvOS(.v16), .watchOS(.v9)],
    products: [
        .library(name: "Renumerate", targets: ["Renumerate"]),
        .library(name: "RenumerateTesting", targets: ["RenumerateTesting"]),
    ],
    targets: [
        .systemLibrary(name: "RenumerateFFI", pkgConfig: "renumerate"),
        .target(name: "Renumerate", dependencies: ["RenumerateFFI"]),
        .target(name: "RenumerateTesting", dependencies: ["Renumerate"]),
        .executableTarget(
            name: "RenumerateTestPrograms", dependencies: ["Renumerate", "RenumerateTesting"],
            path: "Tests/RenumerateTestPrograms"),
        .testTarget(
            name: "RenumerateTests", dependencies: ["Renumerate", "RenumerateTesting", "RenumerateTestPrograms"]),
    ],
    swiftLanguageModes: [.v6]
)
