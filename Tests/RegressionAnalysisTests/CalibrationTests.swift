import Benchmarking
import Foundation
import RegressionAnalysis
import Statistics
import TestSupport
import Testing

struct CalibrationTests {
    private static func run(_ spread: Double, count: Int, _ generator: inout RepeatableGenerator) -> BenchmarkRun {
        var result = Sample.result(
            "b", [(.cycles, (0..<count).map { _ in 100 * (1 + spread * generator.normal()) })])
        result.series[0].epochs = (0..<count).map { _ in (0..<40).map { _ in 100 * (1 + 0.02 * generator.normal()) } }
        return Sample.run([result])
    }

    @Test func theSpreadOfProcessesIsFound() throws {
        var generator = RepeatableGenerator(seed: 3)
        let spreads = try (0..<50).map { _ in
            let calibration = try Calibration(
                Self.run(0.01, count: 20, &generator), Self.run(0.01, count: 20, &generator))
            return try #require(calibration.entries.first).spread
        }
        let mean = spreads.reduce(0, +) / 50
        #expect(abs(mean - 0.01) < 0.001, "\(mean)")
    }

    /// A change of the size that is promised is told from none in 80 of 100 cases, by the test that regress uses.
    @Test func thePromiseHolds() throws {
        var generator = RepeatableGenerator(seed: 5)
        let calibration = try Calibration(
            Self.run(0.01, count: 100, &generator), Self.run(0.01, count: 100, &generator))
        let change = try #require(calibration.entries.first).smallestVisible(processes: 10)
        var found = 0
        for _ in 0..<200 {
            let a = (0..<10).map { _ in log(100 * (1 + 0.01 * generator.normal())) }
            let b = (0..<10).map { _ in log(100 * (1 + change) * (1 + 0.01 * generator.normal())) }
            let test = try #require(ShiftTest(baseline: a, candidate: b, level: 0.05))
            found += test.pValue(greaterThan: 0) <= 0.05 ? 1 : 0
        }
        #expect((142...184).contains(found), "\(found) of 200")
    }

    @Test func moreProcessesShowLess() throws {
        var generator = RepeatableGenerator(seed: 9)
        let calibration = try Calibration(
            Self.run(0.01, count: 20, &generator), Self.run(0.01, count: 20, &generator))
        let entry = try #require(calibration.entries.first)
        #expect(entry.smallestVisible(processes: 40) < entry.smallestVisible(processes: 10) / 1.8)
        let needed = try #require(entry.processes(showing: 0.005))
        #expect(entry.smallestVisible(processes: needed) <= 0.005)
        #expect(entry.smallestVisible(processes: needed - 1) > 0.005)
        #expect(entry.processes(showing: 1e-6) == nil)
        #expect(entry.smallestVisible(processes: 1) == .infinity)
        let within = try #require(entry.withinSpread)
        #expect(entry.usefulEpochs != nil && abs(within - 0.02) < 0.004)
    }

    @Test func theStoreKeepsItForMachinesOfTheKindAndRegressWarns() throws {
        let folder = try TemporaryFolder()
        var generator = RepeatableGenerator(seed: 15)
        let (a, b) = (Self.run(0.01, count: 10, &generator), Self.run(0.01, count: 10, &generator))
        let store = try SQLiteStore(path: folder.file("s"), access: .writing)
        #expect(try store.calibration(of: a.machine) == nil)
        let calibration = try Calibration(a, b)
        try store.keep(calibration)
        #expect(try store.calibration(of: Sample.machine(hostname: "other")) == calibration)
        #expect(try store.calibration(of: Sample.machine(processor: "GenuineIntel 6/1")) == nil)
        func warnings(_ tolerance: String) throws -> [String] {
            let gate = RegressionGate(rules: try ToleranceRules([tolerance]))
            return calibration.warnings(try gate.judge(b, against: a, named: "a").findings, on: a.machine)
        }
        let fine = try warnings("cycles=0.5%")
        #expect(fine.count == 1 && fine[0].contains("b, cycles: by calibration 10 processes show"))
        #expect(try warnings("cycles=10%").isEmpty)
        #expect(calibration.warnings([], on: a.machine).isEmpty)
    }
}
