import PerfEvents
import Profiling
import Sampling
import Glibc
import TestSupport
import Testing
import Unwinding

/// Both unwinders over the same samples of programs that nobody here wrote, frame by frame.
@Suite(.serialized, .enabled(if: Capability.perfEvents, "perf_event_open is not permitted"))
struct EngineAgreementTests {
    private struct Comparison: RecordHandler, ~Copyable {
        var processes = ProcessTable()
        var modules = ModuleStore()
        var code: [Int32: ProcessCode] = [:]
        let decoder: RecordDecoder
        var table = TableEngine()
        var libunwind = LibunwindEngine()
        var samples = 0
        var frames = 0
        var differing: [String] = []

        init(layout: SampleLayout) { decoder = RecordDecoder(layout: layout) }

        mutating func handle(kind header: RecordHeader, bytes: UnsafeRawBufferPointer, time: UInt64) {
            guard header.kind == .sample else {
                if let record = decoder.sideband(bytes, header: header) {
                    _ = processes.apply(record, time: time)
                    code.removeAll()
                }
                return
            }
            guard let sample = decoder.sample(bytes), sample.registersABI == .bits64 else { return }
            var registers = [UInt64](repeating: 0, count: UserRegisters.count)
            registers.withUnsafeMutableBufferPointer { sample.copyRegisters(to: $0) }
            guard let space = space(sample.pid) else { return }
            samples += 1
            let reference = Self.run(&libunwind, registers, sample.stack, space)
            let result = Self.run(&table, registers, sample.stack, space)
            frames += reference.frames.count
            if result != reference { differing.append("\(reference) / \(result)") }
        }

        private mutating func space(_ pid: Int32) -> UnwindSpace? {
            if let known = code[pid] { return known.unwindSpace }
            processes.discover(pid)
            guard let process = processes.processes[pid] else { return nil }
            code[pid] = ProcessCode(space: process.space, process: pid, modules: &modules, serial: 1)
            return code[pid]?.unwindSpace
        }

        struct Outcome: Equatable {
            var frames: [UInt64]
            var end: UnwindEnd
        }

        private static func run(
            _ engine: inout some UnwindEngine & ~Copyable, _ registers: [UInt64], _ stack: UnsafeRawBufferPointer,
            _ space: UnwindSpace
        ) -> Outcome {
            var output = [UInt64](repeating: 0, count: 4096)
            let result = registers.withUnsafeBufferPointer { registers in
                output.withUnsafeMutableBufferPointer {
                    engine.unwind(registers: registers, stack: stack, space: space, output: $0)
                }
            }
            return Outcome(frames: Array(output.prefix(result.frameCount)), end: result.end)
        }
    }

    @Test(arguments: [
        [
            "python3", "-c",
            "import json\nwhile True: json.loads(json.dumps([{'a': i, 'b': str(i)} for i in range(300)]))",
        ],
        ["sh", "-c", "while :; do xz -0 -c /bin/bash | xz -dc > /dev/null; done"],
    ])
    func tableEngineEqualsLibunwind(command: [String]) throws {
        let program = try Program(command)
        defer { program.kill() }
        let layout = SampleLayout(callGraph: .registersAndStack(bytes: 16_384), includesKernel: false)
        let session = try SamplingSession(
            SamplingConfiguration(
                target: .processes([program.pid]), event: .cpuClock, rate: .frequency(997), layout: layout,
                inherits: true))
        var comparison = Comparison(layout: session.configuration.layout)
        try session.attach(into: &comparison)
        for pid in session.processes { comparison.processes.discover(pid) }
        try session.start()
        for _ in 0..<40 {
            usleep(50_000)
            session.drain(into: &comparison)
        }
        session.stop()
        session.drainAll(into: &comparison)
        let (samples, differing) = (comparison.samples, comparison.differing)
        #expect(samples > 500)
        #expect(comparison.frames > 3 * samples)
        #expect(Double(differing.count) <= 0.001 * Double(samples), "\(differing.prefix(3))")
    }
}
