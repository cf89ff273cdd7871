internal import Benchmarking
internal import ProfileFormats
internal import Statistics

/// What importers have in common: machines of which little is known, and values that must be usable numbers.
enum ImportedRun {
    /// A machine of which nothing is known.
    static var unknownMachine: MachineFingerprint {
        MachineFingerprint(
            hostname: "", architecture: "", processor: "", processorName: "", logicalCPUs: 0, hypervisor: nil,
            kernel: "", ticksPerSecond: 0, tickStep: 0, coreCyclesPerTick: nil, hasHardwareCounters: false, grade: nil)
    }

    /// - Throws: `FormatError` when there is no benchmark at all.
    static func make(
        tool: String, startedAt seconds: Int64? = nil, duration: Double = 0, machine: MachineFingerprint,
        _ results: [BenchmarkResult]
    ) throws -> BenchmarkRun {
        guard !results.isEmpty else { throw FormatError(.malformed, "the file of \(tool) holds no benchmark") }
        let started = (seconds ?? 0).multipliedReportingOverflow(by: 1_000_000_000)
        return BenchmarkRun(
            tool: tool, startedAtNanoseconds: started.overflow ? 0 : started.partialValue,
            durationNanoseconds: duration > 0 && duration < 9e18 ? Int64(duration) : 0, machine: machine,
            results: results)
    }

    /// A number times a unit, which must be finite and not below 0.
    /// - Throws: `FormatError` that names the key.
    static func time(_ value: Double, unit: Double, key: String) throws -> Double {
        let time = value * unit
        guard time.isFinite, time >= 0 else {
            throw FormatError(.malformed, "\(key) is \(value), which is no duration")
        }
        return time
    }

    /// One value a process where several processes measured, the single measurements behind it; otherwise the
    /// measurements of the one process as replicates, and a warning.
    static func series(
        _ metric: BenchmarkMetric, processes: [[Double]], of result: inout BenchmarkResult
    ) {
        let measured = processes.filter { !$0.isEmpty }
        guard let first = measured.first else { return }
        if measured.count > 1 {
            let several = measured.contains { $0.count > 1 }
            result.series.append(
                MetricSeries(
                    metric: metric, values: measured.compactMap { Median.of($0) }, epochs: several ? measured : nil))
            result.processCount = max(result.processCount, measured.count)
        } else {
            result.series.append(MetricSeries(metric: metric, values: first))
            result.processCount = max(result.processCount, 1)
            warnOfOneProcess(first.count, &result)
        }
    }

    static func warnOfOneProcess(_ count: Int, _ result: inout BenchmarkResult) {
        guard count > 1, !result.warnings.contains(where: { $0.code == "one-process" }) else { return }
        result.warnings.append(
            BenchmarkWarning(
                "one-process",
                "\(NumberText.grouped(Int64(count))) values of one process: by how much processes differ is not in them"
            ))
    }

    /// A sum of counts that stops at the greatest number.
    static func sum(_ counts: some Sequence<UInt64>) -> UInt64 {
        counts.reduce(0) { sum, count in
            let (next, overflow) = sum.addingReportingOverflow(count)
            return overflow ? .max : next
        }
    }

    /// A count that others wrote as any number.
    static func count(_ value: Double?) -> UInt64 {
        guard let value, value > 0, value < 0x1p63 else { return 0 }
        return UInt64(value)
    }
}

/// A key that is not known beforehand.
struct AnyKey: CodingKey {
    let stringValue: String
    let intValue: Int?

    init(stringValue: String) {
        self.stringValue = stringValue
        intValue = nil
    }

    init?(intValue: Int) {
        stringValue = String(intValue)
        self.intValue = intValue
    }
}
