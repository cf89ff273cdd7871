/// How to get from one frame to its caller at one program counter, compiled from call-frame information.
///
/// ```
///   CFA        = base + cfaOffset              base: stack or frame pointer
///              = load(base + cfaOffset)        a realigned stack, a signal frame
///   caller pc  = load(CFA + returnOffset)      or load(SP + returnOffset) in a signal frame,
///                                              or the link register
///   caller fp  = load(CFA + frameOffset)       or unchanged, or unknown
///   caller sp  = CFA
/// ```
///
/// 16 bytes, so that a cache slot is half a cache line. Everything that does not fit this shape is `.unsupported`.
package struct UnwindRow: Equatable, Sendable {
    package enum Kind: UInt8, Sendable {
        /// CFA = SP + cfaOffset.
        case stackPointer
        /// CFA = FP + cfaOffset.
        case framePointer
        /// CFA = the word at SP + cfaOffset.
        case loadFromStackPointer
        /// CFA = the word at FP + cfaOffset.
        case loadFromFramePointer
        /// A stub of the procedure linkage table: CFA = SP + 8, and 8 more from its byte `returnOffset` on.
        case linkageStub
        /// CFA = the word at SP + cfaOffset, plus 8.
        case loadFromStackPointerPlusWord
        /// CFA = register number `returnOffset` + cfaOffset, return address at CFA - 8. Only the interrupted function's
        /// registers are all known.
        case interruptedRegister
        /// A thread starts here.
        case outermost
        /// Correct, but more than a row can say; libunwind, the reference, follows it.
        case unsupported
        /// Code written at run time, which no table describes: followed by the frame pointer that such code keeps.
        case generated
        /// The address has no call-frame information.
        case noInfo
        /// The address is in no readable executable mapping.
        case noModule
        /// The information contradicts itself.
        case bad
    }

    /// Where the caller's frame pointer is.
    package enum FrameRule: UInt8, Sendable {
        case unchanged
        case unknown
        /// At CFA + frameOffset.
        case fromCFA
        /// At SP + frameOffset.
        case fromStackPointer
        /// At FP + frameOffset: a realigned frame.
        case fromFramePointer
    }

    /// Where the return address is.
    package enum ReturnRule: UInt8, Sendable {
        /// At CFA + returnOffset.
        case fromCFA
        /// At SP + returnOffset.
        case fromStackPointer
        /// In register number `returnOffset`, of the interrupted function (vfork keeps it there).
        case inRegister
        /// In the link register, where the call put it (arm64): only a function that has called nothing may keep it there.
        case linkRegister
    }

    package var cfaOffset: Int32 = 0
    package var returnOffset: Int32 = 0
    package var frameOffset: Int32 = 0
    package var kind: Kind
    package var frameRule: FrameRule = .unchanged
    package var returnRule: ReturnRule = .fromCFA
    /// The kernel's trampoline: the caller was interrupted, so its address is exact and its stack may be another one.
    package var isSignal = false

    var returnIsFromStackPointer: Bool {
        get { returnRule == .fromStackPointer }
        set { returnRule = newValue ? .fromStackPointer : .fromCFA }
    }
}

extension UnwindRow {
    /// Whether the frame pointer leads to the caller's frame pointer and, above it, to the return address: the frame
    /// that `push %rbp; mov %rsp, %rbp` makes, and code that is written at run time.
    var isStandardFrame: Bool {
        switch kind {
        case .framePointer:
            cfaOffset == 16 && returnOffset == -8 && frameRule == .fromCFA && frameOffset == -16
                && !returnIsFromStackPointer && !isSignal
        case .generated: true
        default: false
        }
    }
}
