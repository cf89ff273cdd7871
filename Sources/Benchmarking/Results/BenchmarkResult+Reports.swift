internal import Statistics

extension BenchmarkResult {
    /// What several fresh processes measured, put together.
    ///
    /// The value of a process is the median of its epochs after it settled; the processes are the replicates.
    package init(id: BenchmarkID, options: BenchmarkOptions, reports: [WorkerReport]) {
        self.init(id: id, mode: options.mode)
        tags = options.tags
        throughputUnits = options.throughputUnits
        processCount = reports.count
        operations = reports.reduce(0) { $0 &+ $1.operations }
        if options.mode == .latency {
            latency = LatencyDistribution(reports)
        } else {
            addThroughput(reports)
        }
        addReadings(reports)
        var seen: Set<BenchmarkWarning> = []
        for warning in reports.flatMap(\.warnings) where seen.insert(warning).inserted { warnings.append(warning) }
    }

    private mutating func addThroughput(_ reports: [WorkerReport]) {
        var ticks: [Double] = []
        var cycles: [Double] = []
        var time: [Double] = []
        var tickEpochs: [[Double]] = []
        var cycleEpochs: [[Double]] = []
        var resolution = 0.0
        var cycleResolution = 0.0
        var unsettled = 0
        for report in reports where !report.epochs.isEmpty {
            let all = report.epochs.map { $0.ticks * $0.coreCyclesPerTick }
            // Judged in core cycles: ticks also change with the core's frequency.
            let state = SteadyState(epochs: all)
            var first = 0
            switch state?.classification {
            case .warmup(let settledAt), .slowdown(let settledAt): first = settledAt
            case .noSteadyState: unsettled += 1
            case .flat, nil: break
            }
            let epochs = Array(report.epochs[first...])
            let epochTicks = epochs.map(\.ticks)
            let epochCycles = epochs.map { $0.ticks * $0.coreCyclesPerTick }
            let tick = Median.of(epochTicks) ?? 0
            let rate = (report.ticksPerSecondAtStart + report.ticksPerSecondAtEnd) / 2
            ticks.append(tick)
            time.append(tick / rate * 1e9)
            cycles.append(Median.of(epochCycles) ?? 0)
            tickEpochs.append(Self.thinned(report.epochs.map(\.ticks)))
            cycleEpochs.append(Self.thinned(all))
            // A reading is known to a step of the clock; the mean of many at random phases better by their root.
            let perEpoch = Double(report.tickStep) / Double(max(1, report.operationsPerEpoch)) * 3
            let step = perEpoch / Double(epochs.count).squareRoot()
            resolution = max(resolution, step)
            cycleResolution = max(cycleResolution, step * (Median.of(epochs.map(\.coreCyclesPerTick)) ?? 1))
        }
        guard !ticks.isEmpty else { return }
        let rate = reports[0].ticksPerSecondAtStart
        series.append(
            MetricSeries(metric: .cycles, values: cycles, resolution: cycleResolution, epochs: cycleEpochs))
        series.append(MetricSeries(metric: .time, values: time, resolution: resolution / rate * 1e9))
        series.append(MetricSeries(metric: .ticks, values: ticks, resolution: resolution, epochs: tickEpochs))
        if time.allSatisfy({ $0 > resolution / rate * 1e9 }) {
            series.append(
                MetricSeries(metric: .throughput, values: time.map { 1e9 / $0 }))
        }
        if unsettled > 0 {
            warnings.append(
                BenchmarkWarning(
                    "never-settled",
                    "never settled in \(unsettled) of \(reports.count) processes: its cost kept changing"))
        }
        if let interval = Median.of(cycles), interval < max(0.02, 2 * cycleResolution) {
            warnings.append(
                BenchmarkWarning(
                    "no-cost",
                    "costs nothing that can be measured: if it should, the optimizer removed it; keep(_:) its result"))
        }
    }

    /// Every n-th value, so that at most 400 remain.
    private static func thinned(_ values: [Double]) -> [Double] {
        let stride = (values.count + 399) / 400
        return stride <= 1 ? values : Swift.stride(from: 0, to: values.count, by: stride).map { values[$0] }
    }

    private mutating func addReadings(_ reports: [WorkerReport]) {
        for metric in BenchmarkMetric.all {
            let readings = reports.compactMap { $0.readings[metric.id] }
            guard !readings.isEmpty else { continue }
            let values = readings.compactMap(\.value)
            series.append(
                MetricSeries(
                    metric: metric, values: values,
                    unavailable: values.isEmpty ? readings.compactMap(\.unavailableReason).first : nil))
        }
    }
}
