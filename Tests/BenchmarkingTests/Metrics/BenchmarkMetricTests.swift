import Benchmarking
import Foundation
import Testing

@Suite("Metrics of a benchmark")
struct BenchmarkMetricTests {
    /// Files on disk hold these: a changed one makes old baselines unreadable.
    static let identifiers = [
        "ticks", "time", "cycles", "throughput", "p50", "p90", "p99", "p99.9", "p99.99", "max-latency", "cpu-time",
        "cpu-utilization", "peak-memory", "memory-growth", "allocations", "frees", "allocated-bytes", "retains",
        "releases", "swift-allocations", "page-faults", "context-switches", "migrations", "instructions",
        "pmu-instructions", "branches", "branch-misses", "l1d-misses", "llc-misses", "dtlb-misses", "itlb-misses",
    ]

    @Test("Identifiers are those of files already written")
    func identifiersAreStable() { #expect(BenchmarkMetric.all.map(\.id) == Self.identifiers) }

    @Test("Each metric is found by its identifier, and no other is", arguments: identifiers)
    func lookup(id: String) throws {
        let metric = try #require(BenchmarkMetric(id: id))
        #expect(metric.id == id)
        #expect(BenchmarkMetric(id: id.uppercased()) == nil)
        #expect(BenchmarkMetric(id: id + " ") == nil)
    }

    @Test("Only what a program does alone is deterministic, not what the machine adds")
    func deterministicMetrics() {
        #expect(
            BenchmarkMetric.all.filter(\.isDeterministic).map(\.id) == [
                "allocations", "frees", "allocated-bytes", "retains", "releases", "swift-allocations", "instructions",
            ])
    }

    @Test("More throughput is better, a busy core is neither, and less of the rest")
    func polarities() {
        let others = BenchmarkMetric.all.filter { $0.polarity != .lowerIsBetter }
        #expect(
            others.map { "\($0.id) \($0.polarity)" } == [
                "throughput higherIsBetter", "cpu-utilization neutral", "branches neutral",
            ])
    }

    @Test("A dictionary by metric is a JSON object of identifiers, and comes back")
    func dictionaryJSON() throws {
        let readings: [BenchmarkMetric: MetricReading] = [
            .latencyP999: .value(1250.5), .l1dMisses: .unavailable("no PMU"), .memoryGrowth: .value(-4096),
        ]
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let json = try encoder.encode(readings)
        #expect(
            String(decoding: json, as: UTF8.self)
                == #"{"l1d-misses":{"unavailable":"no PMU"},"memory-growth":{"value":-4096},"p99.9":{"value":1250.5}}"#)
        #expect(try JSONDecoder().decode([BenchmarkMetric: MetricReading].self, from: json) == readings)
    }

    @Test("A metric that is not known is refused by name")
    func unknownMetric() {
        let error = #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([BenchmarkMetric].self, from: Data(#"["time","syscalls"]"#.utf8))
        }
        #expect(error.map { "\($0)" }?.contains("unknown metric 'syscalls'") == true)
    }

    @Test(
        "A reading without exactly one meaning is refused",
        arguments: [
            "{}", #"{"value":1,"unavailable":"x"}"#, #"{"value":"1"}"#, #"{"unavailable":3}"#, "1", "null",
            #"{"value":null}"#, #"{"value":1e999}"#,
        ])
    func hostileReadings(json: String) {
        #expect(throws: (any Error).self) { try JSONDecoder().decode(MetricReading.self, from: Data(json.utf8)) }
    }
}
