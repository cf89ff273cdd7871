package import Benchmarking

/// Tells functions from the addresses that a benchmark program wrote: the tool's part of a ``FunctionProfile``, which needs
/// symbols. Nothing in the files is trusted.
package protocol CodeReader: Sendable {
    /// Samples by function, of a ``SampledAddressFile``.
    func samples(in path: String) throws -> [FunctionProfile.Function: Int64]
    /// Instructions by function, those of callees not included, of an ``InstructionPathFile``.
    func instructions(in path: String) throws -> [FunctionProfile.Function: Int64]
}
