internal import Benchmarking
internal import Statistics

/// What a run adds to histories: one value of each metric of each benchmark.
enum RunPoints {
    struct Point {
        var id: BenchmarkID
        var metric: String
        /// Over processes.
        var median: Double
        /// Processes behind it.
        var replicates: Int
    }

    static func of(_ run: BenchmarkRun) -> [Point] {
        run.results.flatMap { result in
            let own = result.series.compactMap { point(result.id, $0.metric, $0.values) }
            let known = Set(own.map(\.metric))
            return own + tails(result).filter { !known.contains($0.metric) }
        }
    }

    /// Percentiles of latency benchmarks, process by process, where enough operations of each lie beyond.
    static func tails(_ result: BenchmarkResult) -> [Point] {
        guard let latency = result.latency, latency.ticksPerSecond > 0 else { return [] }
        let used = (latency.processes ?? []).filter { $0.count > 0 }
        let histograms = used.isEmpty ? [latency.response ?? latency.machine] : used
        let shortest = histograms.map { Double($0.count) }.min() ?? 0
        return TailComparisons.quantiles.compactMap { metric, quantile in
            guard quantile < 1, shortest * (1 - quantile) >= TailComparisons.fewestBeyond else { return nil }
            let values = histograms.compactMap { histogram in
                histogram.value(quantile: quantile).map { latency.nanoseconds(Double($0)) }
            }
            return point(result.id, metric.id, values)
        }
    }

    private static func point(_ id: BenchmarkID, _ metric: String, _ values: [Double]) -> Point? {
        let finite = values.filter(\.isFinite)
        guard let median = Median.of(finite) else { return nil }
        return Point(id: id, metric: metric, median: median, replicates: finite.count)
    }
}
