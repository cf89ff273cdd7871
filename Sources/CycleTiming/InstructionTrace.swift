/// Every instruction that a region executed, counted exactly: the same region with the same input gives the same count
/// each time, on every machine that takes the same path.
package struct InstructionTrace: Hashable, Sendable {
    /// Instructions beyond those of an empty region. An iteration of a repeated string instruction counts as one.
    package var count: Int
    /// Instructions that an empty region takes, which ``count`` leaves out and the arrays hold: the call of the region
    /// and the return from it.
    package var callOverhead: Int
    /// Where each instruction lies, in the order of execution: virtual addresses of this process.
    package var addresses: [UInt64]
    /// The stack pointer before each: by it calls and returns are told apart.
    package var stackPointers: [UInt64]
    /// There were more instructions than the arrays hold.
    package var isTruncated: Bool
}
