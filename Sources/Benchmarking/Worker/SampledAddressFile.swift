internal import Glibc

/// Where a benchmark's samples were, on their way from its program to the tool.
///
/// Words of 64 bits in this machine's byte order: ``magic``, the number of addresses, the addresses, how many samples each
/// had; then the text of `/proc/self/maps`, by which addresses become places in files.
package enum SampledAddressFile {
    /// "TICKSAMP" as it lies in the file.
    package static let magic: UInt64 = 0x504D_4153_4B43_4954
    /// Distinct addresses that a file holds; no more are kept.
    package static let largestCount = 1 << 20

    static func write(_ counts: [UInt64: Int64], to path: String) throws {
        let kept = counts.sorted { $0.key < $1.key }.prefix(largestCount)
        let words = [magic, UInt64(kept.count)] + kept.map(\.key) + kept.map { UInt64($0.value) }
        try words.withUnsafeBytes { try AddressFile.write([$0], to: path) }
    }
}

/// A file of words with the mappings of this process behind them.
enum AddressFile {
    static func write(_ parts: [UnsafeRawBufferPointer], to path: String) throws {
        guard let file = fopen(path, "we") else { throw WorkerFailure("not-supported", "cannot write '\(path)'") }
        for part in parts { fwrite(part.baseAddress, 1, part.count, file) }
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
