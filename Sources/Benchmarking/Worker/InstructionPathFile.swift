internal import Glibc

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
        guard let file = fopen(path, "we") else { throw WorkerFailure("not-supported", "cannot write '\(path)'") }
        var header = [magic, UInt64(addresses.count)]
        fwrite(&header, 8, 2, file)
        fwrite(addresses.baseAddress, 8, addresses.count, file)
        fwrite(stackPointers.baseAddress, 8, stackPointers.count, file)
        if let maps = fopen("/proc/self/maps", "re") {
            var chunk = [UInt8](repeating: 0, count: 1 << 16)
            while case let count = fread(&chunk, 1, chunk.count, maps), count > 0 { fwrite(&chunk, 1, count, file) }
            fclose(maps)
        }
        let isWritten = ferror(file) == 0
        guard fclose(file) == 0, isWritten else {
            throw WorkerFailure("not-supported", "cannot write '\(path)': \(String(cString: strerror(errno)))")
        }
    }
}
