// Frames whose address is in a register that is followed for no other purpose: the dynamic linker's resolver keeps its
// frame in rbx while it calls on.
extension TableEngine {
    /// A resolver calls few functions; a hostile program that pretends otherwise must not cost more.
    private static let mostCallees = 64

    /// Steps from a frame whose CFA is in a register of its own to its caller: finds the register's value among what the
    /// functions that it called have saved.
    ///
    /// Rare, and so not compiled: the rule of that register is looked up for each of those functions.
    /// - Parameters:
    ///   - state: at the frame; at its caller after success.
    ///   - count: of frames in the output.
    ///   - steps: from the leaf to the frame.
    /// - Returns: why it cannot be done; nil after success.
    func step(
        _ state: inout UnwindState, _ count: inout Int, by steps: borrowing UnwindTrace,
        registers: UnsafeBufferPointer<UInt64>, stack: StackBytes, space: UnwindSpace,
        output: UnsafeMutableBufferPointer<UInt64>
    ) -> UnwindEnd? {
        let row = space.row(at: state.lookup, .native)
        let register = Int(row.returnOffset)
        guard row.kind == .interruptedRegister, registers.indices.contains(register), steps.count == count - 1,
            steps.count <= Self.mostCallees
        else { return .unsupportedRule }
        // Rows are compiled as if this register were the frame pointer: their frame rule is its rule then.
        var followed = CallFrameRegisters.native
        followed.framePointer = UInt64(register)
        var value = registers[register]
        for index in 0..<steps.count {
            let callee = space.row(at: output[index], followed)
            switch (callee.kind, callee.frameRule) {
            case (.unsupported, _), (.generated, _), (.noInfo, _), (.noModule, _), (.bad, _), (.outermost, _):
                return .unsupportedRule
            case (_, .unchanged): continue
            case (_, .fromCFA) where callee.returnRule == .fromCFA && callee.kind != .linkageStub:
                // On x86-64 the return address lies right below the CFA, in every function that saves registers.
                let cfa = steps[index].returnSlot &+ 8
                let saved = cfa &+ UInt64(bitPattern: Int64(callee.frameOffset))
                guard steps[index].returnSlot != 0, let loaded = stack.load(saved) else { return .unsupportedRule }
                value = loaded
            default: return .unsupportedRule
            }
        }
        let cfa = value &+ UInt64(bitPattern: Int64(row.cfaOffset))
        guard cfa > state.sp else { return .badUnwindInfo }
        guard let next = stack.load(cfa &- 8) else { return .stackBytes }
        if next == 0 { return .root }
        guard count < output.count else { return .depth }
        switch row.frameRule {
        case .unchanged: break
        case .fromCFA:
            let loaded = stack.load(cfa &+ UInt64(bitPattern: Int64(row.frameOffset)))
            state.isFramePointerKnown = loaded != nil
            state.fp = loaded ?? 0
        default: state.isFramePointerKnown = false
        }
        state.sp = cfa
        state.lookup = next &- 1
        output[count] = state.lookup
        count += 1
        return nil
    }
}
