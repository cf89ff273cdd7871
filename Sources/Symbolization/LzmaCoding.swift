internal import CLzma

/// Unpacks xz streams.
package enum LzmaCoding {
    /// Symbol tables of the largest libraries have some megabytes.
    private static let largestSize = 256 << 20
    private static let largestMemory: UInt64 = 128 << 20

    /// The contents of an xz stream; nil when it is damaged or larger than any symbol table.
    package static func unpack(_ packed: [UInt8]) -> [UInt8]? {
        var size = max(packed.count * 4, 1 << 16)
        while true {
            size = min(size, largestSize)
            var limit = largestMemory
            var read = 0
            var written = 0
            var status = LZMA_OK
            let output = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
                status = lzma_stream_buffer_decode(
                    &limit, 0, nil, packed, &read, packed.count, buffer.baseAddress, &written, size)
                count = status == LZMA_OK ? written : 0
            }
            if status == LZMA_OK { return output }
            guard status == LZMA_BUF_ERROR, size < largestSize else { return nil }
            size *= 8
        }
    }
}
