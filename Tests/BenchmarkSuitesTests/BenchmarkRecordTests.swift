import BenchmarkSuites
import Benchmarking
import Glibc
import TestSupport
import Testing

/// What benchmarks say about themselves.
@Suite(.serialized)
struct BenchmarkRecordTests {
    private func run(_ name: String, processes: Int = 2) throws -> BenchmarkResult {
        let results = try MeasuredBenchmarks.run("benchmark-fixtures", processes: processes, seconds: 0.05) {
            $0.id.name == name
        }
        return try #require(results[name])
    }

    private func text(_ result: BenchmarkResult) -> String {
        var run = SampleRun.run
        run.results = [result]
        return BenchmarkTextFormat().render(run)
    }

    @Test("quantities, outcomes and preparations come through")
    func records() throws {
        let result = try run("records")
        let record = try #require(result.record)
        #expect(result.failure == nil)
        let prepared = try #require(record.quantities.first { $0.name == "prepared" })
        // Once to learn how long it takes, then once before each of 500.
        #expect(prepared.values == [501, 501])
        #expect(record.outcomes == [BenchmarkRecord.Outcome(name: "answer", text: "42")])
        #expect(text(result).contains("records: prepared 501, memory 3 MiB, answer 42"))
    }

    @Test("processes that come to different things have failed")
    func disagreement() throws {
        #expect(try run("disagrees", processes: 1).failure == nil)
        let failure = try #require(try run("disagrees", processes: 2).failure)
        #expect(failure.code == "outcome" && failure.text.hasPrefix("the process differs between processes: "))
    }

    @Test("stages add up, and are told apart")
    func stages() throws {
        let result = try run("stages")
        let record = try #require(result.record?.stages)
        #expect(record.stages.map(\.name) == ["first", "second", "third"])
        let counts = record.stages.map { Double($0.histogram.count) }
        #expect(counts[0] == Double(record.operations) && counts[1] == counts[0])
        #expect(abs(counts[2] / counts[0] - 0.5) < 0.01)
        // Medians: neighbours make averages of any size.
        let medians = try record.stages.map {
            Double(try #require($0.histogram.value(quantile: 0.5))) - record.markTicks
        }
        #expect((3.3...4.7).contains(medians[1] / medians[0]))
        #expect((0.8...1.25).contains(medians[2] / medians[0]))
        #expect(record.markTicks > 0 && record.markTicks < medians[0] / 2)
        // The sum is of all values that the histogram has, each within a bin.
        for stage in record.stages {
            let histogram = zip(stage.histogram.values, stage.histogram.counts).reduce(0) {
                $0 + Double($1.0) * Double($1.1)
            }
            #expect(histogram >= stage.ticks && histogram < stage.ticks * 1.01)
        }
        let lines = text(result)
        var run = SampleRun.run
        run.results = [result]
        #expect(lines.contains("an average operation") && lines.contains("second"))
        #expect(
            String(decoding: BenchmarkHTMLFormat().encode(run), as: UTF8.self)
                .contains("Stages of an average operation"))
    }

    @Test("a knee is named with the working set there")
    func knee() throws {
        var run = SampleRun.run
        let sizes = [1.0, 2, 5, 10, 20, 100, 500, 2_000]
        run.results = sizes.map { size in
            var result = BenchmarkResult(id: BenchmarkID(name: "books", argument: "\(Int(size))"), mode: .throughput)
            let cost = 80 + (size > 20 ? 20 * log2(size / 20) : 0)
            result.series = [MetricSeries(metric: .cycles, values: [cost, cost, cost])]
            result.processCount = 3
            var record = BenchmarkRecord()
            record.quantities = [
                BenchmarkRecord.Quantity(name: "working set", unit: "bytes", values: [size * 65_536])
            ]
            result.record = record
            return result
        }
        let line = try #require(
            BenchmarkTextFormat().render(run).split(separator: "\n").first { $0.hasPrefix("books: cycles") })
        #expect(line.contains("level at 80.0 up to a knee at 20.") || line.contains("up to a knee at 19."))
        #expect(line.contains("a working set of 1.2") && line.contains("then 20.0 for each doubling"))
    }

    @Test("recorded arrivals come in bursts, and their queue is told")
    func arrivals() throws {
        let result = try run("bursts")
        let response = try #require(result.latency?.response)
        let machine = try #require(result.latency?.machine)
        // The first of ten does not wait; the others do, the median for four or five before it, and longer where the
        // CPU was away.
        let operation = Double(machine.value(quantile: 0.5)!)
        #expect(Double(response.minimum!) < 3 * operation)
        #expect(Double(response.value(quantile: 0.5)!) > 3 * operation)
        let queue = try #require(result.record?.quantities.first { $0.name == "longest queue" })
        #expect(queue.values.allSatisfy { $0 >= 8 })
    }
}
