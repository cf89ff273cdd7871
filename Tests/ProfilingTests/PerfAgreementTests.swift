import PerfEvents
import ProfileModel
import Profiling
import Sampling
import TestSupport
import Testing
import Unwinding

/// Recordings that perf made, sample by sample and frame by frame as perf itself reads and unwinds them.
@Suite(
    .serialized, .timeLimit(.minutes(3)),
    .enabled(if: PerfRecording.isPossible, "perf is missing, or may not record here"),
    .enabled(if: Capability.cCompiler, "no C compiler to build the fixtures with"))
struct PerfAgreementTests {
    /// Addresses of each sample, leaf first: the kernel's, then the program's.
    private struct Unwound: PerfDataHandler {
        struct Task: Hashable {
            var tid: Int32
            var time: UInt64
        }

        struct Place {
            var address: UInt64
            /// The same as an offset in the mapped file, which some versions of perf print instead.
            var offset: UInt64?

            /// - Parameter isCaller: the other may be the return address, this the call in front of it.
            func agrees(with other: UInt64, isCaller: Bool) -> Bool {
                [address, offset].contains { $0 == other || isCaller && $0.map { $0 &+ 1 } == other }
            }
        }

        var stacks: [Task: [Place]] = [:]
        var samples = 0
        private var processes = ProcessTable(isLive: false)
        private var modules: ModuleStore
        private var code: [Int32: ProcessCode] = [:]
        private let engine = Engine()

        /// A copyable box around the engine.
        private final class Engine {
            var table = TableEngine()
        }

        init(_ facts: PerfDataFacts) {
            modules = ModuleStore(RecordedFiles(facts, symfs: nil, debugDirectories: []))
        }

        mutating func handle(_ sample: SampleView, callGraph: RecordFormat.CallGraph) {
            samples += 1
            var kernel: [UInt64] = [], user: [UInt64] = []
            var isKernel = false
            for address in sample.callchain {
                if address == UInt64(bitPattern: -128) {
                    isKernel = true
                } else if address == UInt64(bitPattern: -512) {
                    isKernel = false
                } else if isKernel {
                    kernel.append(address)
                } else {
                    user.append(address)
                }
            }
            if callGraph == .registersAndStack { user = unwound(sample) }
            let space = processes.processes[sample.pid]?.space
            stacks[Task(tid: sample.tid, time: sample.time)] =
                kernel.map { Place(address: $0) }
                + user.map { address in
                    let mapping = space?.mapping(at: VirtualAddress(address))
                    let offset = mapping.map { address - $0.addresses.lowerBound.rawValue + $0.fileOffset.rawValue }
                    return Place(address: address, offset: offset)
                }
        }

        mutating func handle(_ record: SidebandRecord, time: UInt64) {
            _ = processes.apply(record, time: time)
            code.removeAll()
        }

        private mutating func unwound(_ sample: SampleView) -> [UInt64] {
            guard sample.registersABI == .bits64, let space = space(sample.pid) else { return [] }
            var registers = [UInt64](repeating: 0, count: UserRegisters.count)
            registers.withUnsafeMutableBufferPointer { sample.copyRegisters(to: $0) }
            var output = [UInt64](repeating: 0, count: 4096)
            let result = registers.withUnsafeBufferPointer { registers in
                output.withUnsafeMutableBufferPointer {
                    engine.table.unwind(registers: registers, stack: sample.stack, space: space, output: $0)
                }
            }
            return Array(output.prefix(result.frameCount))
        }

        private mutating func space(_ pid: Int32) -> UnwindSpace? {
            if let known = code[pid] { return known.unwindSpace }
            guard let process = processes.processes[pid] else { return nil }
            code[pid] = ProcessCode(space: process.space, process: pid, modules: &modules, serial: 1)
            return code[pid]?.unwindSpace
        }
    }

