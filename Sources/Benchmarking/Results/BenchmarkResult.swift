/// What was measured of one benchmark with one argument.
package struct BenchmarkResult: Codable, Hashable, Sendable {
    package var id: BenchmarkID
    package var mode: BenchmarkMode
    package var tags: [String]
    /// What one operation handles, such as 12 messages or 4,096 bytes.
    package var throughputUnits: [ThroughputUnit]
    /// Fresh processes that measured, the unit of replication; 1 where the benchmark was run inside one process only.
    package var processCount: Int
    /// Operations inside measured regions, of all processes.
    package var operations: UInt64
    /// One a metric, in the order in which they are shown.
    package var series: [MetricSeries]
    /// Latency mode only.
    package var latency: LatencyDistribution?
    /// Where the time goes, when that was asked for.
    package var profile: FunctionProfile?
    package var warnings: [BenchmarkWarning]
    /// What the benchmark said about itself; nil when nothing.
    package var record: BenchmarkRecord?
    /// Why there are no numbers, or not all; nil when all went well.
    package var failure: BenchmarkFailure?

    package init(id: BenchmarkID, mode: BenchmarkMode) {
        self.id = id
        self.mode = mode
        tags = []
        throughputUnits = []
        processCount = 0
        operations = 0
        series = []
        warnings = []
    }

    /// The series of a metric, when it was measured or its absence is explained.
    package func series(_ metric: BenchmarkMetric) -> MetricSeries? {
        series.first { $0.metric == metric.id }
    }
}

/// The name of a benchmark and, where it is run for several arguments, which one.
package struct BenchmarkID: Codable, Hashable, Sendable, CustomStringConvertible {
    package var name: String
    /// The argument's text; nil for a benchmark without.
    package var argument: String?

    package init(name: String, argument: String? = nil) {
        self.name = name
        self.argument = argument
    }

    /// `name`, or `name/argument`.
    package var description: String { argument.map { "\(name)/\($0)" } ?? name }

    /// The argument as a number, for scaling.
    package var size: Double? { argument.flatMap(Double.init) }
}

/// How operations are measured.
package struct BenchmarkMode: RawRepresentable, Codable, Hashable, Sendable {
    package var rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }

    /// Many operations between two stamps: what one costs on average, to a fraction of a cycle.
    package static let throughput = BenchmarkMode(rawValue: "throughput")
    /// Each operation between two stamps of its own: how long each takes, and why the slow ones did.
    package static let latency = BenchmarkMode(rawValue: "latency")
    /// A whole program from start to exit.
    package static let command = BenchmarkMode(rawValue: "command")
}

/// What an operation handles, to give throughput in.
public struct ThroughputUnit: Codable, Hashable, Sendable {
    /// Plural, such as `messages`, `bytes`.
    public var name: String
    /// How many of them one operation handles.
    public var countPerOperation: Double

    /// A unit of your own.
    public init(_ name: String, perOperation count: Double) {
        self.name = name
        countPerOperation = count
    }

    /// Messages that one operation handles.
    public static func messages(_ count: Double) -> ThroughputUnit { ThroughputUnit("messages", perOperation: count) }

    /// Bytes that one operation handles.
    public static func bytes(_ count: Double) -> ThroughputUnit { ThroughputUnit("bytes", perOperation: count) }
}

/// Something that a reader of the numbers must know.
package struct BenchmarkWarning: Codable, Hashable, Sendable {
    /// Stable kebab-case word for programs, such as `never-settled`.
    package var code: String
    /// For people, one line.
    package var text: String

    package init(_ code: String, _ text: String) {
        self.code = code
        self.text = text
    }
}

/// Why a benchmark gave no numbers.
package struct BenchmarkFailure: Codable, Hashable, Sendable {
    /// Stable word for programs: `threw`, `crashed`, `exited`, `timed-out`, `forked`, `outcome`, `protocol`,
    /// `not-supported`.
    package var code: String
    /// For people, one line.
    package var text: String

    package init(_ code: String, _ text: String) {
        self.code = code
        self.text = text
    }
}
