// swift-tools-version: 6.1
import PackageDescription

// The operations of Benchmarks/KnownAnswers for ordo-one/benchmark. A package of its own: Tickscope does not need it.
let package = Package(
    name: "ordo-known-answers",
    dependencies: [.package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: [])],
    targets: [
        .target(name: "CHidden", path: "CHidden"),
        .executableTarget(
            name: "KnownAnswers", dependencies: ["CHidden", .product(name: "Benchmark", package: "benchmark")],
            path: "Benchmarks/KnownAnswers",
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
    ])
