internal import Benchmarking
package import ProfileFormats
package import Sampling
internal import Symbolization

/// The instructions that an operation executed, in order, and where the code was that they are in: the contents of an
/// ``InstructionPathFile``.
package struct InstructionPath: Sendable {
    /// Where each instruction is, in its process.
    package var addresses: [UInt64]
    /// The stack pointer before each.
    package var stackPointers: [UInt64]
    /// The executable mappings of the process after the operation.
    package var mappings: [Mapping]

    package init(addresses: [UInt64], stackPointers: [UInt64], mappings: [Mapping]) {
        precondition(addresses.count == stackPointers.count, "one stack pointer an instruction")
        self.addresses = addresses
        self.stackPointers = stackPointers
        self.mappings = mappings
    }

    private static let largestMappings = ProgramFile.largestMappings
    private static let largestFile = 16 + 16 * InstructionPathFile.largestCount + largestMappings

    /// Reads a file that a benchmark program wrote. Nothing in it is trusted.
    /// - Throws: ``FormatError``; ``FileError`` when it cannot be read.
    package init(file path: String) throws {
        try self.init(ProgramFile.bytes(path, most: Self.largestFile, what: "the instruction path"))
    }

    /// - Throws: ``FormatError``.
    package init(_ bytes: [UInt8]) throws(FormatError) {
        let word = { (index: Int) in
            bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self) }
        }
        guard bytes.count >= 16, word(0) == InstructionPathFile.magic else {
            throw FormatError(.malformed, "what the program wrote is no instruction path; rebuild it with this version")
        }
        guard let count = Int(exactly: word(1)), count <= InstructionPathFile.largestCount else {
            let most = InstructionPathFile.largestCount
            throw FormatError(
                .tooLarge, "the instruction path claims to have \(word(1)) instructions; at most \(most) are kept")
        }
        guard bytes.count >= 16 + 16 * count else {
            throw FormatError(
                .malformed,
                "the instruction path ends in the middle: \(bytes.count) bytes for \(count) instructions; is the disk full?"
            )
        }
        guard count > 0 else {
            throw FormatError(.malformed, "the operation executes no instruction: there is nothing to trace")
        }
        addresses = (0..<count).map { word(2 + $0) }
        stackPointers = (0..<count).map { word(2 + count + $0) }
        mappings = ProgramFile.mappings(bytes[(16 + 16 * count)...].prefix(Self.largestMappings))
    }
}
