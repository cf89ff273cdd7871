package import Benchmarking
internal import FoundationEssentials
internal import ProfileFormats

/// Our own format, from which every other can be made again: see `docs/benchmark-results.md`.
package struct BenchmarkRunFormat: BenchmarkFormat {
    package let name = "json"
    package let fileExtensions = ["json"]
    package let summary = "everything that was measured; read by compare, regress and export"

    package init() {}

    /// One line of JSON with sorted keys, so that equal results are equal files.
    /// - Throws: `FormatError` for a number that is not finite, which JSON cannot hold.
    package func encode(_ run: BenchmarkRun) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return Array(try encoder.encode(run)) + Array("\n".utf8)
        } catch let EncodingError.invalidValue(value, context) {
            let path = CodingPathText.text(context.codingPath)
            throw FormatError(.inexpressible, "\(path) is \(value), which is no measurement: measure again")
        }
    }
}
