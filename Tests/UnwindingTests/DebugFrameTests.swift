import ProfileModel
import Synchronization
import Testing
import Unwinding

/// `.debug_frame` answers for functions that `.eh_frame` does not have, in every form that DWARF 2 to 5 give it.
@Suite struct DebugFrameTests {
    private static func little(_ value: UInt64, _ size: Int) -> [UInt8] {
        (0..<size).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
    }

    private struct Form: CustomTestStringConvertible, Sendable {
        var version: UInt8 = 3
        var isLong = false
        var augmentation = ""
        var addressSize: UInt8 = 8
        var segmentSize: UInt8 = 0
        var testDescription: String { "version \(version), \(isLong ? 64 : 32)-bit, \"\(augmentation)\"" }

        private func record(_ body: [UInt8]) -> [UInt8] {
            (isLong ? [0xFF, 0xFF, 0xFF, 0xFF] : []) + little(UInt64(body.count), isLong ? 8 : 4) + body
        }

        /// CFA = rsp + 8, return address at CFA - 8.
        var common: [UInt8] {
            var body = little(.max, isLong ? 8 : 4) + [version] + Array(augmentation.utf8) + [0]
            if version >= 4 { body += [addressSize, segmentSize] }
            return record(body + [0x01, 0x78, 0x10, 0x0C, 0x07, 0x08, 0x90, 0x01])
        }

        func function(_ start: UInt64, length: UInt64, common: UInt64, _ instructions: [UInt8] = []) -> [UInt8] {
            record(little(common, isLong ? 8 : 4) + little(start, 8) + little(length, 8) + instructions)
        }
    }

    private func module(_ debugFrame: [UInt8], ehFrame: [UInt8] = []) -> UnwindModule {
        UnwindModule(
            ehFrame: ehFrame, address: ModuleRelativeAddress(0x10000),
            layout: UnwindModule.Layout(
                entryPoint: ModuleRelativeAddress(0),
                addresses: ModuleRelativeAddress(0)..<ModuleRelativeAddress(0x20000), file: -1),
            debugFrame: { debugFrame })
    }

    @Test(arguments: [
        Form(version: 1), Form(version: 3), Form(version: 4), Form(isLong: true), Form(version: 4, isLong: true),
        Form(augmentation: "S"),
    ])
    private func everyFormGivesTheSameRows(form: Form) throws {
        let bytes =
            form.common
            + form.function(0x1000, length: 0x100, common: 0, Instruction.advance(1) + Instruction.cfaOffset(16))
            + form.function(0x2000, length: 0x10, common: 0, Instruction.undefinedReturnAddress)
        let module = module(bytes)
        let first = try #require(module.row(at: ModuleRelativeAddress(0x1000)))
        #expect(first.kind == .stackPointer && first.cfaOffset == 8 && first.returnOffset == -8)
        #expect(first.isSignal == (form.augmentation == "S"))
        #expect(module.row(at: ModuleRelativeAddress(0x1001))?.cfaOffset == 16)
        #expect(module.row(at: ModuleRelativeAddress(0x1100)) == nil)
        #expect(module.isOutermost(ModuleRelativeAddress(0x2008)))
        #expect(!module.isOutermost(ModuleRelativeAddress(0x1008)))
    }

    @Test func aFunctionMayComeBeforeItsCommonEntry() {
        let form = Form()
        let function = form.function(0x1000, length: 0x10, common: 28)
        #expect(function.count == 24)
        // Padded to where the function says that its common entry is.
        let bytes = function + [0, 0, 0, 0] + form.common
        #expect(module(bytes).functionStart(of: ModuleRelativeAddress(0x100F)) == ModuleRelativeAddress(0x1000))
    }

    @Test(arguments: [
        Form(version: 2), Form(version: 9), Form(augmentation: "eh"), Form(version: 4, addressSize: 4),
        Form(version: 4, segmentSize: 2),
    ])
    private func whatNobodyDescribesIsLeftOut(form: Form) {
        let sound = Form()
        let bytes =
            form.common + form.function(0x1000, length: 0x10, common: 0)
            + sound.common
            + sound.function(
                0x2000, length: 0x10, common: UInt64(form.common.count + form.function(0, length: 1, common: 0).count))
        let module = module(bytes)
        #expect(module.functionStart(of: ModuleRelativeAddress(0x1000)) == nil)
        #expect(module.functionStart(of: ModuleRelativeAddress(0x2000)) == ModuleRelativeAddress(0x2000))
    }

    @Test func ehFrameComesFirst() {
        var frames = EhFrameBuilder(address: 0x10000)
        frames.addCommon()
        frames.addFunction(start: 0x1000, length: 0x10, instructions: Instruction.cfaOffset(32))
        let form = Form()
        let bytes =
            form.common + form.function(0x1000, length: 0x10, common: 0)
            + form.function(0x1010, length: 0x10, common: 0)
        let module = module(bytes, ehFrame: frames.bytes)
        #expect(module.row(at: ModuleRelativeAddress(0x1000))?.cfaOffset == 32)
        #expect(module.row(at: ModuleRelativeAddress(0x1010))?.cfaOffset == 8)
        #expect(module.functionCount == 1)
    }

    @Test func theSectionIsReadOnceAndOnlyWhenNeeded() {
        let reads = Mutex(0)
        var frames = EhFrameBuilder(address: 0x10000)
        frames.addCommon()
        frames.addFunction(start: 0x1000, length: 0x10)
        let module = UnwindModule(
            ehFrame: frames.bytes, address: ModuleRelativeAddress(0x10000),
            layout: UnwindModule.Layout(
                entryPoint: ModuleRelativeAddress(0),
                addresses: ModuleRelativeAddress(0)..<ModuleRelativeAddress(0x20000), file: -1),
            debugFrame: {
                reads.withLock { $0 += 1 }
                return nil
            })
        _ = module.row(at: ModuleRelativeAddress(0x1000))
        #expect(reads.withLock { $0 } == 0)
        for address in 0x2000..<0x2010 { _ = module.row(at: ModuleRelativeAddress(UInt64(address))) }
        #expect(reads.withLock { $0 } == 1)
    }

    @Test func damagedSectionsKeepWhatIsSound() {
        let form = Form()
        let bytes =
            form.common + form.function(0x1000, length: 0x10, common: 0)
            + form.function(0x2000, length: 0x10, common: 0)
        for length in 0..<bytes.count {
            let module = module(Array(bytes.prefix(length)))
            #expect(module.functionStart(of: ModuleRelativeAddress(0x2000)) == nil)
        }
        // A function that is its own common entry, one whose common entry is a function, and one beyond the section.
        for common in [UInt64(form.common.count), 1, UInt64(bytes.count), 0xFFFF_FFF0] {
            let module = module(form.common + form.function(0x1000, length: 0x10, common: common))
            #expect(module.functionStart(of: ModuleRelativeAddress(0x1000)) == nil)
        }
        #expect(
            module(form.common + form.function(0x1000, length: 0, common: 0)).row(at: ModuleRelativeAddress(0x1000))
                == nil)
    }
}