    /// Every sample that perf sees, at the same time of the same thread, with the same addresses as far as both go.
    /// - Parameter process: whose addresses are compared; nil for all.
    private func expectAgreement(
        _ recording: PerfRecording, event: Int = 0, process: Int32? = nil, minimum: Int = 300, depth: Int,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let data = try PerfDataFile(path: recording.file)
        var reader = PerfDataReader(data, event: event)
        var unwound = Unwound(data.facts)
        try reader.read(into: &unwound) { _ in }
        let (malformed, late, isCutShort) = (reader.malformedCount, reader.lateCount, reader.isCutShort)
        #expect(malformed == 0, sourceLocation: sourceLocation)
        // perf reads the rings one after another while they are written: a thread that moves may be seen late.
        #expect(late * 100 <= unwound.samples, sourceLocation: sourceLocation)
        #expect(!isCutShort, sourceLocation: sourceLocation)
        let expected = try recording.samples()
        #expect(unwound.samples == expected.count, sourceLocation: sourceLocation)
        #expect(expected.count >= minimum, sourceLocation: sourceLocation)
        var frames = 0, shared = 0, missing = 0
        var differing: [String] = []
        let compared = expected.filter { process == nil || $0.pid == process }
        for sample in compared {
            guard let own = unwound.stacks[.init(tid: sample.tid, time: sample.time)] else {
                missing += 1
                continue
            }
            frames += sample.frames.count
            shared += min(own.count, sample.frames.count)
            for (index, pair) in zip(own, sample.frames).enumerated() {
                let isSame = pair.0.agrees(with: pair.1.address, isCaller: index > 0)
                if !isSame { differing.append("\(index): \(String(pair.0.address, radix: 16)) \(pair.1)") }
            }
        }
        #expect(missing == 0, sourceLocation: sourceLocation)
        #expect(
            Double(differing.count) <= 0.001 * Double(frames), "\(differing.prefix(5))", sourceLocation: sourceLocation)
        #expect(Double(shared) >= 0.99 * Double(frames), "\(shared) of \(frames)", sourceLocation: sourceLocation)
        #expect(frames >= depth * compared.count, "\(frames) in \(compared.count)", sourceLocation: sourceLocation)
    }

    private func record(_ fixture: Fixture, _ options: [String], seconds: Double = 1.5) throws -> PerfRecording {
        let target = try fixture.start("60")
        defer { target.kill() }
        return try PerfRecording(["-p", "\(target.pid)"] + options, seconds: seconds)
    }

    @Test(arguments: [Fixture.split, .threads, .chainedFrames, .splitStaticPIE])
    func recordedStacks(fixture: Fixture) throws {
        try expectAgreement(try record(fixture, ["-e", "cpu-clock", "--call-graph", "dwarf,16384"]), depth: 4)
    }

    @Test(arguments: [Fixture.chainedFrames, .split])
    func framePointerChains(fixture: Fixture) throws {
        try expectAgreement(try record(fixture, ["-e", "cpu-clock", "-g"]), depth: fixture == .split ? 1 : 20)
    }

    @Test func addressesOnly() throws { try expectAgreement(try record(.split, ["-e", "cpu-clock"]), depth: 1) }

    @Test(.enabled(if: PerfRecording.compresses, "this perf does not compress"), arguments: ["fp", "dwarf"])
    func compressed(callGraph: String) throws {
        try expectAgreement(
            try record(.split, ["-e", "cpu-clock", "-z", "--call-graph", callGraph]), depth: callGraph == "fp" ? 1 : 4)
    }

    @Test func eachEventOfTwo() throws {
        let recording = try record(.split, ["-e", "cpu-clock,task-clock", "--call-graph", "dwarf"])
        let data = try PerfDataFile(path: recording.file)
        var counts = [0, 0]
        for index in 0...1 {
            var reader = PerfDataReader(data, event: index)
            var unwound = Unwound(data.facts)
            try reader.read(into: &unwound) { _ in }
            counts[index] = unwound.samples
            let malformed = reader.malformedCount
            #expect(malformed == 0)
        }
        #expect(counts.allSatisfy { $0 > 300 })
        #expect(try recording.samples().count == counts.reduce(0, +))
        #expect(data.events.map(\.name).prefix(2) == ["cpu-clock", "task-clock"])
    }

    @Test func everyProcess() throws {
        let target = try Fixture.split.start("60")
        defer { target.kill() }
        let recording = try PerfRecording(["-a", "-e", "cpu-clock", "--call-graph", "dwarf"])
        // Others come and go, with files that are gone by now.
        try expectAgreement(recording, process: target.pid, depth: 4)
    }

    @Test(.enabled(if: Capability.hasTool("sh"))) func pipe() throws {
        let target = try Fixture.split.start("60")
        defer { target.kill() }
        let folder = try TemporaryFolder()
        let script =
            "perf record -N -q -F 997 -e cpu-clock --call-graph dwarf -p \(target.pid) -o - -- sleep 1.5 > \"$0\""
        let perf = try Program.run(["sh", "-c", script, folder.file("pipe.data")])
        #expect(try perf.wait() == .exited(0))
        try expectAgreement(PerfRecording(folder: folder, file: folder.file("pipe.data")), depth: 4)
    }
}
