// swift-tools-version: 6.0
import PackageDescription

let package = Package(
    name: "cancel-flow",
    platforms: [.macOS(.v13)],
    dependencies: [.package(name: "Renumerate", path: "../..")],
    targets: [
        .target(name: "CancelFlow", dependencies: ["Renumerate"]),
        .testTarget(
            name: "CancelFlowTests",
            dependencies: ["CancelFlow", .product(name: "RenumerateTesting", package: "Renumerate")]
        ),
    ],
    swiftLanguageModes: [.v6]
)
