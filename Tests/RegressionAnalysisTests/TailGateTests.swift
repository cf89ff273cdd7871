import Benchmarking
import RegressionAnalysis
import Statistics
import Testing

@Suite struct TailGateTests {
    /// 100,000 operations of some 100 ns, one in a thousand of some microseconds; of those listed, `slowed` take 20 µs.
    private func process(_ random: inout RepeatableGenerator, slowed: Int = 0) -> LatencyHistogram {
        var counts: [UInt64: UInt64] = [:]
        let level = 100 + 2 * random.uniform()
        for index in 0..<1000 {
            // Quantiles of the body, 100 operations each.
            counts[UInt64(level + Double(index) / 50), default: 0] += 100
        }
        let bursts = 80 + Int(40 * random.uniform())
        for _ in 0..<bursts { counts[UInt64(1000 + 4000 * random.uniform()), default: 0] += 1 }
        if slowed > 0 { counts[20_000, default: 0] += UInt64(slowed) }
        let values = counts.keys.sorted()
        return LatencyHistogram(values: values, counts: values.map { counts[$0]! })!
    }

    private func processes(seed: UInt64, slowed: Int = 0) -> [LatencyHistogram] {
        var random = RepeatableGenerator(seed: seed)
        return (0..<10).map { _ in process(&random, slowed: slowed) }
    }

    private func finding(_ report: GateReport, _ metric: String) throws -> GateFinding {
        try #require(report.findings.first { $0.metric.id == metric })
    }

    @Test func oneSlowOperationInTwoThousandIsATailRegressionOnly() throws {
        let before = Sample.latency(processes(seed: 1))
        let now = Sample.latency(processes(seed: 2, slowed: 50))
        let report = try RegressionGate().judge(now, against: before, named: "main")
        #expect(try finding(report, "p50").verdict == .same)
        #expect(try finding(report, "p90").verdict == .same)
        let tail = try finding(report, "p99.99")
        #expect(tail.verdict == .regressed && tail.basis == .ranks && tail.gates)
        let frequency = try finding(report, "tail-frequency")
        #expect(frequency.verdict == .regressed && frequency.basis == .rates)
        #expect(try #require(frequency.interval).contains(try #require(frequency.change)))
        #expect(report.exitCode(isStrict: false) == 1)
    }

    @Test func equalTailsSeldomAlarm() throws {
        let alarms = try (0..<50).count { trial in
            let before = Sample.latency(processes(seed: UInt64(1000 + 2 * trial)))
            let now = Sample.latency(processes(seed: UInt64(1001 + 2 * trial)))
            return try RegressionGate().judge(now, against: before, named: "main").hasRegressed
        }
        #expect(alarms <= 6)
    }

    @Test func withoutProcessesCountsAreShownAndDecideWhenNamed() throws {
        let before = Sample.latency(processes(seed: 1), keepsProcesses: false)
        let now = Sample.latency(processes(seed: 2, slowed: 100), keepsProcesses: false)
        let shown = try RegressionGate().judge(now, against: before, named: "main")
        let frequency = try finding(shown, "tail-frequency")
        #expect(frequency.basis == .counts && frequency.verdict == .regressed && !frequency.gates)
        #expect(frequency.note?.contains("bursts") == true && !shown.hasRegressed)
        let rules = try ToleranceRules(["tail-frequency=20%", "p50=20%"])
        let named = try RegressionGate(rules: rules).judge(now, against: before, named: "main")
        #expect(named.hasRegressed)
        #expect(try finding(named, "p50").verdict == .same)
    }

    @Test func shortProcessesHaveNoTail() throws {
        var random = RepeatableGenerator(seed: 3)
        let short = (0..<10).map { _ in
            LatencyHistogram(values: [100 + random.next() % 5, 200], counts: [500, 100])!
        }
        let report = try RegressionGate().judge(Sample.latency(short), against: Sample.latency(short), named: "main")
        let tail = try finding(report, "p99.99")
        #expect(tail.verdict == .notResolved && !tail.gates && tail.note?.contains("too short") == true)
    }
}
