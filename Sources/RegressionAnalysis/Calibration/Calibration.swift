package import Benchmarking
internal import BenchmarkSuites
internal import Glibc
internal import Statistics

/// How much results of this machine differ without any change: what a comparison can show at all, and with how many
/// processes.
///
/// Assumption: processes are independent, and their spread (of logarithms) is that of a normal distribution in its middle:
/// it is half of the distance between the 16th and the 84th percentile, so that a wild process does not change it.
package struct Calibration: Codable, Hashable, Sendable {
    package static let schemaVersion = 1
    /// Of the test that is planned for, and of what it should find.
    package static let level = 0.05
    package static let power = 0.8
    static let rankFactor = (Double.pi / 3).squareRoot()
    /// More are not recommended: widen the tolerance.
    package static let mostProcesses = 1_000

    /// One metric of one benchmark.
    package struct Entry: Codable, Hashable, Sendable {
        package var id: BenchmarkID
        package var metric: String
        package var median: Double
        /// Standard deviation between processes, as a share of the median.
        package var spread: Double
        /// Processes that tell it.
        package var processes: Int
        /// What one epoch within a process varies by, as a share; nil where epochs are not told apart.
        package var withinSpread: Double?
        /// Epochs of a process beyond which more processes tell more than longer ones (Kalibera and Jones 2013).
        package var usefulEpochs: Int?
        package var epochs: Int?
        /// The smallest difference that the measurement tells apart, as a share.
        package var resolution: Double
        /// What one half of the processes shows against the other.
        package var difference: Double

        /// The smallest change that so many processes of each side show in 80 of 100 cases, as a share.
        package func smallestVisible(processes: Int) -> Double {
            guard processes >= 2,
                let student = StudentDistribution(degreesOfFreedom: Double(2 * processes - 2))
            else { return .infinity }
            let multiple =
                student.quantile(1 - Calibration.level / 2) + NormalDistribution.standard.quantile(Calibration.power)
            // Ranks need π/3 as many values as means of normal ones (E. Pitman, 1948).
            return max(
                resolution, expm1(Calibration.rankFactor * spread * (2 / Double(processes)).squareRoot() * multiple))
        }

        /// Processes of each side that show a change; nil for more than ``Calibration/mostProcesses``.
        package func processes(showing change: Double) -> Int? {
            (2...Calibration.mostProcesses).first { smallestVisible(processes: $0) <= change }
        }
    }

    package var schemaVersion = Calibration.schemaVersion
    package var measuredAtNanoseconds: Int64
    package var tool: String
    package var machine: MachineFingerprint
    package var entries: [Entry]
    /// Metrics that the gate called changed although nothing was: what makes this calibration doubtful.
    package var falseAlarms: [String]

    /// From two runs of the same program whose processes took turns.
    /// - Parameters:
    ///   - processSeconds: what starting a process takes beyond measuring.
    ///   - epochSeconds: what an epoch takes.
    package init(
        _ a: BenchmarkRun, _ b: BenchmarkRun, processSeconds: Double = 0.1, epochSeconds: Double = 2e-4
    ) throws {
        measuredAtNanoseconds = a.startedAtNanoseconds
        tool = a.tool
        machine = a.machine
        let report = try RegressionGate().judge(b, against: a, named: "itself")
        falseAlarms = report.deciding.filter { $0.verdict == .regressed || $0.verdict == .improved }
            .map { "\($0.id), \($0.metric.id)" }
        entries = zip(a.results, b.results).flatMap { first, second -> [Entry] in
            guard first.failure == nil, second.failure == nil else { return [] }
            return Self.series(first, second).compactMap {
                Self.entry(first.id, $0, costs: [epochSeconds, processSeconds])
            }
        }
    }

    private typealias Pair = (metric: String, a: [Double], b: [Double], epochs: [[Double]], resolution: Double)

    /// Metrics that decide, with one value a process.
    private static func series(_ a: BenchmarkResult, _ b: BenchmarkResult) -> [Pair] {
        var pairs: [Pair] = []
        let metrics = BenchmarkMetric.all.filter { metric in
            let gate = GateMetric(metric)
            // Ticks and throughput are the time once more.
            return metric.polarity != .neutral && metric != .ticks && metric != .throughput
                && gate.gatesUsually && !gate.isDeterministic
        }
        for metric in metrics {
            guard let x = a.series(metric), let y = b.series(metric), !x.values.isEmpty else { continue }
            let resolution = max(x.resolution ?? 0, y.resolution ?? 0)
            pairs.append((metric.id, x.values, y.values, (x.epochs ?? []) + (y.epochs ?? []), resolution))
        }
        if let x = a.latency, let y = b.latency, let first = x.processes, let second = y.processes {
            let least = (first + second).map { Double($0.count) }.min() ?? 0
            for (metric, quantile) in TailComparisons.quantiles where quantile < 1 {
                guard least * (1 - quantile) >= TailComparisons.fewestBeyond else { continue }
                func values(_ side: [LatencyHistogram], _ latency: LatencyDistribution) -> [Double] {
                    side.compactMap { $0.value(quantile: quantile).map { latency.nanoseconds(Double($0)) } }
                }
                let resolution = x.nanoseconds(x.tickStep)
                pairs.append((metric.id, values(first, x), values(second, y), [], resolution))
            }
        }
        return pairs
    }

    private static func entry(_ id: BenchmarkID, _ pair: Pair, costs: [Double]) -> Entry? {
        let (a, b) = (pair.a, pair.b)
        guard a.count >= 3, b.count >= 3, (a + b).allSatisfy({ $0 > 0 && $0.isFinite }),
            let medianA = Median.of(a), let medianB = Median.of(b), let median = Median.of(a + b)
        else { return nil }
        // Around each side's own middle, so that a drift between the sides does not count.
        let centered = (a.map { log($0 / medianA) } + b.map { log($0 / medianB) }).sorted()
        let count = Double(centered.count)
        guard let low = Quantile.ofSorted(centered, at: 0.16), let high = Quantile.ofSorted(centered, at: 0.84) else {
            return nil
        }
        var entry = Entry(
            id: id, metric: pair.metric, median: median, spread: (high - low) / 2 * (count / (count - 2)).squareRoot(),
            processes: centered.count, resolution: pair.resolution / median, difference: medianB / medianA - 1)
        let shortest = pair.epochs.map(\.count).min() ?? 0
        let runs = pair.epochs.map { Self.clipped($0.prefix(shortest)) }
        if runs.count == a.count + b.count, shortest >= 2, let components = VarianceComponents(runs: runs) {
            entry.withinSpread = components.components[0].squareRoot()
            entry.usefulEpochs = components.recommendedRepetitions(costs: costs)?.first ?? nil
            entry.epochs = shortest
        }
        return entry
    }

    /// Logarithms, those beyond three standard deviations brought in: a process's value is the median of its epochs, which
    /// interrupted ones do not move.
    private static func clipped(_ epochs: ArraySlice<Double>) -> [Double] {
        let values = epochs.map { $0 > 0 ? log($0) : 0 }
        guard let middle = Median.of(values), let deviation = MedianAbsoluteDeviation.of(values) else { return values }
        return values.map { min(max($0, middle - 3 * deviation), middle + 3 * deviation) }
    }

    // MARK: Against tolerances

    /// What declared tolerances ask for that this machine does not show; lines.
    package func warnings(_ findings: [GateFinding], on other: MachineFingerprint) -> [String] {
        guard MachineMatch(machine, other).differences.isEmpty else { return [] }
        return findings.compactMap { finding in
            guard finding.gates, finding.isToleranceDeclared, finding.isRelative, finding.basis != .exact else {
                return nil
            }
            let processes = min(finding.baselineReplicates, finding.candidateReplicates)
            let own = entries.first { $0.id == finding.id && $0.metric == finding.metric.id }
            // Of another benchmark the steadiest: none here is known to show less.
            let all = entries.filter { $0.metric == finding.metric.id }
            guard let entry = own ?? all.min(by: { $0.spread < $1.spread }), processes >= 2 else { return nil }
            let visible = entry.smallestVisible(processes: processes)
            guard finding.tolerance < visible else { return nil }
            let name = PlainText.of(finding.id.description, limit: 200)
            let needed = entry.processes(showing: finding.tolerance).map { "\($0) processes would" } ?? "none would"
            return "\(name), \(finding.metric.id): by calibration \(processes) processes show changes of "
                + "\(CalibrationReport.percent(visible)) and more, the tolerance is "
                + "\(CalibrationReport.percent(finding.tolerance)): \(needed)"
        }
    }
}
