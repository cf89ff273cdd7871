package import Benchmarking
package import BenchmarkSuites

/// A metric as the gate sees it: every ``BenchmarkMetric``, and how often the tail is reached.
package struct GateMetric: Hashable, Sendable {
    package let id: String
    package let title: String
    package let kind: UnitText.Kind
    package let polarity: BenchmarkMetric.Polarity
    package let isDeterministic: Bool
    /// Whether two machines with the same software give the same number.
    package let isMachineIndependent: Bool
    /// What counts as equal unless something else is declared.
    package let usualShare: Double
    /// Whether it decides unless it is named; what does not is shown.
    package let gatesUsually: Bool
    /// By what each unit of an absolute tolerance multiplies.
    package let factors: [String: Double]

    /// How many of the operations take longer than the baseline's p99.9.
    package static let tailFrequency = GateMetric(
        id: "tail-frequency", title: "Operations beyond the baseline's p99.9", kind: .count, polarity: .lowerIsBetter,
        isDeterministic: false, isMachineIndependent: false, usualShare: 0.25, gatesUsually: true, factors: [:])

    package static let all: [GateMetric] = BenchmarkMetric.all.map(GateMetric.init) + [tailFrequency]

    /// Nil when there is none of that name.
    package init?(id: String) {
        guard let metric = Self.all.first(where: { $0.id == id }) else { return nil }
        self = metric
    }

    package init(_ metric: BenchmarkMetric) {
        let usual = Self.usual[metric.id]
        self.init(
            id: metric.id, title: metric.title, kind: UnitText.kind(of: metric), polarity: metric.polarity,
            isDeterministic: metric.isDeterministic,
            // Libraries choose code by processor, so instructions may differ.
            isMachineIndependent: metric.isDeterministic && metric != .instructions,
            usualShare: metric.isDeterministic ? 0 : usual ?? 0.05,
            gatesUsually: metric.isDeterministic || usual != nil, factors: Self.factors[metric.unit] ?? ["": 1])
    }

    private init(
        id: String, title: String, kind: UnitText.Kind, polarity: BenchmarkMetric.Polarity, isDeterministic: Bool,
        isMachineIndependent: Bool, usualShare: Double, gatesUsually: Bool, factors: [String: Double]
    ) {
        self.id = id
        self.title = title
        self.kind = kind
        self.polarity = polarity
        self.isDeterministic = isDeterministic
        self.isMachineIndependent = isMachineIndependent
        self.usualShare = usualShare
        self.gatesUsually = gatesUsually
        self.factors = factors
    }

    /// Of metrics that gate without being named. Of ticks, time, cycles and throughput, which tell the same, one does.
    private static let usual: [String: Double] = [
        "cycles": 0.05, "time": 0.05, "ticks": 0.05, "throughput": 0.05, "peak-memory": 0.05,
        "p50": 0.05, "p90": 0.05, "p99": 0.1, "p99.9": 0.2, "p99.99": 0.2,
    ]

    /// The same cost in other words, the preferred first.
    static let costs: [BenchmarkMetric] = [.cycles, .time, .ticks, .throughput]

    private static let factors: [String: [String: Double]] = [
        "ns": ["ns": 1, "us": 1e3, "µs": 1e3, "ms": 1e6, "s": 1e9],
        "bytes": ["B": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9, "KiB": 0x1p10, "MiB": 0x1p20, "GiB": 0x1p30],
        "cycles": ["": 1, "cycles": 1], "ticks": ["": 1, "ticks": 1],
        "operations/s": ["/s": 1, "k/s": 1e3, "M/s": 1e6],
        "instructions": ["": 1, "instructions": 1], "count": ["": 1], "cores": ["": 1],
    ]
}
