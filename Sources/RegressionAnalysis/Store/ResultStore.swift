package import Benchmarking
internal import BenchmarkSuites

/// Where runs are kept for good, and names for those that later runs are judged against.
///
/// A run that was saved stays: a name moves on to a newer run, or is deleted, and the older one remains in the history.
package protocol ResultStore {
    /// Keeps a run and lets a name stand for it, both or neither.
    /// - Returns: the number of the run, rising from 1.
    /// - Throws: ``RegressionError``: the name is pinned and `replacesPinned` is false, there is nothing to keep, or the
    ///   store cannot be written.
    func save(_ run: BenchmarkRun, as name: BaselineName, origin: RunOrigin, replacesPinned: Bool) throws -> Int64
    /// Every name, in their order.
    func baselines() throws -> [Baseline]
    /// - Throws: ``RegressionError`` of code `noBaseline`, naming what there is.
    func baseline(_ name: BaselineName) throws -> Baseline
    /// The run that a baseline stands for, as it was saved.
    func run(of baseline: Baseline) throws -> BenchmarkRun
    /// Forgets a name; its run stays in the history.
    /// - Throws: ``RegressionError``: there is none, or it is pinned and `force` is false.
    func delete(_ name: BaselineName, force: Bool) throws
    func setPinned(_ name: BaselineName, _ isPinned: Bool) throws
    /// The medians of one metric of one benchmark, oldest first: the last ones up to a limit. O(log runs + points).
    func series(of benchmark: BenchmarkID, metric: BenchmarkMetric, limit: Int) throws -> [SeriesPoint]
}

/// Where a run comes from, as far as it is known.
package struct RunOrigin: Hashable, Sendable, Codable {
    /// The full identifier of the commit that was checked out.
    package var commit: String?
    /// Its branch; nil for a detached head.
    package var branch: String?

    package init(commit: String? = nil, branch: String? = nil) {
        self.commit = commit
        self.branch = branch
    }
}

/// A name and the run that it stands for.
package struct Baseline: Hashable, Sendable {
    package var name: BaselineName
    /// The number of its run in the store.
    package var runNumber: Int64
    /// Since 1970.
    package var savedAtNanoseconds: Int64
    /// Whether it may only be replaced or deleted by force.
    package var isPinned: Bool
    package var origin: RunOrigin
    package var tool: String
    package var hostname: String
    package var benchmarkCount: Int
}

/// One run's value in a history.
package struct SeriesPoint: Hashable, Sendable {
    package var runNumber: Int64
    package var startedAtNanoseconds: Int64
    package var commit: String?
    /// The median over processes, in the metric's unit.
    package var median: Double
    /// Processes behind it.
    package var replicates: Int
}

/// The name of a baseline: what fits a command line, a file name and a page.
package struct BaselineName: Hashable, Sendable, CustomStringConvertible {
    package static let mostCharacters = 100
    package let description: String

    /// - Throws: ``RegressionError`` of code `name` unless it is letters, digits, `.`, `_`, `-` and `/` of ASCII, begins
    ///   with a letter or digit, does not end with `/`, has no `..` and at most ``mostCharacters``.
    package init(_ text: String) throws(RegressionError) {
        func isPlain(_ byte: UInt8) -> Bool {
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        }
        let bytes = Array(text.utf8)
        let isSound =
            !bytes.isEmpty && bytes.count <= Self.mostCharacters && isPlain(bytes[0]) && bytes.last != 0x2F
            && bytes.allSatisfy { isPlain($0) || [0x2E, 0x5F, 0x2D, 0x2F].contains($0) }
            && !zip(bytes, bytes.dropFirst()).contains { ($0 == 0x2E && $1 == 0x2E) || ($0 == 0x2F && $1 == 0x2F) }
        guard isSound else {
            throw RegressionError(
                .name,
                "'\(PlainText.of(text))' is no name for a baseline: use up to \(Self.mostCharacters) letters, digits and "
                    + ". _ - /, a letter or digit first, such as main or release/1.2")
        }
        description = text
    }
}
