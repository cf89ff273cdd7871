package import Benchmarking

/// A way to read the results of another harness.
///
/// What it measured becomes series in our units (ns, bytes, counts per operation). The unit of replication is a process
/// where the other harness tells processes apart; otherwise the values are its own replicates, and a warning says so.
package protocol BenchmarkImport: Sendable {
    /// Name under which commands know it.
    var name: String { get }
    /// Who writes such files, in a few words.
    var summary: String { get }

    /// Whether the bytes look like this format. Cheap: looks at the beginning only.
    func recognizes(_ bytes: [UInt8]) -> Bool

    /// - Parameter path: where the bytes come from; some harnesses name a benchmark only there.
    /// - Throws: `FormatError` for bytes that are no such file; hostile bytes cost bounded time and memory.
    func decode(_ bytes: [UInt8], path: String) throws -> BenchmarkRun
}
