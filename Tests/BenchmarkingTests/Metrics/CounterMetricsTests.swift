import Benchmarking
import PerfEvents
import Testing

@Suite("Counters as metrics")
struct CounterMetricsTests {
    private func counted(_ count: UInt64, running: UInt64 = 1000) -> CounterReading {
        CounterReading(
            CounterArithmetic.Raw(count: count, enabledNanoseconds: 1000, runningNanoseconds: running), event: .cycles)
    }

    @Test("Counts are per operation without the overhead, estimates are noted, reasons stay reasons")
    func readings() {
        let (readings, notes) = BenchmarkMetric.readings(
            of: [.cycles, .instructions, .branches, .l1dMisses, .taskClock],
            [counted(5100), counted(400, running: 250), .unavailable("no PMU"), counted(40), counted(9)],
            overheads: [counted(100), .unavailable("no PMU")], operations: 100)
        #expect(
            readings == [
                .cycles: .value(50), .pmuInstructions: .value(16), .branches: .unavailable("no PMU"),
                .l1dMisses: .value(0.4),
            ])
        #expect(notes == ["pmu-instructions: estimated: counted for 25 % of the time"])
    }

    @Test("Every event of the standard group but two is a metric, each another one")
    func everyEvent() {
        let events = CounterGroup.standard.flatMap(\.self)
        let metrics = events.compactMap(BenchmarkMetric.init(event:))
        #expect(events.filter { BenchmarkMetric(event: $0) == nil } == [.taskClock, .pageFaults])
        #expect(Set(metrics).count == events.count - 2)
    }
}
