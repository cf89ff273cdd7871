#if arch(x86_64)
    import Glibc
    import ProfileModel
    import Testing
    import Unwinding

    /// A leaf without an unwind entry: its caller is taken only when code and stack prove it.
    @Suite struct LeafRecoveryTests {
        private static let bias: UInt64 = 0x5555_0000_0000
        private static let caller: UInt64 = 0x4000
        private static let leaf: UInt64 = 0x9000
        private static let returnAddress = caller + 0x10

        /// Unwinds from the leaf with the caller's code in front of the return address.
        private func unwind(callerCode: [UInt8], top: UInt64 = returnAddress) throws -> (frames: [UInt64], UnwindResult)
        {
            let path = "/tmp/tickscope-leaf-\(getpid())-\(UInt64.random(in: 0 ... .max))"
            let file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            defer { close(file) }
            unlink(path)
            #expect(ftruncate(file, 0x20000) == 0)
            _ = pwrite(file, callerCode, callerCode.count, Int(Self.returnAddress) - callerCode.count)

            var frames = EhFrameBuilder(address: 0x10000)
            frames.addCommon()
            frames.addFunction(start: Self.caller, length: 0x40, instructions: Instruction.undefinedReturnAddress)
            let module = UnwindModule(
                ehFrame: frames.bytes, address: ModuleRelativeAddress(0x10000),
                layout: UnwindModule.Layout(
                    entryPoint: ModuleRelativeAddress(0),
                    addresses: ModuleRelativeAddress(0)..<ModuleRelativeAddress(0x20000), file: file))
            let space = try #require(
                UnwindSpace([
                    UnwindMapping(
                        addresses: VirtualAddress(Self.bias)..<VirtualAddress(Self.bias + 0x20000), bias: Self.bias,
                        fileOffset: FileOffset(0), module: module)
                ]))
            var registers = [UInt64](repeating: 0, count: 17)
            registers[7] = 0x7FFF_0000_0000
            registers[16] = Self.leaf + 4 + Self.bias
            let before = registers
            let stack: [UInt64] = [top + Self.bias, 0, 0, 0]
            var output = [UInt64](repeating: 0, count: 16)
            var engine = TableEngine()
            let result = registers.withUnsafeMutableBufferPointer { registers in
                stack.withUnsafeBytes { stack in
                    output.withUnsafeMutableBufferPointer { output in
                        engine.unwindRecoveringLeaf(registers: registers, stack: stack, space: space, output: output)
                    }
                }
            }
            #expect(registers == before)
            return (output.prefix(result.frameCount).map { $0 - Self.bias }, result)
        }

        private func directCall(to target: UInt64) -> [UInt8] {
            [0xE8] + EhFrameBuilder.little(UInt32(truncatingIfNeeded: target &- Self.returnAddress))
        }

        @Test func aDirectCallToTheLeafProvesItsCaller() throws {
            let (frames, result) = try unwind(callerCode: directCall(to: Self.leaf))
            #expect(frames == [Self.leaf + 4, Self.returnAddress - 1])
            #expect(result.end == .root)
            #expect(result.isLeafRecovered)
        }

        @Test(
            arguments: [
                [0xFF, 0xD0],  // call rax
                [0x41, 0xFF, 0xD3],  // call r11
                [0xFF, 0x50, 0x18],  // call [rax + 0x18]
                [0xFF, 0x54, 0x24, 0x08],  // call [rsp + 8]
                [0xFF, 0x15, 0, 0x10, 0, 0],  // call [rip + 0x1000]
                [0xFF, 0x94, 0xC0, 0, 1, 0, 0],  // call [rax + rax * 8 + 0x100]
            ] as [[UInt8]])
        func anIndirectCallMayHaveGoneThere(code: [UInt8]) throws {
            #expect(try unwind(callerCode: code).1.isLeafRecovered)
        }

        @Test(
            arguments: [
                [0x90, 0x90],  // no call at all
                [0xFF, 0xE0],  // jmp rax
                [0xFF, 0x10, 0x90],  // call [rax], but one byte too early
            ] as [[UInt8]])
        func otherCodeProvesNothing(code: [UInt8]) throws {
            let (frames, result) = try unwind(callerCode: code)
            #expect(frames == [Self.leaf + 4])
            #expect(result.end == .noUnwindInfo)
        }

        @Test func aCallToAnotherFunctionProvesNothing() throws {
            for target in [Self.caller + 0x20, Self.leaf + 0x100, 0x20_0000] {
                #expect(try unwind(callerCode: directCall(to: target)).1.end == .noUnwindInfo)
            }
        }

        @Test func aStackThatDoesNotReachTheThreadsEntryProvesNothing() throws {
            #expect(try unwind(callerCode: directCall(to: Self.leaf), top: 0xA000).1.end == .noUnwindInfo)
        }
    }
#endif
