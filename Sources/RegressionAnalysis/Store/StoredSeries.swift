package import Benchmarking

/// One metric of one benchmark on one kind of machine and one branch: a value a run, in the order of commits.
package struct StoredSeries: Hashable, Sendable {
    /// Of the benchmark and metric in the store.
    package var number: Int64
    package var benchmark: BenchmarkID
    package var metric: BenchmarkMetric
    package var machine: StoredMachine
    /// Nil where none was recorded.
    package var branch: String?
    package var points: [StoredPoint]
    /// Whether older runs were left out.
    package var isCut: Bool

    package init(
        number: Int64, benchmark: BenchmarkID, metric: BenchmarkMetric, machine: StoredMachine, branch: String?,
        points: [StoredPoint], isCut: Bool
    ) {
        self.number = number
        self.benchmark = benchmark
        self.metric = metric
        self.machine = machine
        self.branch = branch
        self.points = points
        self.isCut = isCut
    }
}

/// One run's value in a series.
package struct StoredPoint: Hashable, Sendable {
    package var run: Int64
    /// Where the run belongs among all runs of the store: rising along a branch, equal for runs of one commit.
    package var place: Double
    package var startedAtNanoseconds: Int64
    package var commit: String?
    /// The median over processes, in the metric's unit.
    package var value: Double
    /// Processes behind it.
    package var replicates: Int

    package init(
        run: Int64, place: Double, startedAtNanoseconds: Int64, commit: String?, value: Double, replicates: Int
    ) {
        self.run = run
        self.place = place
        self.startedAtNanoseconds = startedAtNanoseconds
        self.commit = commit
        self.value = value
        self.replicates = replicates
    }
}

/// Which series of a store are meant, and how much of them.
package struct HistoryRequest: Sendable {
    /// From which run on.
    package enum Start: Hashable, Sendable {
        /// Of the first that started at this time or later; since 1970.
        case nanoseconds(Int64)
        /// Of the first of this commit; its beginning suffices.
        case commit(String)
    }

    /// Patterns of `name` or `name/argument`, of metrics and of branches; empty for all, of metrics for those that the
    /// gate judges.
    package var benchmarks: [String] = []
    package var metrics: [String] = []
    package var branches: [String] = []
    package var since: Start?
    /// Runs of each metric of a benchmark, the newest.
    package var limit = Self.usualLimit

    package static let usualLimit = 1000
    package static let mostRuns = 1_000_000

    package init() {}
}
