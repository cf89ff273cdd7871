import Benchmarking
import Foundation
import RegressionAnalysis
import Statistics
import Testing

@Suite struct RegressionGateTests {
    private func judge(
        _ before: [Double], _ now: [Double], _ metric: BenchmarkMetric = .time, tolerance: [String] = []
    ) throws -> GateFinding {
        let gate = RegressionGate(rules: try ToleranceRules(tolerance))
        let report = try gate.judge(Sample.one(metric, now), against: Sample.one(metric, before), named: "main")
        return try #require(report.findings.first)
    }

    // MARK: Verdicts

    @Test func aChangeBeyondTheToleranceHasADirection() throws {
        let slower = try judge(Sample.steady(100), Sample.steady(110))
        #expect(slower.verdict == .regressed && slower.basis == .ranks && slower.gates)
        #expect(abs(try #require(slower.change) - 0.1) < 0.001)
        #expect(try #require(slower.interval).contains(0.1))
        #expect(try judge(Sample.steady(100), Sample.steady(90)).verdict == .improved)
        // More operations a second are better.
        #expect(try judge(Sample.steady(100), Sample.steady(110), .throughput).verdict == .improved)
        let fewer = try judge(Sample.steady(100), Sample.steady(90), .throughput)
        let change = try #require(fewer.change)
        #expect(fewer.verdict == .regressed && abs(change + 0.1) < 0.001)
    }

    @Test func sameNeedsTheWholeIntervalWithinTheTolerance() throws {
        let same = try judge(Sample.steady(100), Sample.steady(101))
        #expect(same.verdict == .same && same.excludesRegression)
        // The truth may be on either side of 5 %.
        let open = try judge(Sample.steady(100), Sample.steady(104.9))
        #expect(open.verdict == .notResolved && !open.excludesRegression)
        #expect(try #require(open.smallestVisible) > 0.05)
        // Better at least, though it is not known whether by 5 %.
        let better = try judge(Sample.steady(100), Sample.steady(95.2))
        #expect(better.verdict == .notResolved && better.excludesRegression)
    }

    @Test func aWildProcessDoesNotChangeTheVerdict() throws {
        var wild = Sample.steady(100)
        wild[3] = 5000
        #expect(try judge(Sample.steady(100), wild).verdict == .same)
        #expect(try judge(Sample.steady(100), Sample.steady(110).dropLast() + [1]).verdict == .regressed)
    }

    @Test func exactCountsMayNotChange() throws {
        let ten = [Double](repeating: 12, count: 10)
        let same = try judge(ten, ten, .allocations)
        #expect(same.verdict == .same && same.basis == .exact)
        #expect(try judge(ten, [Double](repeating: 13, count: 10), .allocations).verdict == .regressed)
        #expect(try judge(ten, [Double](repeating: 11, count: 10), .allocations).verdict == .improved)
        #expect(try judge([0], [1], .allocations).verdict == .regressed)
        // What is said of every metric is not meant for them; what names them is.
        #expect(try judge(ten, [13], .allocations, tolerance: ["15%"]).verdict == .regressed)
        #expect(try judge(ten, [13], .allocations, tolerance: ["allocations=10%"]).verdict == .same)
        #expect(try judge(ten, [13], .allocations, tolerance: ["allocations=1"]).verdict == .same)
        // Those that vary are judged by their noise.
        let varying = try judge([12, 13, 12, 13, 12, 13], [13, 12, 13, 12, 12, 13], .allocations)
        #expect(varying.verdict != .regressed && varying.basis == .ranks)
    }

    @Test func valuesThatAreNotAllPositiveAreComparedByAmount() throws {
        let finding = try judge(
            (0..<10).map { Double($0) }, (0..<10).map { Double($0) + 100 }, .pageFaults,
            tolerance: ["page-faults=20"])
        #expect(finding.verdict == .regressed && !finding.isRelative && finding.change == 100)
    }

    // MARK: What the data cannot show

    @Test func noiseLeavesItOpenAndSaysHowManyMoreProcesses() throws {
        let noisy = [100.0, 130, 95, 140, 110, 105, 125, 98, 135, 90]
        let finding = try judge(noisy, noisy.reversed().map { $0 * 1.02 })
        #expect(finding.verdict == .notResolved && !finding.isToleranceBelowNoise)
        let more = try #require(finding.moreReplicates)
        #expect((50...1000).contains(more), "\(more)")
        #expect(try #require(finding.noiseFloor) > 0.05)
    }

