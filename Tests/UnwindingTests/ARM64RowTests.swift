import ProfileModel
import Testing
import Unwinding

/// Rows of arm64 code followed over a made-up stack, by the equations that ``UnwindRow`` states and nothing else.
@Suite struct ARM64RowTests {
    private static let leaf: UInt64 = 0x1000
    private static let middle: UInt64 = 0x2000
    private static let start: UInt64 = 0x3000
    private static let stackBase: UInt64 = 0x7FFF_0000

    /// DW_CFA_AARCH64_negate_ra_state, in front of what follows `paciasp`.
    private static let signs: [UInt8] = [0x2D]
    /// `stp x29, x30, [sp, -32]!`: CFA = sp + 32, x29 at CFA - 32, x30 at CFA - 24.
    private static let savesPair: [UInt8] = [0x0E, 0x20, 0x9D, 0x04, 0x9E, 0x03]
    /// `mov x29, sp`: CFA = x29 + 32.
    private static let usesFramePointer: [UInt8] = [0x0C, 0x1D, 0x20]

    private func module(key: String) -> UnwindModule {
        var frames = EhFrameBuilder(address: 0x10000)
        frames.addCommonARM64(key: key)
        frames.addFunction(start: Self.leaf, length: 0x100)
        frames.addFunction(
            start: Self.middle, length: 0x100,
            instructions: Instruction.advance(1) + Self.signs + Instruction.advance(1) + Self.savesPair
                + Instruction.advance(1) + Self.usesFramePointer)
        frames.addFunction(start: Self.start, length: 0x40, instructions: [0x07, 0x1E])
        return UnwindModule(
            ehFrame: frames.bytes, address: ModuleRelativeAddress(0x10000),
            layout: UnwindModule.Layout(
                entryPoint: ModuleRelativeAddress(0),
                addresses: ModuleRelativeAddress(0)..<ModuleRelativeAddress(0x20000), file: -1), registers: .arm64)
    }

    /// Follows rows until one ends the stack.
    private func walk(
        _ module: UnwindModule, pc: UInt64, linkRegister: UInt64, framePointer: UInt64, stack: [UInt64]
    ) throws -> [UInt64] {
        let load = { (address: UInt64) in
            try #require(address >= Self.stackBase && address & 7 == 0)
            let index = Int((address - Self.stackBase) / 8)
            try #require(index < stack.count)
            return stack[index]
        }
        var frames = [pc]
        var (sp, fp) = (Self.stackBase, framePointer)
        while frames.count < 10 {
            let row = try #require(module.row(at: ModuleRelativeAddress(frames[frames.count - 1]), .arm64))
            if row.kind == .outermost { return frames }
            let base = row.kind == .stackPointer ? sp : fp
            let cfa = base &+ UInt64(bitPattern: Int64(row.cfaOffset))
            let next: UInt64
            if row.returnRule == .linkRegister {
                // Only the function that was interrupted can have called nothing.
                try #require(frames.count == 1)
                next = linkRegister
            } else {
                next = try load(cfa &+ UInt64(bitPattern: Int64(row.returnOffset)))
            }
            if row.frameRule == .fromCFA { fp = try load(cfa &+ UInt64(bitPattern: Int64(row.frameOffset))) }
            sp = cfa
            frames.append((next & CallFrameRegisters.arm64.addressMask) - 1)
        }
        return frames
    }

    @Test(arguments: ["", "B"])
    func aLeafReturnsThroughTheLinkRegisterAndItsCallerThroughTheStack(key: String) throws {
        let module = module(key: key)
        // The saved return address carries a signature in the bits that no address has.
        let signed = (Self.start + 0x10) | 0x00A7_0000_0000_0000
        let stack: [UInt64] = [0xBEEF, signed, 0, 0, 1, 2]
        let frames = try walk(
            module, pc: Self.leaf + 8, linkRegister: Self.middle + 0x20, framePointer: Self.stackBase, stack: stack)
        #expect(frames == [Self.leaf + 8, Self.middle + 0x1F, Self.start + 0xF])
    }

    @Test func everyInstructionOfAPrologueHasItsRow() throws {
        let module = module(key: "")
        let signed = (Self.start + 0x10) | 0x00A7_0000_0000_0000
        for (offset, link, stack) in [
            (0, Self.start + 0x10, [1, 2, 3, 4]), (4, signed, [1, 2, 3, 4]), (8, 0, [0xBEEF, signed, 3, 4]),
            (12, 0, [0xBEEF, signed, 3, 4]),
        ] as [(UInt64, UInt64, [UInt64])] {
            let frames = try walk(
                module, pc: Self.middle + offset, linkRegister: link, framePointer: Self.stackBase, stack: stack)
            #expect(frames == [Self.middle + offset, Self.start + 0xF], "at +\(offset)")
        }
    }

    @Test func otherArchitecturesTablesAreNotTakenForOnesOwn() throws {
        var frames = EhFrameBuilder(address: 0x10000)
        frames.addCommon()
        frames.addFunction(start: Self.leaf, length: 0x100)
        let module = UnwindModule(
            ehFrame: frames.bytes, address: ModuleRelativeAddress(0x10000),
            layout: UnwindModule.Layout(
                entryPoint: ModuleRelativeAddress(0),
                addresses: ModuleRelativeAddress(0)..<ModuleRelativeAddress(0x20000), file: -1), registers: .arm64)
        #expect(module.row(at: ModuleRelativeAddress(Self.leaf), .arm64)?.kind == .unsupported)
    }
}
