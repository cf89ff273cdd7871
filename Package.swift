// swift-tools-version: 6.2
import PackageDescription

let swiftSettings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

let cSettings: [CSetting] = [
    .define("_GNU_SOURCE"),
    .enableWarning("all"),
    .enableWarning("extra"),
    .treatAllWarnings(as: .error),
]

/// A C module: sources in `CSources/NAME`, its headers in `include/NAME`.
func cTarget(_ name: String, _ dependencies: [Target.Dependency] = [], linkerSettings: [LinkerSetting] = []) -> Target {
    .target(
        name: name, dependencies: dependencies, path: ".", sources: ["CSources/\(name)"],
        publicHeadersPath: "include/\(name)", cSettings: cSettings, linkerSettings: linkerSettings)
}

func swiftTarget(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: swiftSettings)
}

func executable(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies, swiftSettings: swiftSettings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: swiftSettings)
}

let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let histogram: Target.Dependency = .product(name: "Histogram", package: "hdrhistogram-swift")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let protobuf: Target.Dependency = .product(name: "SwiftProtobuf", package: "swift-protobuf")

var targets: [Target] = [
    // Debian's libraries
    .systemLibrary(
        name: "CLibunwind", path: "CSources/CLibunwind", pkgConfig: "libunwind-generic",
        providers: [.apt(["libunwind-dev"])]),
    .systemLibrary(
        name: "CLibelf", path: "CSources/CLibelf", pkgConfig: "libelf", providers: [.apt(["libelf-dev"])]),
    .systemLibrary(name: "CLzma", path: "CSources/CLzma", pkgConfig: "liblzma", providers: [.apt(["liblzma-dev"])]),
    .systemLibrary(
        name: "CZstd", path: "CSources/CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CZlib", path: "CSources/CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

    // Floor 0: thin C
    cTarget("CAllocations"),
    cTarget("CCycles"),
    cTarget("CDemangle", linkerSettings: [.linkedLibrary("supc++")]),
    cTarget("CFileMapping"),
    cTarget("CPerfEvents"),
    cTarget("CSystem"),
    cTarget("CTasks"),
    cTarget("CUnwind", ["CLibunwind"], linkerSettings: [.linkedLibrary("gcc_s"), .linkedLibrary("unwind-x86_64")]),

    // Floor 1: pure values
    swiftTarget("ProfileModel"),
    swiftTarget("Statistics"),
    swiftTarget("TradingHotPath"),

    // Floor 2: one concern each
    swiftTarget("CycleTiming", ["CCycles"]),
    swiftTarget("PerfEvents", ["CPerfEvents"]),
    swiftTarget("Unwinding", ["CUnwind", "ProfileModel"]),
    .target(
        name: "Symbolization", dependencies: ["CDemangle", "CLibelf", "CLzma", "CZlib", "CZstd", "ProfileModel"],
        swiftSettings: swiftSettings,
        linkerSettings: [.linkedLibrary("stdc++")]),
    swiftTarget("ProfileFormats", ["CSystem", "CZlib", "ProfileModel", protobuf]),

    // Floor 3: benchmarks, as the program that declares them sees them
    swiftTarget("Benchmarking", ["CAllocations", "CCycles", "CycleTiming", "PerfEvents", "Statistics", histogram]),

    // Floor 4: benchmarks, as the tool that runs and judges them sees them
    swiftTarget(
        "BenchmarkSuites", ["Benchmarking", "CycleTiming", "PerfEvents", "ProfileFormats", "Statistics", yams]),

    // Floor 5: baselines, the gate, histories of results, differences of profiles
    swiftTarget(
        "RegressionAnalysis",
        ["BenchmarkSuites", "Benchmarking", "ProfileFormats", "ProfileModel", "Statistics", grdb]),

    // Floor 5: what an engine imports, in Swift and in C (`include/tickscope`)
    .target(
        name: "CBench", dependencies: ["CCycles"], path: ".", sources: ["CSources/CBench"],
        publicHeadersPath: "include/tickscope", cSettings: cSettings),
    swiftTarget("TickscopeC", ["Benchmarking", "CBench", "CCycles"]),
    swiftTarget("Tickscope", ["Benchmarking"]),

    // Floor 3 and 4: recordings
    swiftTarget("Sampling", ["CFileMapping", "CTasks", "CZstd", "PerfEvents", "ProfileModel"]),
    swiftTarget("Profiling", ["PerfEvents", "Sampling", "Unwinding", "Symbolization", "ProfileModel"]),

    // Floor 5: one operation of a benchmark, instruction by instruction, as a profile and as a call trace
    swiftTarget(
        "InstructionTracing",
        [
            "BenchmarkSuites", "Benchmarking", "ProfileFormats", "ProfileModel", "Profiling", "Sampling",
            "Symbolization",
        ]),

    // Floor 6: programs
    executable(
        "tickscope",
        [
            "BenchmarkSuites", "Benchmarking", "CSystem", "CycleTiming", "InstructionTracing", "PerfEvents",
            "ProfileFormats", "ProfileModel", "Profiling", "RegressionAnalysis", "Sampling", "Statistics",
            "Symbolization", argumentParser,
        ]),
    executable("tickscope-replay", ["TradingHotPath", argumentParser]),

    // Our unwinding against perf's and libunwind's, on perf's own recordings
    .executableTarget(
        name: "compare-unwind", dependencies: ["PerfEvents", "ProfileModel", "Profiling", "Sampling", "Unwinding"],
        path: "Benchmarks/CompareUnwind", swiftSettings: swiftSettings),

    // Our books and decoders beside C++ and Foundation, on the same bytes: Benchmarks/Peers/compare.py
    .executableTarget(
        name: "peer-books", dependencies: ["TradingHotPath"], path: "Benchmarks/Peers/Swift",
        swiftSettings: swiftSettings),

    // Every scenario worth measuring on the hot path: tickscope.yaml
    .executableTarget(
        name: "hot-path-benchmarks", dependencies: ["CCycles", "CZlib", "Tickscope", "TradingHotPath"],
        path: "Benchmarks/HotPath", swiftSettings: swiftSettings),

    // Benchmarks whose results are known in advance
    .executableTarget(
        name: "known-answers", dependencies: ["Tickscope"], path: "Benchmarks/KnownAnswers",
        swiftSettings: swiftSettings),

    // Benchmarks that misbehave, for tests
    .executableTarget(
        name: "benchmark-fixtures", dependencies: ["Tickscope"], path: "Tests/BenchmarkFixtures",
        swiftSettings: swiftSettings),

    // How often comparing builds finds differences that are there, and that are not
    .executableTarget(
        name: "compare-trials", dependencies: ["Benchmarking", "BenchmarkSuites", "Statistics"],
        path: "Benchmarks/CompareTrials", swiftSettings: swiftSettings),

    // How often the function is named that a regression comes from
    .executableTarget(
        name: "attribution-trials",
        dependencies: ["BenchmarkSuites", "Benchmarking", "InstructionTracing", "RegressionAnalysis", "Statistics"],
        path: "Benchmarks/AttributionTrials", swiftSettings: swiftSettings),

    // Our change points against those of others, on the same series
    .executableTarget(
        name: "compare-change-points", dependencies: ["RegressionAnalysis", "Statistics"],
        path: "Benchmarks/CompareChangePoints", exclude: ["peers.py"], swiftSettings: swiftSettings),

    // Fixtures, processes and probes, for every test target
    .target(
        name: "TestSupport", dependencies: ["ProfileModel"], path: "Tests/TestSupport", swiftSettings: swiftSettings),

    tests("ProfileModelTests", ["ProfileModel"]),
    tests("StatisticsTests", ["Statistics", "TestSupport"]),
    tests("CycleTimingTests", ["CCycles", "CycleTiming", "TestSupport"]),
    tests(
        "BenchmarkingTests",
        ["Benchmarking", "CAllocations", "CCycles", "CycleTiming", "PerfEvents", "TestSupport"]),
    tests(
        "BenchmarkSuitesTests",
        [
            "BenchmarkSuites", "Benchmarking", "CycleTiming", "ProfileFormats", "Statistics", "TestSupport",
            "benchmark-fixtures", "known-answers",
        ],
        exclude: ["Fixtures"]),
    tests(
        "InstructionTracingTests",
        [
            "BenchmarkSuites", "Benchmarking", "CycleTiming", "InstructionTracing", "ProfileFormats", "ProfileModel",
            "Profiling", "Sampling", "Symbolization", "TestSupport", "benchmark-fixtures",
        ]),
    // Saves a run again and again until it is killed, for tests
    .executableTarget(
        name: "store-saver", dependencies: ["Benchmarking", "RegressionAnalysis"], path: "Tests/StoreSaver",
        swiftSettings: swiftSettings),
    tests(
        "RegressionAnalysisTests",
        [
            "BenchmarkSuites", "Benchmarking", "ProfileFormats", "ProfileModel", "RegressionAnalysis", "Statistics",
            "TestSupport", "store-saver",
        ]),
    tests("TradingHotPathTests", ["TradingHotPath"]),
    tests("PerfEventsTests", ["PerfEvents", "TestSupport"]),
    tests("UnwindingTests", ["ProfileModel", "Symbolization", "TestSupport", "Unwinding"]),
    tests("SymbolizationTests", ["CDemangle", "ProfileModel", "Symbolization", "TestSupport"]),
    tests("ProfileFormatsTests", ["ProfileFormats", "ProfileModel"]),
    tests("SamplingTests", ["CZstd", "PerfEvents", "ProfileModel", "Sampling", "TestSupport"]),
    tests(
        "ProfilingTests",
        ["PerfEvents", "ProfileModel", "Profiling", "Sampling", "Symbolization", "TestSupport", "Unwinding"]),
    tests("TestSupportTests", ["TestSupport"]),
    tests(
        "EndToEndTests",
        [
            "ProfileModel", "TestSupport", "benchmark-fixtures", "hot-path-benchmarks", "known-answers", "tickscope",
        ]),

    // Readers of untrusted bytes, to be fed any bytes: by a test with what fuzzing found, and by the fuzzer itself
    .target(
        name: "FuzzTargets",
        dependencies: [
            "PerfEvents", "ProfileFormats", "ProfileModel", "Profiling", "Sampling", "Symbolization", "TradingHotPath",
            "Unwinding",
        ],
        path: "Fuzzing/Targets", swiftSettings: swiftSettings),
    tests("FuzzCorpusTests", ["FuzzTargets"]),
]

// Needs a build of its own, with sanitizers: scripts/fuzz.sh.
if Context.environment["TICKSCOPE_FUZZ"] != nil {
    targets.append(
        .executableTarget(
            name: "tickscope-fuzz", dependencies: ["FuzzTargets"], path: "Fuzzing/Driver", swiftSettings: swiftSettings)
    )
}

let package = Package(
    name: "tickscope",
    products: [
        .library(name: "Tickscope", targets: ["Tickscope"]),
        .library(name: "tickscope-bench", type: .dynamic, targets: ["TickscopeC"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    ],
    targets: targets,
    swiftLanguageModes: [.v6]
)
