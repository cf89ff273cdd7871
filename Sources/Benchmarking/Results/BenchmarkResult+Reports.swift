internal import Statistics

extension BenchmarkResult {
    /// What several fresh processes measured, put together.
    ///
    /// The value of a process is the median of its epochs after it settled, of those that had the core to themselves where
    /// enough did; the processes are the replicates.
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
        do {
            let record = try BenchmarkRecord(merging: reports.compactMap(\.record))
            if !record.isEmpty { self.record = record }
        } catch {
            failure = error.failure
        }
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
        var shared = 0
        let undisturbedRate = Self.undisturbedRate(reports.flatMap(\.epochs))
        for report in reports where !report.epochs.isEmpty {
            var counted = ThroughputEpoch.counted(report.epochs)
            if counted.contains(where: { !$0.isQuiet }) {
                shared += 1
                // A neighbour slows the chain of additions, too: then it tells less than the core's cycles.
                for index in counted.indices { counted[index].coreCyclesPerTick = undisturbedRate }
            }
            let all = counted.map(\.cycles)
            // Judged in core cycles: ticks also change with the core's frequency.
            let state = SteadyState(epochs: all)
            var first = 0
            switch state?.classification {
            case .warmup(let settledAt), .slowdown(let settledAt): first = settledAt
            case .noSteadyState: unsettled += 1
            case .flat, nil: break
            }
            let epochs = counted[first...]
            let epochTicks = epochs.map(\.ticks)
            let epochCycles = epochs.map(\.cycles)
            let tick = Median.of(epochTicks) ?? 0
            let rate = (report.ticksPerSecondAtStart + report.ticksPerSecondAtEnd) / 2
            ticks.append(tick)
            time.append(tick / rate * 1e9)
            cycles.append(Median.of(epochCycles) ?? 0)
            tickEpochs.append(Self.thinned(counted.map(\.ticks)))
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
        addSharing(reports.flatMap(\.epochs), processes: reports.count, shared: shared)
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

    /// Core cycles per tick: the median of quiet epochs; without any, the pace that one in twenty exceeds.
    private static func undisturbedRate(_ epochs: [ThroughputEpoch]) -> Double {
        let quiet = Median.of(epochs.lazy.filter(\.isQuiet).map(\.coreCyclesPerTick))
        return quiet ?? Quantile.ofSorted(epochs.map(\.coreCyclesPerTick).sorted(), at: 0.95) ?? 1
    }

    /// Says how much of the time the core was not the benchmark's alone.
    private mutating func addSharing(_ epochs: [ThroughputEpoch], processes: Int, shared: Int) {
        if shared > 0 {
            let text =
                "another thread used the core throughout \(shared) of \(processes) processes: theirs are costs on a shared core"
            warnings.append(BenchmarkWarning("core-shared", text))
        }
        let disturbed = epochs.count { !$0.isQuiet }
        guard shared < processes, 10 * disturbed >= epochs.count else { return }
        let share = (100 * Double(disturbed) / Double(epochs.count)).rounded()
        warnings.append(
            BenchmarkWarning(
                "core-shared-partly",
                "another thread used the core for \(Int(share)) % of the time, which was left out"))
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
