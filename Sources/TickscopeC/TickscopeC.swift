internal import Benchmarking
public import CBench
public import CCycles

// The functions of `tickscope/bench.h`, for programs in C and C++.

/// Runs a program's benchmarks; see `tickscope/bench.h`.
@c(ts_bench_main) @implementation
public func ts_bench_main(
    _ argc: Int32, _ argv: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?,
    _ benchmarks: UnsafePointer<ts_benchmark>?, _ count: Int
) -> Int32 {
    BenchmarkProgram.run(UnsafeBufferPointer(start: benchmarks, count: count).map(Benchmark.init))
    return 0
}

/// The measurement behind the pointer that C code got.
private func measurement(_ pointer: OpaquePointer?) -> Measurement {
    Unmanaged<Measurement>.fromOpaque(UnsafeRawPointer(pointer!)).takeUnretainedValue()
}

/// Begins the one measurement of a benchmark; 0 when there was one.
@c(ts_measurement_begin) @implementation
public func ts_measurement_begin(_ pointer: OpaquePointer?) -> Int32 { measurement(pointer).begin() ? 1 : 0 }

/// What to do next; 0 for nothing.
@c(ts_measurement_next) @implementation
public func ts_measurement_next(_ pointer: OpaquePointer?, _ assignment: UnsafeMutablePointer<ts_assignment>?) -> Int32
{
    assignment!.pointee = measurement(pointer).nextAssignment()
    return assignment!.pointee.kind == Int32(TS_ASSIGNMENT_DONE) ? 0 : 1
}

/// The assignment is done.
@c(ts_measurement_finish) @implementation
public func ts_measurement_finish(_ pointer: OpaquePointer?, _ ticks: UInt64) {
    measurement(pointer).finishAssignment(ticks: ticks)
}

/// Before a stamped operation.
@c(ts_measurement_prepare) @implementation
public func ts_measurement_prepare(_ pointer: OpaquePointer?, _ index: UInt64) {
    measurement(pointer).prepareOperation(Int(index))
}

/// After a stamped operation.
@c(ts_measurement_ended) @implementation
public func ts_measurement_ended(
    _ pointer: OpaquePointer?, _ index: UInt64, _ stop: UInt64, _ hits: UInt32, _ processorChanged: Int32
) {
    measurement(pointer).endOperation(Int(index), at: stop, hits: hits, processorChanged: processorChanged != 0)
}

extension Benchmark {
    fileprivate init(_ benchmark: ts_benchmark) {
        var options: [BenchmarkOption] = []
        if benchmark.mode == TS_BENCH_LATENCY { options.append(.latency) }
        if let unit = benchmark.unit, benchmark.units_per_operation > 0 {
            options.append(
                .throughput(ThroughputUnit(String(cString: unit), perOperation: benchmark.units_per_operation)))
        }
        if benchmark.iterations > 0 { options.append(.iterations(Int(benchmark.iterations))) }
        if benchmark.warm_up_iterations > 0 {
            options.append(.warmUp(iterations: Int(benchmark.warm_up_iterations)))
        }
        let name = benchmark.name.map { String(cString: $0) } ?? "?"
        self.init(
            id: BenchmarkID(name: name, argument: benchmark.argument.map { String(cString: $0) }),
            options: BenchmarkOptions(options)
        ) { measurement in
            benchmark.run?(OpaquePointer(Unmanaged.passUnretained(measurement).toOpaque()), benchmark.context)
        }
    }
}