    @Test func aDeclaredToleranceFinerThanTheNoiseIsAnError() throws {
        let noisy = [100.0, 130, 95, 140, 110, 105, 125, 98, 135, 90]
        let gate = RegressionGate(rules: try ToleranceRules(["time=1%"]))
        let report = try gate.judge(Sample.one(.time, noisy), against: Sample.one(.time, noisy), named: "main")
        #expect(report.findings[0].isToleranceBelowNoise && report.exitCode(isStrict: false) == 2)
        #expect(report.text().contains("finer than the noise"))
        // It is no excuse for what is clear nevertheless.
        let worse = try gate.judge(
            Sample.one(.time, noisy.map { $0 * 3 }), against: Sample.one(.time, noisy), named: "main")
        #expect(worse.exitCode(isStrict: false) == 1)
    }

    @Test func fewProcessesAreJudgedByWelchAndOneNotAtAll() throws {
        let few = try judge([100, 101, 100.5], [150, 151, 150.2])
        #expect(few.basis == .welch && few.verdict == .regressed)
        let one = try judge([100], [200])
        #expect(one.verdict == .notResolved && one.note?.contains("--processes") == true)
    }

    @Test func emptyAndUnusableValuesHaveNoVerdict() throws {
        let finding = try judge(Sample.steady(100), [.nan, .infinity])
        #expect(finding.verdict == .notResolved && finding.note != nil)
        let part = try judge(Sample.steady(100), Sample.steady(100) + [.nan])
        #expect(part.verdict == .same && part.candidateReplicates == 10)
    }

    @Test func valuesFinerThanTheClockAreNotToldApart() throws {
        func run(_ value: Double) -> BenchmarkRun {
            var result = Sample.result("b", [(.time, [Double](repeating: value, count: 10))])
            result.series[0].resolution = 10
            return Sample.run([result])
        }
        let report = try RegressionGate().judge(run(50), against: run(40), named: "main")
        #expect(report.findings[0].verdict == .same && report.findings[0].tolerance == 0.25)
    }

    // MARK: Suites

    @Test func oneOfTheCostsDecidesAndTheOthersAreShown() throws {
        let values = Sample.steady(100)
        let series: [(BenchmarkMetric, [Double])] = [
            (.cycles, values), (.time, values), (.ticks, values), (.throughput, values), (.pageFaults, values),
        ]
        let run = Sample.run([Sample.result("b", series)])
        let report = try RegressionGate().judge(run, against: run, named: "main")
        #expect(report.findings.count == 5 && report.deciding.map(\.metric.id) == ["cycles"])
        let named = try RegressionGate(rules: ToleranceRules(["b:time=5%", "page-faults=10%"]))
            .judge(run, against: run, named: "main")
        #expect(Set(named.deciding.map(\.metric.id)) == ["cycles", "time", "page-faults"])
    }

    @Test func benchmarksThatCameWentOrFailAreTold() throws {
        let values = Sample.steady(100)
        let old = Sample.run(["a", "gone", "broken"].map { Sample.result($0, [(.time, values)]) })
        var broken = BenchmarkResult(id: BenchmarkID(name: "broken"), mode: .throughput)
        broken.failure = BenchmarkFailure("crashed", "signal 11")
        let new = Sample.run([
            Sample.result("a", [(.time, values)]), Sample.result("new", [(.time, values)]), broken,
        ])
        let report = try RegressionGate().judge(new, against: old, named: "main")
        #expect(report.unjudged.map(\.id.name) == ["gone"] && report.added.map(\.name) == ["new"])
        #expect(report.failures.map(\.id.name) == ["broken"] && report.exitCode(isStrict: false) == 1)
        let less = Sample.run([Sample.result("a", [(.time, values)])])
        let missing = try RegressionGate().judge(less, against: old, named: "main")
        #expect(missing.exitCode(isStrict: false) == 0 && missing.exitCode(isStrict: true) == 3)
    }

