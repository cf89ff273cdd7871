internal import CUnwind
internal import Glibc

extension UnwindEngine where Self: ~Copyable {
    /// Unwinds a sample like ``unwind(registers:stack:chain:space:output:)``, also from a leaf function that has no unwind entry.
    ///
    /// Compilers leave the entry out for functions that touch no stack (Swift does). There the return address is the
    /// word at the stack pointer. It is taken only when all of this holds, and nothing is taken otherwise: the word
    /// follows a call instruction in a function with an unwind entry, that call could have gone to the leaf's function,
    /// and the stack behind it unwinds to the thread's entry.
    /// - Parameter registers: changed during the call, restored after it.
    // hot: per sample
    package mutating func unwindRecoveringLeaf(
        registers: UnsafeMutableBufferPointer<UInt64>, stack: UnsafeRawBufferPointer,
        chain: UnsafeBufferPointer<UInt64> = UnsafeBufferPointer(start: nil, count: 0), space: UnwindSpace,
        output: UnsafeMutableBufferPointer<UInt64>
    ) -> UnwindResult {
        let input = UnsafeBufferPointer(registers)
        let plain = unwind(registers: input, stack: stack, chain: chain, space: space, output: output)
        guard plain.frameCount == 1, plain.end == .noUnwindInfo, stack.count >= 16, output.count >= 2 else {
            return plain
        }
        let candidate = stack.loadUnaligned(as: UInt64.self)
        let leaf = output[0]
        guard space.isCall(before: candidate, from: leaf) else { return plain }
        let pcIndex = registers.count - 1
        let spIndex = Int(TS_UNWIND_SP)
        let saved = (pc: registers[pcIndex], sp: registers[spIndex])
        registers[pcIndex] = candidate &- 1
        registers[spIndex] = saved.sp &+ 8
        var rest = unwind(
            registers: input, stack: UnsafeRawBufferPointer(rebasing: stack[8...]), chain: chain, space: space,
            output: UnsafeMutableBufferPointer(rebasing: output[1...]))
        registers[pcIndex] = saved.pc
        registers[spIndex] = saved.sp
        guard rest.end == .root else { return plain }
        rest.frameCount += 1
        rest.isLeafRecovered = true
        return rest
    }
}

extension UnwindSpace {
    /// Answers kept, so that the code is read once for each place.
    private static let largestCache = 4096

    /// Whether the code in front of an address is a call that could have gone to the function of `target`.
    func isCall(before address: UInt64, from target: UInt64) -> Bool {
        if let known = callSites[address] { return known }
        if callSites.count >= Self.largestCache { callSites.removeAll(keepingCapacity: true) }
        let answer = readsAsCall(before: address, target: target)
        callSites[address] = answer
        return answer
    }

    private func readsAsCall(before address: UInt64, target: UInt64) -> Bool {
        #if arch(x86_64)
            guard let mapping = ts_unwind_mapping_at(space, address &- 1), let module = mapping.pointee.module,
                module.pointee.file >= 0, address &- mapping.pointee.start >= 7,
                ts_fde_at(module, address &- 1 &- mapping.pointee.bias) != nil
            else { return false }
            let offset = mapping.pointee.file_offset &+ (address &- 7 &- mapping.pointee.start)
            var code = [UInt8](repeating: 0, count: 7)
            guard let offset = Int(exactly: offset), pread(module.pointee.file, &code, 7, offset) == 7 else {
                return false
            }
            if code[2] == 0xE8 {
                let distance = code.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 3, as: Int32.self) }
                let goal = address &+ UInt64(bitPattern: Int64(distance))
                // Straight into the leaf's function, which has no entry, and not into one that has.
                if goal <= target, target &- goal < 1 << 16, ts_fde_at(module, goal &- mapping.pointee.bias) == nil {
                    return true
                }
            }
            return InstructionPattern.endsInIndirectCall(code)
        #else
            return false
        #endif
    }
}

#if arch(x86_64)
    /// The encodings of `call` through a register or memory: FF /2.
    private enum InstructionPattern {
        /// - Parameter code: seven bytes, the last of them in front of the return address.
        static func endsInIndirectCall(_ code: [UInt8]) -> Bool {
            // Bytes of the instruction → where its ModRM byte is.
            for length in [2, 3, 4, 6, 7] where code[7 - length] == 0xFF {
                let modRM = code[8 - length]
                guard modRM & 0x38 == 0x10 else { continue }
                let mode = modRM >> 6
                let hasSIB = mode != 3 && modRM & 7 == 4
                let displacement = mode == 1 ? 1 : (mode == 2 || (mode == 0 && modRM & 7 == 5) ? 4 : 0)
                if length == 2 + (hasSIB ? 1 : 0) + displacement { return true }
            }
            return false
        }
    }
#endif
