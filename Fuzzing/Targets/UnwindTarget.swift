internal import ProfileModel
internal import Synchronization
internal import Unwinding

/// The engines that may meet hostile tables, kept: what they remember of earlier samples must not matter. libunwind is
/// not among them: it reads out of bounds on hostile rules, and is only used when a user asks for it.
private final class Engines: @unchecked Sendable {
    static let shared = Engines()
    // The engines are used under the lock.
    private let lock = Mutex<Void>(())
    private var table = TableEngine()
    private var framePointers = FramePointerEngine()

    func run(
        _ registers: UnsafeMutableBufferPointer<UInt64>, _ stack: UnsafeRawBufferPointer, _ space: UnwindSpace,
        _ output: UnsafeMutableBufferPointer<UInt64>
    ) {
        lock.withLock { _ in
            for _ in 0..<2 {
                let result = table.unwindRecoveringLeaf(
                    registers: registers, stack: stack, space: space, output: output)
                precondition(result.frameCount <= output.count && result.frameCount >= 1)
            }
            let result = framePointers.unwind(
                registers: UnsafeBufferPointer(registers), stack: stack, space: space, output: output)
            precondition(result.frameCount <= output.count && result.frameCount >= 1)
        }
    }
}

extension FuzzTarget {
    /// A sample of a process in which everything is hostile: tables, code, registers and stack.
    ///
    /// Two bytes: length of the tables. Then the tables, the registers (one byte each says near what), code and stack.
    static let unwind = FuzzTarget("unwind") { bytes in
        var input = FuzzInput(bytes)
        let tables = Array(input.take(input.small()))
        let bias: UInt64 = 0x5555_0000_0000
        let stackBase: UInt64 = 0x7FFF_0000_1000
        var registers = (0..<17).map { _ in
            switch input.byte() & 3 {
            case 0: stackBase &+ UInt64(input.byte()) * 8
            case 1: bias &+ UInt64(input.small())
            case 2: input.word()
            default: 0 as UInt64
            }
        }
        let code = Array(input.take(input.small()))
        guard let file = MemoryFile(code) else { return }
        let module = UnwindModule(
            ehFrame: tables, address: ModuleRelativeAddress(0x10000),
            layout: .init(
                entryPoint: ModuleRelativeAddress(0x700),
                addresses: ModuleRelativeAddress(0)..<ModuleRelativeAddress(0x20000), file: file.descriptor))
        let mappings = [
            UnwindMapping(
                addresses: VirtualAddress(bias)..<VirtualAddress(bias + 0x20000), bias: bias, fileOffset: FileOffset(0),
                module: module),
            UnwindMapping(
                addresses: VirtualAddress(bias + 0x30000)..<VirtualAddress(bias + 0x40000), bias: 0,
                fileOffset: FileOffset(0), module: nil, isGenerated: true),
        ]
        guard let space = UnwindSpace(mappings) else { return }
        let stack = input.rest
        var output = [UInt64](repeating: 0, count: 128)
        registers.withUnsafeMutableBufferPointer { registers in
            output.withUnsafeMutableBufferPointer { Engines.shared.run(registers, stack, space, $0) }
        }
    }
}
