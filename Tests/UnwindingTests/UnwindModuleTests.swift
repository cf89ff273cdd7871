import ProfileModel
import Testing
import Unwinding

@Suite struct UnwindModuleTests {
    private func module(_ frames: EhFrameBuilder, entryPoint: UInt64 = 0) -> UnwindModule {
        UnwindModule(
            ehFrame: frames.bytes, address: ModuleRelativeAddress(frames.address),
            layout: UnwindModule.Layout(
                entryPoint: ModuleRelativeAddress(entryPoint),
                addresses: ModuleRelativeAddress(0)..<ModuleRelativeAddress(0x100000), file: -1))
    }

    @Test func functionsAreFoundByAnyAddressInThem() {
        var frames = EhFrameBuilder(address: 0x8000)
        frames.addCommon()
        frames.addFunction(start: 0x3000, length: 0x10)
        frames.addFunction(start: 0x1000, length: 0x100)
        let module = module(frames)
        #expect(module.functionCount == 2)
        #expect(module.functionStart(of: ModuleRelativeAddress(0x10FF)) == ModuleRelativeAddress(0x1000))
        #expect(module.functionStart(of: ModuleRelativeAddress(0x1100)) == nil)
        #expect(module.functionStart(of: ModuleRelativeAddress(0x300F)) == ModuleRelativeAddress(0x3000))
        #expect(module.functionStart(of: ModuleRelativeAddress(0xFFF)) == nil)
    }

    @Test func ofOverlappingFunctionsTheLastStartHolds() {
        var frames = EhFrameBuilder(address: 0x8000)
        frames.addCommon()
        frames.addFunction(start: 0x1000, length: 0x1000)
        frames.addFunction(start: 0x1800, length: 0x10)
        let module = module(frames)
        #expect(module.functionStart(of: ModuleRelativeAddress(0x17FF)) == ModuleRelativeAddress(0x1000))
        #expect(module.functionStart(of: ModuleRelativeAddress(0x1800)) == ModuleRelativeAddress(0x1800))
        #expect(module.functionStart(of: ModuleRelativeAddress(0x1900)) == nil)
    }

    @Test func outermostFunctionsAreTold() {
        var frames = EhFrameBuilder(address: 0x8000)
        frames.addCommon()
        frames.addFunction(start: 0x1000, length: 0x10)
        frames.addFunction(start: 0x2000, length: 0x10, instructions: Instruction.undefinedReturnAddress)
        // The same two bytes as operands of another instruction mean nothing: CFA offset of 7, then register 16 saved.
        frames.addFunction(start: 0x3000, length: 0x10, instructions: [0x0E, 0x07, 0x10, 0x00, 0x00])
        let module = module(frames, entryPoint: 0x5000)
        #expect(!module.isOutermost(ModuleRelativeAddress(0x1000)))
        #expect(module.isOutermost(ModuleRelativeAddress(0x2004)))
        #expect(!module.isOutermost(ModuleRelativeAddress(0x3004)))
        #expect(module.isOutermost(ModuleRelativeAddress(0x5010)))
        #expect(!module.isOutermost(ModuleRelativeAddress(0x6000)))
    }

    @Test func truncatedSectionsKeepWhatIsWhole() {
        var frames = EhFrameBuilder(address: 0x8000)
        frames.addCommon()
        frames.addFunction(start: 0x1000, length: 0x10)
        frames.addFunction(start: 0x2000, length: 0x10)
        for length in 0...frames.bytes.count {
            let module = UnwindModule(
                ehFrame: Array(frames.bytes.prefix(length)), address: ModuleRelativeAddress(0x8000),
                layout: UnwindModule.Layout(
                    entryPoint: ModuleRelativeAddress(0),
                    addresses: ModuleRelativeAddress(0)..<ModuleRelativeAddress(0x100000), file: -1))
            #expect(module.functionCount <= 2)
            if length == frames.bytes.count { #expect(module.functionCount == 2) }
        }
    }
}