    @Test func whatCannotBeComparedIsRefused() throws {
        let run = Sample.one(.time, Sample.steady(100))
        let other = Sample.one(.time, Sample.steady(100), name: "c")
        #expect(throws: RegressionError.self) { try RegressionGate().judge(run, against: other, named: "main") }
        #expect(throws: RegressionError.self) {
            try RegressionGate().judge(Sample.run([]), against: run, named: "main")
        }
        let rules = try ToleranceRules(["nothing:time=5%"])
        #expect(throws: RegressionError.self) { try RegressionGate(rules: rules).judge(run, against: run, named: "m") }
        var latency = run
        latency.results[0].mode = .latency
        let modes = try RegressionGate().judge(latency, against: run, named: "main")
        #expect(modes.unjudged.count == 1 && modes.exitCode(isStrict: true) == 3)
    }

    @Test func anotherMachineIsRefusedUnlessAsked() throws {
        let series: [(BenchmarkMetric, [Double])] = [(.time, Sample.steady(100)), (.allocations, [3, 3])]
        let here = Sample.run([Sample.result("b", series)])
        let there = Sample.run(
            [Sample.result("b", [(.time, Sample.steady(300)), (.allocations, [4, 4])])],
            machine: Sample.machine(processor: "GenuineIntel 6/143"))
        #expect(throws: RegressionError.self) { try RegressionGate().judge(there, against: here, named: "main") }
        let report = try RegressionGate(isCrossMachine: true).judge(there, against: here, named: "main")
        #expect(report.deciding.map(\.metric.id) == ["allocations"] && report.hasRegressed)
        // Another host of the same kind is told, not refused.
        let twin = Sample.run([Sample.result("b", series)], machine: Sample.machine(hostname: "h2"))
        let twins = try RegressionGate().judge(twin, against: here, named: "main")
        #expect(twins.warnings.contains { $0.contains("h2") } && !twins.hasRegressed)
    }

    // MARK: Error rates

    enum Noise: CaseIterable { case normal, lognormal, outliers, modes }

    private func value(_ noise: Noise, _ random: inout RepeatableGenerator) -> Double {
        switch noise {
        case .normal: 100 * exp(0.02 * random.normal())
        case .lognormal: 100 + 5 * exp(0.8 * random.normal())
        case .outliers: 100 * exp(0.01 * random.normal()) * (random.uniform() < 0.05 ? 3 : 1)
        case .modes: (random.uniform() < 0.3 ? 108 : 100) * exp(0.005 * random.normal())
        }
    }

    private func suite(
        _ noise: Noise, processes: Int, benchmarks: Int, factor: Double = 1, _ random: inout RepeatableGenerator
    ) -> BenchmarkRun {
        Sample.run(
            (0..<benchmarks).map { index in
                let values = (0..<processes).map { _ in (index == 0 ? factor : 1) * value(noise, &random) }
                return Sample.result("b\(index)", [(.time, values)])
            })
    }

    /// 200 suites of equal programs at a tolerance of nothing, the hardest: 5 % of 200 and three standard errors.
    @Test(arguments: Noise.allCases, [3, 10])
    func suitesWithoutAChangeSeldomAlarm(_ noise: Noise, processes: Int) throws {
        var random = RepeatableGenerator(seed: 42)
        let gate = RegressionGate(rules: try ToleranceRules(["0%"]))
        let alarms = try (0..<200).count { _ in
            let before = suite(noise, processes: processes, benchmarks: 10, &random)
            let now = suite(noise, processes: processes, benchmarks: 10, &random)
            return try gate.judge(now, against: before, named: "main").hasRegressed
        }
        #expect(alarms <= 19, "\(noise) with \(processes) processes: \(alarms) of 200")
    }

    @Test func aClearChangeInOneOfTenIsFound() throws {
        var random = RepeatableGenerator(seed: 7)
        let gate = RegressionGate()
        let found = try (0..<100).count { _ in
            let before = suite(.normal, processes: 10, benchmarks: 10, &random)
            let now = suite(.normal, processes: 10, benchmarks: 10, factor: 1.12, &random)
            let report = try gate.judge(now, against: before, named: "main")
            return report.findings[0].verdict == .regressed
        }
        #expect(found >= 90, "\(found) of 100")
    }

    /// What is said to be visible is visible: a change of that size is found in about 80 of 100 cases.
    @Test func theSmallestVisibleChangeIsVisible() throws {
        var random = RepeatableGenerator(seed: 11)
        let gate = RegressionGate()
        var sizes: [Double] = []
        for _ in 0..<40 {
            let before = suite(.normal, processes: 10, benchmarks: 1, &random)
            let now = suite(.normal, processes: 10, benchmarks: 1, &random)
            sizes.append(try #require(gate.judge(now, against: before, named: "m").findings[0].smallestVisible))
        }
        let size = try #require(Median.of(sizes))
        let found = try (0..<200).count { _ in
            let before = suite(.normal, processes: 10, benchmarks: 1, &random)
            let now = suite(.normal, processes: 10, benchmarks: 1, factor: 1 + size, &random)
            return try gate.judge(now, against: before, named: "m").hasRegressed
        }
        #expect((130...195).contains(found), "\(found) of 200 at \(size)")
    }
}
