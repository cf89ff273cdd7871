import PerfEvents
import ProfileModel
import Profiling
import Sampling
import Unwinding

/// A recording's samples with the mappings that held when each was taken, in memory, so that engines can be timed on
/// nothing but unwinding.
struct Recording: PerfDataHandler, ~Copyable {
    struct Sample {
        var tid: Int32
        var time: UInt64
        var registers: [UInt64]
        var stack: [UInt8]
        var code: ProcessCode
    }

    private(set) var samples: [Sample] = []
    /// Samples of kernel threads and of processes whose mappings are unknown.
    private(set) var withoutUserStack = 0
    private var processes = ProcessTable(isLive: false)
    private var modules: ModuleStore
    private var code: [Int32: ProcessCode] = [:]
    private var serial: UInt32 = 1
    /// Bounds the memory: 16 KiB each.
    private static let mostSamples = 40_000

    private init(_ files: RecordedFiles) { modules = ModuleStore(files) }

    static func read(_ path: String) throws -> Recording {
        let file = try PerfDataFile(path: path)
        var recording = Recording(RecordedFiles(file.facts, symfs: nil, debugDirectories: []))
        let event = file.events.firstIndex { !$0.format.isDummy } ?? 0
        var reader = PerfDataReader(file, event: event)
        try reader.read(into: &recording, progress: { _ in })
        return recording
    }

    mutating func handle(_ record: SidebandRecord, time: UInt64) {
        switch processes.apply(record, time: time) {
        case .mapped(let pid, _), .exited(let pid): code[pid] = nil
        case .none: if case .comm(let task, _, true) = record { code[task.pid] = nil }
        }
    }

    mutating func handle(_ sample: SampleView, callGraph: RecordFormat.CallGraph) {
        guard sample.registersABI == .bits64, callGraph == .registersAndStack, samples.count < Self.mostSamples,
            let code = processCode(sample.pid)
        else {
            withoutUserStack += 1
            return
        }
        var registers = [UInt64](repeating: 0, count: UserRegisters.count)
        registers.withUnsafeMutableBufferPointer { sample.copyRegisters(to: $0) }
        samples.append(
            Sample(
                tid: sample.tid, time: sample.time, registers: registers, stack: Array(sample.stack), code: code))
    }

    private mutating func processCode(_ pid: Int32) -> ProcessCode? {
        if let known = code[pid] { return known }
        guard let process = processes.processes[pid] else { return nil }
        serial += 1
        let made = ProcessCode(space: process.space, process: pid, modules: &modules, serial: serial)
        code[pid] = made
        return made
    }
}
