package import Benchmarking
internal import ProfileFormats

/// The JSON of google/benchmark, so that its `compare.py` and what else reads it can be used.
///
/// Each process is a repetition of run type `iteration`; a median aggregate follows where there are several. `cpu_time`
/// repeats the wall time where no CPU time was measured, since readers require it. Other metrics are user counters.
package struct GoogleBenchmarkFormat: BenchmarkFormat {
    package let name = "google-benchmark"
    package let fileExtensions = ["json"]
    package let summary = "google/benchmark's JSON; for compare.py"

    package init() {}

    package func encode(_ run: BenchmarkRun) -> [UInt8] {
        let started = CalendarText.utc(seconds: run.startedAtNanoseconds / 1_000_000_000) + "+00:00"
        let value = JSONValue.object([
            (
                "context",
                .object([
                    ("date", .text(started)), ("host_name", .text(run.machine.hostname)),
                    ("executable", .text(run.tool)), ("num_cpus", .integer(Int64(run.machine.logicalCPUs))),
                    ("mhz_per_cpu", .integer(Self.megahertz(run.machine))), ("cpu_scaling_enabled", .boolean(false)),
                    ("caches", .array([])), ("load_avg", .array([])), ("library_build_type", .text("release")),
                    ("json_schema_version", .integer(1)),
                ])
            ),
            ("benchmarks", .array(run.results.enumerated().flatMap(entries))),
        ])
        return Array((value.rendered() + "\n").utf8)
    }

    private static func megahertz(_ machine: MachineFingerprint) -> Int64 {
        let hertz = machine.ticksPerSecond * (machine.coreCyclesPerTick ?? 1)
        return hertz > 0 && hertz < 1e15 ? Int64(hertz / 1e6) : 0
    }

    private func entries(_ index: Int, _ result: BenchmarkResult) -> [JSONValue] {
        let name = result.id.description
        func head(_ name: String, _ type: String) -> [(String, JSONValue)] {
            [
                ("name", .text(name)), ("family_index", .integer(Int64(index))),
                ("per_family_instance_index", .integer(0)), ("run_name", .text(result.id.description)),
                ("run_type", .text(type)),
            ]
        }
        if let failure = result.failure {
            return [
                .object(
                    head(name, "iteration") + [
                        ("repetitions", .integer(1)), ("repetition_index", .integer(0)), ("threads", .integer(1)),
                        ("error_occurred", .boolean(true)), ("error_message", .text(failure.text)),
                        ("iterations", .integer(0)), ("real_time", .integer(0)), ("cpu_time", .integer(0)),
                        ("time_unit", .text("ns")),
                    ])
            ]
        }
        let times = result.series(.time)?.values ?? latencyMedians(result)
        let cpuTimes = result.series(.cpuTime)?.values ?? []
        var entries = times.enumerated().map { repetition, time in
            JSONValue.object(
                head(name, "iteration") + [
                    ("repetitions", .integer(Int64(times.count))), ("repetition_index", .integer(Int64(repetition))),
                    ("threads", .integer(1)),
                    ("iterations", .integer(Int64(clamping: result.operations / UInt64(times.count)))),
                    ("real_time", .number(time)),
                    ("cpu_time", .number(cpuTimes.count == times.count ? cpuTimes[repetition] : time)),
                    ("time_unit", .text("ns")),
                ] + counters(result, index: repetition, count: times.count))
        }
        if times.count > 1, let median = MetricSummary(result.series(.time)) {
            let cpuMedian = MetricSummary(result.series(.cpuTime))?.estimate ?? median.estimate
            entries.append(
                .object(
                    head(name + "_median", "aggregate") + [
                        ("repetitions", .integer(Int64(times.count))), ("threads", .integer(1)),
                        ("aggregate_name", .text("median")), ("aggregate_unit", .text("time")),
                        ("iterations", .integer(Int64(times.count))), ("real_time", .number(median.estimate)),
                        ("cpu_time", .number(cpuMedian)), ("time_unit", .text("ns")),
                    ]))
        }
        return entries
    }

    /// For a benchmark that has only a distribution.
    private func latencyMedians(_ result: BenchmarkResult) -> [Double] {
        if let medians = result.series(.latencyP50)?.values, !medians.isEmpty { return medians }
        guard let latency = result.latency, let median = latency.machine.value(quantile: 0.5) else { return [] }
        return [latency.nanoseconds(Double(median))]
    }

    private func counters(_ result: BenchmarkResult, index: Int, count: Int) -> [(String, JSONValue)] {
        let own = [BenchmarkMetric.time.id, BenchmarkMetric.cpuTime.id]
        var members = result.series.compactMap { series -> (String, JSONValue)? in
            guard !own.contains(series.metric), series.values.count == count else { return nil }
            return (series.metric, .number(series.values[index]))
        }
        if let time = result.series(.time)?.values, time.count == count, time[index] > 0 {
            for unit in result.throughputUnits {
                let name = unit.name == "bytes" ? "bytes_per_second" : "\(unit.name)_per_second"
                members.append((name, .number(unit.countPerOperation * 1e9 / time[index])))
            }
        }
        return members
    }
}
