import BenchmarkSuites
import Benchmarking
import Foundation
import Statistics
import TestSupport
import Testing

/// Comparisons of real programs. What they find is asserted, how long it takes is not.
@Suite(.serialized) struct BinaryComparisonTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// The known answers, with something done before.
    private func program(_ name: String, _ script: String) throws -> String {
        let path = folder.file(name)
        try "#!/bin/sh\n\(script)\nexec '\(BuiltProgram.path("known-answers"))'\n"
            .write(toFile: path, atomically: true, encoding: .utf8)
        chmod(path, 0o755)
        return path
    }

    private func compare(
        _ a: String, _ b: String, _ names: Set<String> = ["work"], timeout: Double = 20
    ) throws -> ComparisonReport {
        var settings = BinaryComparison.Settings()
        settings.tolerance = 0.1
        settings.timeoutSeconds = timeout
        let comparison = try BinaryComparison(
            a: BenchmarkProgramFile(a), b: BenchmarkProgramFile(b), settings: settings
        ) { names.contains($0.id.description) }
        return try comparison.run(tool: "test")
    }

    @Test func aProgramIsEquivalentToItself() throws {
        let path = BuiltProgram.path("known-answers")
        let report = try compare(path, path, ["work", "imul/20"])
        #expect(report.results.map(\.verdict) == [.equivalent, .equivalent])
        #expect(report.exitCode(isStrict: true) == 0)
        for result in report.results {
            #expect(result.blocks >= 6)
            #expect(result.rounds == 36 * result.blocks)
            #expect(result.interval?.contains(result.ratio ?? 0) == true)
        }
        let decoded = try JSONDecoder().decode(ComparisonReport.self, from: Data(report.json().utf8))
        #expect(decoded == report)
    }

    @Test func twiceTheWorkIsSlowerAndHalfIsFaster() throws {
        let plain = BuiltProgram.path("known-answers")
        let twice = try program("twice", "export KNOWN_ANSWERS_MORE=1000")
        let slower = try compare(plain, twice)
        #expect(slower.results[0].verdict == .slower)
        #expect((1.95...2.05).contains(slower.results[0].ratio ?? 0))
        #expect(slower.exitCode(isStrict: false) == 1)
        #expect(slower.text.contains("slower"))
        let faster = try compare(twice, plain)
        #expect(faster.results[0].verdict == .faster)
        #expect(faster.exitCode(isStrict: true) == 0)
    }

    @Test func aCrashOfOneSideIsItsBenchmarksFailureAndOthersGoOn() throws {
        let crashing = try program(
            "crashing",
            #"case "$TICKSCOPE_BENCH_REQUEST" in *lockstep*'"add"'*|*'"add"'*lockstep*) kill -SEGV $$;; esac"#)
        let report = try compare(BuiltProgram.path("known-answers"), crashing, ["work", "add"])
        let add = try #require(report.results.first { $0.id.name == "add" })
        #expect(add.failure?.arm == .b)
        #expect(add.failure?.failure.code == "crashed")
        #expect(report.results.first { $0.id.name == "work" }?.verdict == .equivalent)
        #expect(report.exitCode(isStrict: false) == 1)
        #expect(report.text.contains("add: B crashed with signal 11"))
    }

    @Test func aSideThatHangsIsEnded() throws {
        let hanging = try program("hanging", #"case "$TICKSCOPE_BENCH_REQUEST" in *lockstep*) exec sleep 1000;; esac"#)
        let report = try compare(hanging, BuiltProgram.path("known-answers"), timeout: 0.5)
        #expect(report.results[0].failure?.failure.code == "timed-out")
        #expect(report.results[0].failure?.arm != .b)
    }

    @Test func benchmarksOfOneSideAreListedAndNoneInCommonIsAnError() throws {
        let plain = BuiltProgram.path("known-answers")
        let known = try BenchmarkProgramFile(plain).benchmarks
        let options = String(
            decoding: try JSONEncoder().encode(try #require(known.first { $0.id.name == "work" }).options),
            as: UTF8.self)
        func listing(_ name: String, _ benchmarks: [String]) throws -> String {
            let list = benchmarks.map { #"{"id":{"name":"\#($0)"},"options":\#(options)}"# }.joined(separator: ",")
            return try program(
                name,
                """
                case "$TICKSCOPE_BENCH_REQUEST" in *list*)
                printf '%s' '{"benchmarks":{"_0":[\(list)],"protocolVersion":1}}' >&3; exit 0;; esac
                """)
        }
        let report = try compare(plain, try listing("other", ["work", "new"]))
        #expect(report.onlyInB.map(\.description) == ["new"])
        #expect(report.onlyInA.count == known.count - 1)
        let stranger = try listing("stranger", ["new"])
        #expect {
            try compare(plain, stranger)
        } throws: {
            ($0 as? SuiteError)?.code == .nothingSelected && "\($0)".contains("no benchmark in common")
        }
    }
}
