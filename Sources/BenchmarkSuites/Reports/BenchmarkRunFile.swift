package import Benchmarking
internal import FoundationEssentials
internal import ProfileFormats

/// Reads files of ``BenchmarkRunFormat``.
package enum BenchmarkRunFile {
    /// Larger files are refused.
    package static let mostBytes = 256 << 20

    private struct Version: Decodable {
        var schemaVersion: Int
    }

    /// Whether the bytes look like a file of ours. Cheap: looks at the beginning only.
    package static func recognizes(_ bytes: [UInt8]) -> Bool {
        let head = FileHead(bytes)
        return head.isObject && head.contains("\"durationNanoseconds\"") || head.contains("\"schemaVersion\"")
    }

    /// - Throws: `FormatError` that names the key, for bytes that are no such file, for one of a newer version, and for
    ///   more than ``mostBytes``.
    package static func decode(_ bytes: [UInt8]) throws -> BenchmarkRun {
        // The version first: a newer file may differ in everything else.
        let version = try HostileJSON.decode(Version.self, from: bytes, as: "benchmark results of tickscope")
        guard version.schemaVersion <= BenchmarkRun.schemaVersion else {
            throw FormatError(
                .unknownFormat,
                "written by a newer tickscope (schema \(version.schemaVersion); this one reads up to "
                    + "\(BenchmarkRun.schemaVersion)): update tickscope")
        }
        guard version.schemaVersion >= 1 else {
            throw FormatError(.malformed, "schemaVersion is \(version.schemaVersion), which no tickscope writes")
        }
        let run = try HostileJSON.decode(BenchmarkRun.self, from: bytes, as: "benchmark results of tickscope")
        try check(run)
        return run
    }

    /// What the types do not say: numbers that are divided by, counts, and how much belongs together.
    private static func check(_ run: BenchmarkRun) throws {
        func require(_ holds: Bool, _ path: String, _ rule: String) throws {
            if !holds { throw FormatError(.malformed, "\(path) \(rule): the file is damaged") }
        }
        try require(run.machine.ticksPerSecond >= 0, "machine.ticksPerSecond", "is below 0")
        for (index, result) in run.results.enumerated() {
            let path = "results[\(index)]"
            try require(!result.id.name.isEmpty, "\(path).id.name", "is empty")
            try require(result.processCount >= 0, "\(path).processCount", "is below 0")
            for (index, series) in result.series.enumerated() {
                try require(
                    (series.resolution ?? 0) >= 0, "\(path).series[\(index)].resolution", "is below 0")
                try require(
                    series.values.isEmpty || series.unavailable == nil, "\(path).series[\(index)]",
                    "has both values and a reason why there are none")
            }
            if let profile = result.profile { try check(profile, "\(path).profile", require) }
            if let latency = result.latency {
                try require(latency.ticksPerSecond > 0, "\(path).latency.ticksPerSecond", "is not above 0")
                try require(latency.tickStep >= 0, "\(path).latency.tickStep", "is below 0")
            }
        }
    }

    private static func check(
        _ profile: FunctionProfile, _ path: String, _ require: (Bool, String, String) throws -> Void
    ) throws {
        let count = profile.functions.count
        try require(count <= FunctionProfile.mostFunctions, "\(path).functions", "has too many elements")
        for (index, samples) in profile.samples.enumerated() {
            try require(
                samples.count == count && samples.allSatisfy { (0...1 << 40).contains($0) },
                "\(path).samples[\(index)]", "is not one count a function")
        }
        if let instructions = profile.instructions {
            try require(
                instructions.count == count && instructions.allSatisfy { (0...1 << 40).contains($0) },
                "\(path).instructions", "is not one count a function")
        }
    }
}
