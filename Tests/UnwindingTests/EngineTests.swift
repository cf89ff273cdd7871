#if arch(x86_64)
    import ProfileModel
    import Testing
    import Unwinding

    /// Functions at made-up addresses, a made-up stack, and the frames that follow from them by the rules alone.
    ///
    /// Every case runs on both engines, which must agree wherever the tables are sound.
    @Suite struct EngineTests {
        private static let bias: UInt64 = 0x5555_0000_0000
        private static let stackBase: UInt64 = 0x7FFF_0000_1000

        private struct Layout {
            static let leaf: UInt64 = 0x1000
            static let framePointer: UInt64 = 0x2000
            static let realigned: UInt64 = 0x3000
            static let start: UInt64 = 0x4000
            static let trampoline: UInt64 = 0x5000
        }

        private func makeModule() -> UnwindModule {
            var frames = EhFrameBuilder(address: 0x10000)
            frames.addCommon()
            // One push: CFA moves from rsp + 8 to rsp + 16 after the first instruction.
            frames.addFunction(
                start: Layout.leaf, length: 0x100, instructions: Instruction.advance(1) + Instruction.cfaOffset(16))
            frames.addFunction(
                start: Layout.framePointer, length: 0x100,
                instructions: Instruction.advance(1) + Instruction.cfaOffset(16) + Instruction.rbpSaved(2)
                    + Instruction.advance(3) + Instruction.cfaRBP(16))
            frames.addFunction(
                start: Layout.realigned, length: 0x100,
                instructions: Instruction.advance(8) + Instruction.cfaDereferencesRBP)
            frames.addFunction(start: Layout.start, length: 0x40, instructions: Instruction.undefinedReturnAddress)
            return UnwindModule(
                ehFrame: frames.bytes, address: ModuleRelativeAddress(0x10000),
                layout: UnwindModule.Layout(
                    entryPoint: ModuleRelativeAddress(0),
                    addresses: ModuleRelativeAddress(0)..<ModuleRelativeAddress(0x20000), file: -1))
        }

        private func makeSpace(_ module: UnwindModule?) throws -> UnwindSpace {
            try #require(
                UnwindSpace([
                    UnwindMapping(
                        addresses: VirtualAddress(Self.bias)..<VirtualAddress(Self.bias + 0x20000), bias: Self.bias,
                        fileOffset: FileOffset(0), module: module)
                ]))
        }

        /// Unwinds and gives the frames as module addresses.
        private func unwind(
            _ module: UnwindModule?, pc: UInt64, rbp: UInt64 = 0, rdi: UInt64 = 0, stack: [UInt64], capacity: Int = 64,
            mustAgree: Bool = true
        ) throws -> (frames: [UInt64], end: UnwindEnd) {
            var registers = [UInt64](repeating: 0, count: 17)
            registers[5] = rdi
            registers[6] = rbp
            registers[7] = Self.stackBase
            registers[16] = pc + Self.bias
            let space = try makeSpace(module)
            var libunwind = LibunwindEngine()
            var table = TableEngine()
            let reference = run(&libunwind, registers, stack, space, capacity)
            let result = run(&table, registers, stack, space, capacity)
            if mustAgree { #expect(result == reference, "table engine against libunwind") }
            #expect(run(&table, registers, stack, space, capacity) == result, "from a warm cache")
            return (result.frames, result.end)
        }

        private struct Outcome: Equatable {
            var frames: [UInt64]
            var end: UnwindEnd
        }

        private func run(
            _ engine: inout some UnwindEngine & ~Copyable, _ registers: [UInt64], _ stack: [UInt64],
            _ space: UnwindSpace,
            _ capacity: Int
        ) -> Outcome {
            var output = [UInt64](repeating: 0, count: capacity)
            let result = registers.withUnsafeBufferPointer { registers in
                stack.withUnsafeBytes { stack in
                    output.withUnsafeMutableBufferPointer {
                        engine.unwind(registers: registers, stack: stack, space: space, output: $0)
                    }
                }
            }
            return Outcome(frames: output.prefix(result.frameCount).map { $0 &- Self.bias }, end: result.end)
        }

        private func address(_ address: UInt64) -> UInt64 { address + Self.bias }

        @Test func followsStackPointerFramePointerAndStopsAtTheThreadsEntry() throws {
            // leaf (after its push) ← framePointer (after its prologue) ← start
            let savedRBPSlot = Self.stackBase + 8 * 4
            let stack: [UInt64] = [
                0xAAAA,  // leaf's pushed register
                address(Layout.framePointer + 0x20),  // leaf returns here
                0xBBBB, 0xCCCC,  // locals
                0xDDDD,  // saved rbp of start
                address(Layout.start + 0x10),  // framePointer returns here
            ]
            let result = try unwind(makeModule(), pc: Layout.leaf + 0x10, rbp: savedRBPSlot, stack: stack)
            #expect(result.frames == [Layout.leaf + 0x10, Layout.framePointer + 0x1F, Layout.start + 0xF])
            #expect(result.end == .root)
        }

        @Test func theLeafUsesTheRowOfItsExactAddress() throws {
            // At the very first byte nothing is pushed yet: the return address is on top.
            let stack: [UInt64] = [address(Layout.start + 0x10), 0xAAAA]
            let result = try unwind(makeModule(), pc: Layout.leaf, stack: stack)
            #expect(result.frames == [Layout.leaf, Layout.start + 0xF])
            #expect(result.end == .root)
        }

        @Test func aCallerAtItsFunctionsEndBelongsToThatFunction() throws {
            // A call that never returns is the last instruction: the return address is the next function's first byte.
            let stack: [UInt64] = [0xAAAA, address(Layout.start + 0x40)]
            let result = try unwind(makeModule(), pc: Layout.leaf + 0x10, stack: stack)
            #expect(result.frames == [Layout.leaf + 0x10, Layout.start + 0x3F])
            #expect(result.end == .root)
        }

        @Test func dereferencingCFAIsEvaluated() throws {
            // rbp - 8 holds the CFA: the sixth word's address; the return address is below it.
            let rbp = Self.stackBase + 8 * 3
            let stack: [UInt64] = [1, 2, Self.stackBase + 8 * 6, 4, 5, address(Layout.start + 8), 7]
            let result = try unwind(makeModule(), pc: Layout.realigned + 0x30, rbp: rbp, stack: stack)
            #expect(result.frames == [Layout.realigned + 0x30, Layout.start + 7])
            #expect(result.end == .root)
        }

        @Test func endOfTheCapturedBytesIsSaidSo() throws {
            let result = try unwind(makeModule(), pc: Layout.leaf + 0x10, stack: [0xAAAA])
            #expect(result.frames == [Layout.leaf + 0x10])
            #expect(result.end == .stackBytes)
        }

        @Test func codeWithoutAnEntryIsNotGuessedThrough() throws {
            // rbp would lead to a plausible frame; following it would be a guess.
            let stack: [UInt64] = [0, address(Layout.start + 8), 0, 0]
            let result = try unwind(makeModule(), pc: 0x9000, rbp: Self.stackBase, stack: stack)
            #expect(result.frames == [0x9000])
            #expect(result.end == .noUnwindInfo)
        }

        @Test func memoryWithoutAModuleIsSaidSo() throws {
            #expect(try unwind(nil, pc: 0x1000, stack: [0]).end == .noModule)
            #expect(try unwind(makeModule(), pc: 0x30000, stack: [0]).end == .noModule)
        }

        @Test func aFramePointerThatTheEpilogueHasPoppedIsInItsRegister() throws {
            // At the return instruction the stack pointer is past the saved one, and the rules still name its old place.
            var frames = EhFrameBuilder(address: 0x10000)
            frames.addCommon()
            frames.addFunction(
                start: Layout.leaf, length: 0x100,
                instructions: Instruction.advance(1) + Instruction.cfaOffset(16) + Instruction.rbpSaved(2)
                    + Instruction.advance(3) + Instruction.cfaRBP(16) + Instruction.advance(0x30)
                    + Instruction.cfaRSP(8))
            frames.addFunction(
                start: Layout.framePointer, length: 0x100,
                instructions: Instruction.advance(1) + Instruction.cfaRBP(16) + Instruction.rbpSaved(2))
            frames.addFunction(start: Layout.start, length: 0x40, instructions: Instruction.undefinedReturnAddress)
            let module = UnwindModule(
                ehFrame: frames.bytes, address: ModuleRelativeAddress(0x10000),
                layout: UnwindModule.Layout(
                    entryPoint: ModuleRelativeAddress(0),
                    addresses: ModuleRelativeAddress(0)..<ModuleRelativeAddress(0x20000), file: -1))
            let stack: [UInt64] = [address(Layout.framePointer + 0x20), 5, 0, address(Layout.start + 0x10)]
            // libunwind looks for it below the captured bytes and gives up.
            let result = try unwind(
                module, pc: Layout.leaf + 0x40, rbp: Self.stackBase + 16, stack: stack, mustAgree: false)
            #expect(result.frames == [Layout.leaf + 0x40, Layout.framePointer + 0x1F, Layout.start + 0xF])
            #expect(result.end == .root)
        }

        @Test func aLeafMayKeepItsReturnAddressInARegister() throws {
            // vfork pops it into rdi, since the child is to share its stack: CFA = rsp, return address in register 5.
            var frames = EhFrameBuilder(address: 0x10000)
            frames.addCommon()
            frames.addFunction(
                start: Layout.leaf, length: 0x100,
                instructions: Instruction.advance(1) + Instruction.cfaOffset(0) + Instruction.returnAddressInRegister(5)
            )
            frames.addFunction(
                start: Layout.framePointer, length: 0x100, instructions: Instruction.cfaOffset(24))
            frames.addFunction(start: Layout.start, length: 0x40, instructions: Instruction.undefinedReturnAddress)
            let module = UnwindModule(
                ehFrame: frames.bytes, address: ModuleRelativeAddress(0x10000),
                layout: UnwindModule.Layout(
                    entryPoint: ModuleRelativeAddress(0),
                    addresses: ModuleRelativeAddress(0)..<ModuleRelativeAddress(0x20000), file: -1))
            let result = try unwind(
                module, pc: Layout.leaf + 4, rdi: address(Layout.framePointer + 0x20),
                stack: [1, 2, address(Layout.start + 0x10), 4])
            #expect(result.frames == [Layout.leaf + 4, Layout.framePointer + 0x1F, Layout.start + 0xF])
            #expect(result.end == .root)
        }

        @Test func aLoopInTheStackEnds() throws {
            // A realigned frame whose CFA is itself would go round for ever.
            let rbp = Self.stackBase + 8
            let stack: [UInt64] = [Self.stackBase, address(Layout.realigned + 0x30), 3]
            let result = try unwind(makeModule(), pc: Layout.realigned + 0x30, rbp: rbp, stack: stack)
            #expect(result.end == .badUnwindInfo || result.end == .stackBytes)
            #expect(result.frames.count < 4)
        }

        @Test func depthIsLimitedByTheOutput() throws {
            let stack = (0..<100).map { $0 % 2 == 0 ? 0xAAAA : address(Layout.leaf + 0x11) }
            let result = try unwind(makeModule(), pc: Layout.leaf + 0x10, stack: stack, capacity: 8)
            #expect(result.frames.count == 8)
            #expect(result.end == .depth)
        }

        @Test func damagedTablesNeverCrash() throws {
            var frames = EhFrameBuilder(address: 0x10000)
            frames.addCommon()
            for index in 0..<20 {
                frames.addFunction(
                    start: 0x1000 * UInt64(index + 1), length: 0x800,
                    instructions: Instruction.advance(4) + Instruction.cfaDereferencesRBP + Instruction.rbpSaved(2))
            }
            var state: UInt64 = 99
            func random() -> UInt64 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return state >> 33
            }
            for _ in 0..<3000 {
                var bytes = frames.bytes
                for _ in 0..<(1 + random() % 6) {
                    bytes[Int(random()) % bytes.count] = UInt8(truncatingIfNeeded: random())
                }
                let module = UnwindModule(
                    ehFrame: bytes, address: ModuleRelativeAddress(0x10000),
                    layout: UnwindModule.Layout(
                        entryPoint: ModuleRelativeAddress(0),
                        addresses: ModuleRelativeAddress(0)..<ModuleRelativeAddress(0x20000), file: -1))
                let stack = (0..<32).map { _ in
                    random() % 2 == 0
                        ? address(0x1000 * (1 + random() % 20) + random() % 0x900) : Self.stackBase + random() % 300
                }
                let result = try unwind(
                    module, pc: 0x1000 * (1 + random() % 20) + random() % 16, rbp: Self.stackBase + random() % 256,
                    stack: stack, mustAgree: false)
                #expect(result.frames.count >= 1)
            }
        }
    }
#endif
