/// The executed instructions of one operation, on their way from a benchmark program to the tool.
///
/// Words of 64 bits in this machine's byte order: ``magic``, the number of instructions, their addresses, the stack
/// pointers before them; then the text of `/proc/self/maps`, by which addresses become places in files.
package enum InstructionPathFile {
    /// "TICKPATH" as it lies in the file.
    package static let magic: UInt64 = 0x4854_4150_4B43_4954
    /// Instructions that a file holds; of a longer operation the first ones, 64 MB. What is beyond is counted only.
    package static let largestCount = 4_000_000

    static func write(
        addresses: UnsafeBufferPointer<UInt64>, stackPointers: UnsafeBufferPointer<UInt64>, to path: String
    ) throws {
        let header = [magic, UInt64(addresses.count)]
        try header.withUnsafeBytes { header in
            try AddressFile.write(
                [header, UnsafeRawBufferPointer(addresses), UnsafeRawBufferPointer(stackPointers)], to: path)
        }
    }
}
