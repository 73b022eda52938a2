// swift-tools-version: 6.0
import PackageDescription

let package = Package(
    name: "quickstart",
    platforms: [.macOS(.v13)],
    dependencies: [.package(name: "Renumerate", path: "../..")],
    targets: [.executableTarget(name: "quickstart", dependencies: ["Renumerate"])],
    swiftLanguageModes: [.v6]
)
