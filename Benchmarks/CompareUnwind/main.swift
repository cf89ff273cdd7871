// compare-unwind RECORDING [PERF-SCRIPT-OUTPUT]
//
// Unwinds the samples of a recording of perf's with our engines, compares them with each other and with what perf made
// of the same bytes, and times them. Prints `name value` lines.
import Glibc
import ProfileModel
import Profiling
import Unwinding

/// The frames of every sample by one engine, in one buffer.
struct Outcome {
    var frames: [UInt64] = []
    var starts: [Int] = [0]
    var ends: [UnwindEnd] = []

    func stack(_ index: Int) -> ArraySlice<UInt64> { frames[starts[index]..<starts[index + 1]] }
}

func unwindAll(_ recording: borrowing Recording, _ engine: inout some UnwindEngine & ~Copyable) -> Outcome {
    var outcome = Outcome()
    var output = [UInt64](repeating: 0, count: 4096)
    for sample in recording.samples {
        var registers = sample.registers
        let result = registers.withUnsafeMutableBufferPointer { registers in
            sample.stack.withUnsafeBytes { stack in
                output.withUnsafeMutableBufferPointer { output in
                    engine.unwindRecoveringLeaf(
                        registers: registers, stack: stack, space: sample.code.unwindSpace, output: output)
                }
            }
        }
        outcome.frames += output[..<result.frameCount]
        outcome.starts.append(outcome.frames.count)
        outcome.ends.append(result.end)
    }
    return outcome
}

/// Nanoseconds for unwinding every sample once, the best of several rounds: the machine has other things to do.
/// - Parameter repeats: how often each sample is unwound in a row. With more than one its bytes are in the cache, as they
///   are in a recorder that the kernel has just handed them to; with one they come from memory.
func bestTime(
    _ recording: borrowing Recording, _ engine: inout some UnwindEngine & ~Copyable, rounds: Int, repeats: Int
) -> Double {
    var best = Double.infinity
    let output = UnsafeMutableBufferPointer<UInt64>.allocate(capacity: 4096)
    output.initialize(repeating: 0)
    defer { output.deallocate() }
    for _ in 0..<rounds {
        let start = now()
        for sample in recording.samples {
            sample.registers.withUnsafeBufferPointer { registers in
                sample.stack.withUnsafeBytes { stack in
                    for _ in 0..<repeats {
                        _ = engine.unwind(
                            registers: registers, stack: stack, space: sample.code.unwindSpace, output: output)
                    }
                }
            }
        }
        best = min(best, Double(now() - start) / Double(repeats))
    }
    return best
}

func now() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

func show(_ name: String, _ comparison: StackComparison) {
    print("\(name).samples \(comparison.samples)")
    print("\(name).equal \(comparison.equal)")
    print("\(name).different \(comparison.different)")
    print("\(name).only_ours \(comparison.onlyOurs)")
    print("\(name).only_theirs \(comparison.onlyTheirs)")
    print("\(name).agreement \(comparison.agreement)")
    for (reason, count) in comparison.classes.sorted(by: { $0.value > $1.value }) {
        print("\(name).class \(count) \(reason)")
    }
}

func run() throws {
    guard CommandLine.arguments.count >= 2 else {
        throw BenchmarkError("usage: compare-unwind RECORDING [PERF-SCRIPT-OUTPUT]")
    }
    let recording = try Recording.read(CommandLine.arguments[1])
    guard !recording.samples.isEmpty else { throw BenchmarkError("no sample has a user stack") }
    var table = TableEngine()
    var libunwind = LibunwindEngine()
    let ours = unwindAll(recording, &table)
    let reference = unwindAll(recording, &libunwind)
    let complete = ours.ends.count { $0 == .root }
    print("samples \(recording.samples.count)")
    print("frames \(ours.frames.count)")
    print("ours.complete \(complete)")
    for end in Set(ours.ends.map { "\($0)" }).sorted() {
        print("ours.end \(end) \(ours.ends.count { "\($0)" == end })")
    }
    print("libunwind.complete \(reference.ends.count { $0 == .root })")

    var engines = StackComparison()
    for index in recording.samples.indices {
        engines.add(ours.stack(index), Array(reference.stack(index))) { _ in
            "ours ends in \(ours.ends[index]), libunwind in \(reference.ends[index])"
        }
    }
    show("libunwind", engines)

    // Frames that both time the same work on.
    let frames = Double(ours.frames.count)
    print("table.ns_per_frame.from_memory \(bestTime(recording, &table, rounds: 9, repeats: 1) / frames)")
    print("table.ns_per_frame \(bestTime(recording, &table, rounds: 5, repeats: 8) / frames)")
    let theirs = Double(reference.frames.count)
    print("libunwind.ns_per_frame \(bestTime(recording, &libunwind, rounds: 2, repeats: 2) / theirs)")

    guard CommandLine.arguments.count > 2 else { return }
    let script = try PerfScript(path: CommandLine.arguments[2])
    var perf = StackComparison()
    var perfComplete = 0
    // For whoever looks into a difference: the places of the first few.
    var shown = 0
    let mostShown = 4
    for (index, sample) in recording.samples.enumerated() {
        guard let theirs = script.stacks[PerfScript.Key(tid: sample.tid, time: sample.time)] else { continue }
        // perf prints where in its file an address is, but leaves code that is in no file alone.
        let stack = ours.stack(index)
        let places = zip(stack, theirs).map { $0 == $1 ? $0 : sample.code.fileOffset($0) ?? $0 }
        let printed = places + Array(stack.dropFirst(places.count))
        // Their stack is complete when it reaches the place where ours does, or the entry of the program.
        if ours.ends[index] == .root, theirs.count >= printed.count, theirs.starts(with: printed) { perfComplete += 1 }
        perf.add(printed[...], theirs) { common in
            let reason = difference(printed[...], theirs, common, end: ours.ends[index])
            if reason.hasPrefix("other"), shown < mostShown {
                shown += 1
                let hex = { (places: [UInt64]) in
                    places.prefix(common + 3).map { String($0, radix: 16) }.joined(separator: " ")
                }
                print("difference.\(shown) \(sample.tid) \(sample.time) ours: \(hex(printed)) perf: \(hex(theirs))")
            }
            return reason
        }
    }
    show("perf", perf)
    print("perf.complete \(perfComplete)")
}

/// What to call the difference between one of our stacks and perf's.
func difference(
    _ ours: ArraySlice<UInt64>, _ theirs: [UInt64], _ common: Int, end: UnwindEnd
) -> String {
    if theirs.count == common {
        return end == .root ? "perf stops early, ours reaches the entry" : "perf stops earlier, ours in \(end)"
    }
    if ours.count == common {
        return end == .root ? "perf goes on beyond the entry" : "ours stops early: \(end)"
    }
    return "other frames from depth \(common == 0 ? "0" : common == 1 ? "1" : "2 or more") on, ours ends in \(end)"
}

do {
    try run()
} catch {
    var text = "compare-unwind: \(error)\n"
    text.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
    exit(1)
}
