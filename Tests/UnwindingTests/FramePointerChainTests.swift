#if arch(x86_64)
    import ProfileModel
    import Testing
    import Unwinding

    /// The kernel's chain of frame pointers goes on where the captured bytes end, as far as the tables prove it.
    @Suite struct FramePointerChainTests {
        private static let bias: UInt64 = 0x5555_0000_0000
        private static let stackBase: UInt64 = 0x7FFF_0000_1000
        // Functions: a leaf without a frame, some that keep a frame pointer, one that does not, an entry.
        private static let leaf: UInt64 = 0x1000
        private static let keeps: UInt64 = 0x2000
        private static let omits: UInt64 = 0x3000
        private static let start: UInt64 = 0x4000

        private func makeSpace() throws -> UnwindSpace {
            var frames = EhFrameBuilder(address: 0x10000)
            frames.addCommon()
            frames.addFunction(start: Self.leaf, length: 0x100, instructions: [])
            frames.addFunction(
                start: Self.keeps, length: 0x100,
                instructions: Instruction.advance(1) + Instruction.cfaOffset(16) + Instruction.rbpSaved(2)
                    + Instruction.advance(3) + Instruction.cfaRBP(16))
            frames.addFunction(
                start: Self.omits, length: 0x100, instructions: Instruction.advance(1) + Instruction.cfaOffset(16))
            frames.addFunction(start: Self.start, length: 0x40, instructions: Instruction.undefinedReturnAddress)
            let module = UnwindModule(
                ehFrame: frames.bytes, address: ModuleRelativeAddress(0x10000),
                layout: UnwindModule.Layout(
                    entryPoint: ModuleRelativeAddress(0),
                    addresses: ModuleRelativeAddress(0)..<ModuleRelativeAddress(0x20000), file: -1))
            return try #require(
                UnwindSpace([
                    UnwindMapping(
                        addresses: VirtualAddress(Self.bias)..<VirtualAddress(Self.bias + 0x20000), bias: Self.bias,
                        fileOffset: FileOffset(0), module: module)
                ]))
        }

        /// Unwinds a leaf whose caller keeps a frame pointer, out of 24 captured bytes.
        /// - Parameter chain: module addresses that the kernel found, the leaf's own excluded.
        private func unwind(
            chain: [UInt64], framePointer: UInt64 = Self.stackBase + 0x40
        ) throws -> (frames: [UInt64], result: UnwindResult) {
            var registers = [UInt64](repeating: 0, count: 17)
            registers[6] = framePointer
            registers[7] = Self.stackBase
            registers[16] = Self.bias + Self.leaf
            let stack: [UInt64] = [Self.bias + Self.keeps + 0x21, 0, 0]
            let chain = [Self.bias + Self.leaf] + chain.map { Self.bias + $0 }
            var output = [UInt64](repeating: 0, count: 64)
            var engine = TableEngine()
            let space = try makeSpace()
            let result = registers.withUnsafeBufferPointer { registers in
                stack.withUnsafeBytes { stack in
                    chain.withUnsafeBufferPointer { chain in
                        output.withUnsafeMutableBufferPointer { output in
                            engine.unwind(
                                registers: registers, stack: stack, chain: chain, space: space, output: output)
                        }
                    }
                }
            }
            return (output.prefix(result.frameCount).map { $0 &- Self.bias }, result)
        }

        @Test func theLeafsCallerComesFromTheBytesAndTheRestFromTheChain() throws {
            // The kernel misses the leaf's caller: its chain starts with the caller's caller.
            let (frames, result) = try unwind(chain: [Self.keeps + 0x31, Self.keeps + 0x41, Self.start + 0x11])
            #expect(result.end == .root)
            #expect(result.chainedFrames == 3)
            #expect(
                frames == [Self.leaf, Self.keeps + 0x20, Self.keeps + 0x30, Self.keeps + 0x40, Self.start + 0x10])
        }

        @Test func aFunctionWithoutFramePointerEndsTheProof() throws {
            let (frames, result) = try unwind(chain: [Self.omits + 0x31, Self.keeps + 0x41, Self.start + 0x11])
            #expect(result.end == .stackBytes)
            #expect(frames == [Self.leaf, Self.keeps + 0x20, Self.omits + 0x30])
        }

        @Test func aChainThatEndsBeforeTheEntryIsShort() throws {
            let (frames, result) = try unwind(chain: [Self.keeps + 0x31])
            #expect(result.end == .stackBytes)
            #expect(frames.count == 3)
        }

        @Test func aChainIntoNoModuleEndsThere() throws {
            let (frames, result) = try unwind(chain: [0x7000_0000, Self.start + 0x11])
            #expect(result.end == .stackBytes)
            #expect(frames.count == 3)
        }

        @Test func withoutAChainTheBytesDecide() throws {
            let (frames, result) = try unwind(chain: [])
            #expect(result.end == .stackBytes)
            #expect(frames == [Self.leaf, Self.keeps + 0x20])
        }
    }
#endif
