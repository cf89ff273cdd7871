#if arch(x86_64)
    import ProfileModel
    import Testing
    import Unwinding

    /// Code written at run time has no tables and keeps frame pointers; compiled code around it has tables.
    @Suite struct GeneratedCodeTests {
        private static let bias: UInt64 = 0x5555_0000_0000
        private static let generated: UInt64 = 0x7000_0000_0000
        private static let stackBase: UInt64 = 0x7FFF_0000_1000
        private static let start: UInt64 = 0x4000

        private func unwind(pc: UInt64, rbp: UInt64, stack: [UInt64]) throws -> (frames: [UInt64], end: UnwindEnd) {
            var frames = EhFrameBuilder(address: 0x10000)
            frames.addCommon()
            frames.addFunction(start: Self.start, length: 0x40, instructions: Instruction.undefinedReturnAddress)
            let module = UnwindModule(
                ehFrame: frames.bytes, address: ModuleRelativeAddress(0x10000),
                layout: UnwindModule.Layout(
                    entryPoint: ModuleRelativeAddress(0),
                    addresses: ModuleRelativeAddress(0)..<ModuleRelativeAddress(0x20000), file: -1))
            let mapping = { (start: UInt64, length: UInt64, module: UnwindModule?) in
                UnwindMapping(
                    addresses: VirtualAddress(start)..<VirtualAddress(start + length), bias: module == nil ? 0 : start,
                    fileOffset: FileOffset(0), module: module, isGenerated: module == nil)
            }
            let space = try #require(
                UnwindSpace([mapping(Self.bias, 0x20000, module), mapping(Self.generated, 0x1000, nil)]))
            var registers = [UInt64](repeating: 0, count: 17)
            registers[6] = rbp
            registers[7] = Self.stackBase
            registers[16] = pc
            var output = [UInt64](repeating: 0, count: 64)
            var engine = TableEngine()
            let result = registers.withUnsafeBufferPointer { registers in
                stack.withUnsafeBytes { stack in
                    output.withUnsafeMutableBufferPointer {
                        engine.unwind(registers: registers, stack: stack, space: space, output: $0)
                    }
                }
            }
            return (Array(output.prefix(result.frameCount)), result.end)
        }

        private func slot(_ index: Int) -> UInt64 { Self.stackBase + 8 * UInt64(index) }

        @Test func framePointersLeadThroughGeneratedCodeIntoCompiledCode() throws {
            // generated ← generated ← the runtime's own code without an entry ← start
            let stack: [UInt64] = [
                1, slot(3), Self.generated + 0x21,
                slot(6), Self.bias + 0x9001, 2,
                0, Self.bias + Self.start + 0x10,
            ]
            let result = try unwind(pc: Self.generated + 0x10, rbp: slot(1), stack: stack)
            let expected = [
                Self.generated + 0x10, Self.generated + 0x20, Self.bias + 0x9000, Self.bias + Self.start + 0xF,
            ]
            #expect(result.frames == expected)
            #expect(result.end == .root)
        }

        @Test func aWordThatIsNoFramePointerEndsTheStack() throws {
            for rbp in [0, Self.stackBase - 8, slot(1) + 1, slot(200_000)] as [UInt64] {
                let result = try unwind(
                    pc: Self.generated + 0x10, rbp: rbp, stack: [1, slot(3), Self.generated + 0x21, 4])
                #expect(result.frames == [Self.generated + 0x10])
                #expect(result.end == .noModule)
            }
        }

        @Test func aFramePointerBeyondTheCapturedBytesAsksForMore() throws {
            let result = try unwind(
                pc: Self.generated + 0x10, rbp: slot(4000), stack: [1, slot(3), Self.generated + 0x21, 4])
            #expect(result.frames == [Self.generated + 0x10])
            #expect(result.end == .stackBytes)
        }

        @Test func aReturnAddressMustBeCode() throws {
            let result = try unwind(pc: Self.generated + 0x10, rbp: slot(1), stack: [1, slot(3), 0x1234, 4])
            #expect(result.frames.count == 1)
            #expect(result.end == .noModule)
        }

        @Test func aFramePointerToItselfEnds() throws {
            let stack: [UInt64] = [1, slot(1), Self.generated + 0x21, 4]
            let result = try unwind(pc: Self.generated + 0x10, rbp: slot(1), stack: stack)
            #expect(result.frames.count <= 2)
            #expect(result.end == .noModule)
        }

        @Test func compiledCodeWithoutAnEntryIsNotFollowedByItself() throws {
            let stack: [UInt64] = [1, 0, Self.bias + Self.start + 0x10, 4]
            let result = try unwind(pc: Self.bias + 0x9000, rbp: slot(1), stack: stack)
            #expect(result.frames == [Self.bias + 0x9000])
            #expect(result.end == .noUnwindInfo)
        }
    }
#endif
