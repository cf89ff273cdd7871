internal import CPerfEvents

/// What the kernel puts into each sample, and which registers.
package struct SampleLayout: Hashable, Sendable {
    /// How a sample says who called whom.
    package enum CallGraph: Hashable, Sendable {
        /// Kernel chain, plus the user registers and a copy of this many bytes of user stack.
        case registersAndStack(bytes: UInt32)
        /// Kernel and user chains, both followed by the kernel through frame pointers.
        case framePointers
    }

    package var callGraph: CallGraph
    package var includesKernel: Bool
    /// Whether the kernel's chain of user frame pointers comes with the registers and the stack.
    package var includesUserChain: Bool

    package init(callGraph: CallGraph, includesKernel: Bool, includesUserChain: Bool = false) {
        self.callGraph = callGraph
        self.includesKernel = includesKernel
        self.includesUserChain = includesUserChain || callGraph == .framePointers
    }

    /// Largest multiple of 8 that a record's 16-bit size leaves room for.
    package static let maximumStackBytes: UInt32 = 65_528

    /// Fields of every sample, in the order in which the kernel writes them.
    static let commonFields =
        UInt64(PERF_SAMPLE_IDENTIFIER.rawValue) | UInt64(PERF_SAMPLE_IP.rawValue) | UInt64(PERF_SAMPLE_TID.rawValue)
        | UInt64(PERF_SAMPLE_TIME.rawValue) | UInt64(PERF_SAMPLE_CPU.rawValue) | UInt64(PERF_SAMPLE_PERIOD.rawValue)

    var sampleType: UInt64 {
        var fields = Self.commonFields | UInt64(PERF_SAMPLE_CALLCHAIN.rawValue)
        if case .registersAndStack = callGraph {
            fields |= UInt64(PERF_SAMPLE_REGS_USER.rawValue) | UInt64(PERF_SAMPLE_STACK_USER.rawValue)
        }
        return fields
    }

    package var hasUserRegisters: Bool {
        if case .registersAndStack = callGraph { true } else { false }
    }

    package var userStackBytes: UInt32 {
        if case .registersAndStack(let bytes) = callGraph { bytes } else { 0 }
    }
}
