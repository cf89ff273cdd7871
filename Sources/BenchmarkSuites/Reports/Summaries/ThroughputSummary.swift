internal import Benchmarking

/// Throughput in the units that the benchmark gives.
enum ThroughputSummary {
    struct Rate {
        let unit: ThroughputUnit
        let perSecond: Double
        let uncertainty: Double?

        var text: String { UnitText.text(perSecond, .rate(unit.name), uncertainty: uncertainty) }
    }

    /// From measured operations per second where there are, which count all threads, else from the time of one.
    static func rates(_ result: BenchmarkResult) -> [Rate] {
        let measured = result.summary(.throughput)
        let time = result.summary(.time)
        guard let operations = measured?.estimate ?? time.map({ 1e9 / $0.estimate }), operations.isFinite else {
            return []
        }
        let relative = (measured ?? time).flatMap { summary in
            summary.uncertainty.map { $0 / summary.estimate.magnitude }
        }
        return result.throughputUnits.map { unit in
            let rate = operations * unit.countPerOperation
            return Rate(unit: unit, perSecond: rate, uncertainty: relative.map { $0 * rate.magnitude })
        }
    }
}
