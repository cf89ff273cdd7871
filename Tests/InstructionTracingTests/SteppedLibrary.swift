import CycleTiming
import Foundation
import InstructionTracing
import Sampling
import Symbolization
import TestSupport

/// The library of calls (`calls.cpp`), loaded into this process, and traces of its functions.
final class SteppedLibrary {
    private let handle: UnsafeMutableRawPointer
    private let path: String

    /// A copy of its own, in which no function of others is bound yet.
    init() throws {
        path = NSTemporaryDirectory() + "libcalls-\(UInt32.random(in: .min ... .max)).so"
        try FileManager.default.copyItem(atPath: try Fixture.calls.build(), toPath: path)
        guard let handle = dlopen(path, RTLD_LAZY | RTLD_LOCAL) else {
            throw TestFailure("dlopen: \(String(cString: dlerror()))")
        }
        self.handle = handle
    }

    /// The file is needed until its functions have names. The code stays: nothing says when it is no longer executed.
    deinit { unlink(path) }

    /// Steps through a call of an exported function.
    /// - Returns: the trace, and how many instructions the stepper counted.
    func trace(_ function: String, _ argument: UInt32) throws -> (trace: OperationTrace, count: Int64) {
        typealias Exported = @convention(c) (UInt32) -> UInt32
        guard let symbol = dlsym(handle, function) else { throw TestFailure("no function '\(function)'") }
        let exported = unsafeBitCast(symbol, to: Exported.self)
        return try Self.trace(function) { _ = exported(argument) }
    }

    /// Steps through a call of an exported function of a text.
    func trace(_ function: String, text: String) throws -> (trace: OperationTrace, count: Int64) {
        typealias Exported = @convention(c) (UnsafePointer<CChar>) -> UInt32
        guard let symbol = dlsym(handle, function) else { throw TestFailure("no function '\(function)'") }
        let exported = unsafeBitCast(symbol, to: Exported.self)
        return try text.withCString { text in try Self.trace(function) { _ = exported(text) } }
    }

    static func trace(_ name: String, _ body: () throws -> Void) throws -> (trace: OperationTrace, count: Int64) {
        let stepped = try InstructionStepper(capacity: 1 << 18).trace(body)
        let path = InstructionPath(
            addresses: stepped.addresses, stackPointers: stepped.stackPointers,
            mappings: MappedRegions.executable(of: getpid()) ?? [])
        // The call of the region is in the arrays, and not in the count.
        let count = Int64(stepped.count + stepped.callOverhead)
        let subject = OperationTrace.Subject(benchmark: name, program: "test", pid: getpid(), instructions: count)
        return (try OperationTrace(path, subject, options: .init()), count)
    }
}

extension OperationTrace {
    /// The calls below the first call of a function, itself included: a line each, indented, linkage stubs and all.
    func tree(of function: String, hiding hidden: (Function) -> Bool = { _ in false }) -> [String] {
        guard let first = calls.indices.first(where: { name($0) == function }) else { return [] }
        var depths: [Int: Int] = [:]
        var lines: [String] = []
        for index in first..<calls.count {
            let parent = depths[Int(calls[index].parent)]
            if index > first, parent == nil { continue }
            let depth = index == first ? 0 : parent! + 1
            if hidden(functions[Int(calls[index].function)]) { continue }
            depths[index] = depth
            lines.append(
                String(repeating: " ", count: depth) + (calls[index].entry == .jump ? ">" : "") + name(index))
        }
        return lines
    }

    func name(_ call: Int) -> String { functions[Int(calls[call].function)].name }

    /// Instructions of the first call of a function, its callees included.
    func total(of function: String) -> Int64? {
        calls.indices.first { name($0) == function }.map { calls[$0].total }
    }
}
