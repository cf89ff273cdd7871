import ProfileModel
import Testing
import Unwinding

/// Call-frame information that goes in circles, claims the impossible or never ends: one clear outcome each.
@Suite struct HostileFrameTests {
    private func module(_ bytes: [UInt8]) -> UnwindModule {
        UnwindModule(
            ehFrame: bytes, address: ModuleRelativeAddress(0x10000),
            layout: UnwindModule.Layout(
                entryPoint: ModuleRelativeAddress(0),
                addresses: ModuleRelativeAddress(0)..<ModuleRelativeAddress(0x20000), file: -1))
    }

    private func row(_ instructions: [UInt8], at offset: UInt64 = 0x80) -> UnwindRow? {
        var frames = EhFrameBuilder(address: 0x10000)
        frames.addCommon()
        frames.addFunction(start: 0x1000, length: 0x100, instructions: instructions)
        return module(frames.bytes).row(at: ModuleRelativeAddress(0x1000 + offset))
    }

    private static let largest: [UInt8] = [UInt8](repeating: 0xFF, count: 9) + [0x7F]

    @Test func offsetsThatNoStackHasAreLeftToTheReference() {
        #expect(row([0x0E, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01])?.kind == .unsupported)
        #expect(row([0x0E] + Self.largest)?.kind == .bad)
        #expect(row([0x86] + Self.largest)?.kind != .bad)
        #expect(row([0x12, 0x07] + Self.largest) != nil)
        #expect(row([0x90] + Self.largest) != nil)
    }

    @Test func numbersThatNeverEndAreBad() {
        #expect(row([0x0E] + [UInt8](repeating: 0x80, count: 40))?.kind == .bad)
        #expect(row([0x0F] + Self.largest)?.kind == .bad, "an expression longer than the section")
    }

    @Test func statesAreRememberedToALimitAndNotRestoredFromNothing() {
        #expect(row([UInt8](repeating: 0x0A, count: 60))?.kind == .stackPointer)
        #expect(row([UInt8](repeating: 0x0A, count: 100_000))?.kind == .bad)
        #expect(row([0x0B])?.kind == .bad)
        #expect(row([0x0A, 0x0B, 0x0B])?.kind == .bad)
    }

    @Test func unknownInstructionsAreBad() {
        for opcode in [0x17, 0x1C, 0x1D, 0x3F] as [UInt8] { #expect(row([opcode, 0, 0, 0])?.kind == .bad) }
    }

    /// Hand-written assembly may say where rules change by address (DW_CFA_set_loc).
    @Test func locationsThatAreSetAdvance() throws {
        var frames = EhFrameBuilder(address: 0x10000)
        frames.addCommon()
        // Relative to itself, in 4 bytes. Its place is found by putting in a mark first.
        let mark: [UInt8] = [0x01, 0xEF, 0xBE, 0xAD, 0xDE]
        let rest: [UInt8] = [0x0E, 0x20]
        var probe = frames
        probe.addFunction(start: 0x1000, length: 0x100, instructions: mark + rest)
        let offset = try #require(
            probe.bytes.indices.first { probe.bytes[$0...].prefix(5).elementsEqual(mark) })
        func row(settingTo address: UInt64, at target: UInt64) -> UnwindRow? {
            let relative = UInt32(truncatingIfNeeded: address &- (0x10000 + UInt64(offset) + 1))
            var builder = frames
            let bytes = withUnsafeBytes(of: relative) { Array($0) }
            builder.addFunction(start: 0x1000, length: 0x100, instructions: [0x01] + bytes + rest)
            return module(builder.bytes).row(at: ModuleRelativeAddress(target))
        }
        #expect(row(settingTo: 0x1040, at: 0x103F)?.cfaOffset == 8)
        #expect(row(settingTo: 0x1040, at: 0x1040)?.cfaOffset == 0x20)
        #expect(row(settingTo: 0xFFF, at: 0x1040)?.kind == .bad, "a location never goes back")
        #expect(self.row([0x01, 0, 0x10])?.kind == .bad, "cut off")
    }

    /// libunwind would look it up beyond its table of registers.
    @Test func aRegisterKeptInOneThatDoesNotExistIsNoEntry() {
        #expect(row([0x09, 0x02, 0x83, 0x50]) == nil)
        #expect(row([0x09, 0x10, 0x11]) == nil)
        #expect(row([0x09, 0x10, 0x05])?.returnRule == .inRegister)
    }

    /// libunwind would go round for ever: `skip` back to itself.
    @Test func expressionsThatJumpAreNoEntry() {
        #expect(row([0x0F, 0x03, 0x2F, 0xFD, 0xFF]) == nil)
        #expect(row([0x10, 0x10, 0x05, 0x77, 0x00, 0x28, 0xFB, 0xFF]) == nil)
        #expect(row([0x0F, 0x02, 0x77, 0x08])?.kind == .unsupported)
    }

    @Test func locationsThatWrapAroundEnd() {
        // advance_loc4 of nearly 4 GiB, over and over.
        let advances = [UInt8](([0x04, 0xFF, 0xFF, 0xFF, 0xFF] as [UInt8]).cycled(5000))
        #expect(row(advances)?.kind == .stackPointer)
    }

    /// Function entries whose common entry is themselves, each other, or outside.
    @Test func entriesThatReferToEachOtherAreSkipped() {
        var frames = EhFrameBuilder(address: 0x10000)
        frames.addCommon()
        frames.addFunction(start: 0x1000, length: 0x100)
        frames.addFunction(start: 0x2000, length: 0x100)
        let entry = frames.functions[0].entry
        for distance in [4, 1, 0xFFFF_FFFF, UInt32(entry) + 5, UInt32(entry) + 8] {
            var bytes = frames.bytes
            bytes.replaceSubrange((entry + 4)..<(entry + 8), with: EhFrameBuilder.little(distance))
            let module = module(bytes)
            #expect(module.row(at: ModuleRelativeAddress(0x1010)) == nil)
            #expect(module.row(at: ModuleRelativeAddress(0x2010))?.kind == .stackPointer)
        }
    }

    @Test func enormousRecordsEndTheSection() {
        var frames = EhFrameBuilder(address: 0x10000)
        frames.addCommon()
        frames.addFunction(start: 0x1000, length: 0x100)
        for size in [EhFrameBuilder.little(0x7FFF_FFFF), EhFrameBuilder.little(0xFFFF_FFFF) + Self.largest.prefix(8)] {
            let module = module(frames.bytes + size + frames.bytes)
            #expect(module.functionCount == 1)
            #expect(module.row(at: ModuleRelativeAddress(0x1000)) != nil)
        }
    }

    @Test func functionsThatCoverEverythingLeaveTheOthersTheirs() {
        var frames = EhFrameBuilder(address: 0x10000)
        frames.addCommon()
        frames.addFunction(start: 0, length: .max)
        frames.addFunction(start: 0x1000, length: 0x100, instructions: Instruction.cfaOffset(32))
        let module = module(frames.bytes)
        #expect(module.row(at: ModuleRelativeAddress(0x1000))?.cfaOffset == 32)
        #expect(module.row(at: ModuleRelativeAddress(0xFFF))?.cfaOffset == 8)
        #expect(module.row(at: ModuleRelativeAddress(0x1100)) == nil)
        #expect(module.row(at: ModuleRelativeAddress(.max)) == nil)
    }
}

extension Array {
    fileprivate func cycled(_ count: Int) -> [Element] { (0..<count).flatMap { _ in self } }
}
