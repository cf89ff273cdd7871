import BenchmarkSuites
import Benchmarking
import Foundation
import ProfileFormats
import Testing

/// What each format makes of the sample run, to the byte.
@Suite struct GoldenReportTests {
    static let formats = BenchmarkFormatRegistry.names

    @Test(arguments: formats) func isAsBefore(_ name: String) throws {
        var options = BenchmarkFormatRegistry.Options()
        options.budgets = SampleRun.budgets
        let format = try BenchmarkFormatRegistry.format(named: name, options)
        let bytes = try format.encode(SampleRun.run)
        let path = Fixtures.path("Golden/\(name).\(format.fileExtensions[0])")
        if ProcessInfo.processInfo.environment["TICKSCOPE_WRITE_GOLDEN"] != nil {
            try Data(bytes).write(to: URL(fileURLWithPath: path))
        }
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text == (try String(contentsOfFile: path, encoding: .utf8)))
    }

    @Test func unknownFormatNamesTheKnown() {
        let error = #expect(throws: FormatError.self) { try BenchmarkFormatRegistry.format(named: "yaml") }
        #expect(
            error?.description
                == "no format is named 'yaml'; known are text, json, csv, markdown, html, junit, jmh, "
                + "google-benchmark, github-action")
    }

    @Test(arguments: formats) func takesARunWithoutResults(_ name: String) throws {
        var run = SampleRun.run
        run.results = []
        #expect(throws: Never.self) { try BenchmarkFormatRegistry.format(named: name).encode(run) }
    }
}

/// Files beside the tests.
enum Fixtures {
    static func path(_ name: String, file: String = #filePath) -> String {
        URL(fileURLWithPath: file).deletingLastPathComponent().path + "/Fixtures/" + name
    }

    static func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: path(name))))
    }
}
