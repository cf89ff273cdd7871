internal import CZlib

/// Compression as in RFC 1952, through zlib, which also computes and checks the CRC-32 of each member.
package enum GzipCoding {
    /// Most bytes that an untrusted file may expand to: 512 MiB, some ten million distinct samples.
    package static let defaultLimit = 512 << 20

    private static let chunkSize = 256 << 10
    /// zlib's largest window; +16 asks for the gzip wrapper instead of zlib's own.
    private static let windowBits: Int32 = 15 + 16

    package static func recognizes(_ bytes: [UInt8]) -> Bool {
        bytes.count >= 2 && bytes[0] == 0x1F && bytes[1] == 0x8B
    }

    /// Compresses. The same bytes give the same file: the header carries no time and no name.
    /// - Parameter level: 1 (fast) … 9 (small).
    package static func deflate(_ bytes: [UInt8], level: Int32 = 6) -> [UInt8] {
        var stream = z_stream()
        let status = tickscope_deflate_init(&stream, level, windowBits, 8)
        precondition(status == Z_OK, "zlib does not initialize (status \(status)): out of memory or a wrong level")
        defer { deflateEnd(&stream) }
        var output: [UInt8] = []
        var offset = 0
        while true {
            let end = min(bytes.count, offset + (1 << 30))
            let isLast = end == bytes.count
            let status = run(&stream, bytes, from: &offset, to: end, into: &output, limit: .max) {
                CZlib.deflate(&$0, isLast ? Z_FINISH : Z_NO_FLUSH)
            }
            if status == Z_STREAM_END { return output }
            precondition(status == Z_OK || status == Z_BUF_ERROR, "zlib cannot compress (status \(status))")
        }
    }

    /// Expands all members.
    /// - Parameter limit: most bytes to expand to.
    /// - Throws: ``FormatError``: truncated, damaged (CRC or structure), or larger than the limit.
    package static func inflate(_ bytes: [UInt8], limit: Int = defaultLimit) throws -> [UInt8] {
        var stream = z_stream()
        let status = tickscope_inflate_init(&stream, windowBits)
        precondition(status == Z_OK, "zlib does not initialize (status \(status)): out of memory")
        defer { inflateEnd(&stream) }
        var output: [UInt8] = []
        var offset = 0
        while true {
            let end = min(bytes.count, offset + (1 << 30))
            let status = run(&stream, bytes, from: &offset, to: end, into: &output, limit: limit) {
                CZlib.inflate(&$0, Z_NO_FLUSH)
            }
            if output.count > limit {
                throw FormatError(
                    .tooLarge, "the compressed file expands to more than \(limit >> 20) MiB; split the recording")
            }
            switch status {
            case Z_STREAM_END where offset == bytes.count: return output
            case Z_STREAM_END: inflateReset(&stream)  // the next member
            case Z_OK where offset < bytes.count: continue
            case Z_OK, Z_BUF_ERROR:
                throw FormatError(.malformed, "the compressed file is truncated; copy or record it again")
            default:
                throw FormatError(.malformed, "the compressed file is damaged; copy or record it again")
            }
        }
    }

    /// Feeds one stretch of input and takes all output that it yields, until the status is not Z_OK, the input is used
    /// up, or the output is over the limit.
    private static func run(
        _ stream: inout z_stream, _ bytes: [UInt8], from offset: inout Int, to end: Int, into output: inout [UInt8],
        limit: Int, _ step: (inout z_stream) -> Int32
    ) -> Int32 {
        bytes.withUnsafeBufferPointer { input in
            // zlib's input pointer lacks const; it does not write there.
            stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress.map { $0 + offset })
            stream.avail_in = uInt(end - offset)
            var status = Z_OK
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: chunkSize) { chunk in
                repeat {
                    stream.next_out = chunk.baseAddress
                    stream.avail_out = uInt(chunkSize)
                    status = step(&stream)
                    let produced = chunkSize - Int(stream.avail_out)
                    output.append(contentsOf: chunk[..<produced])
                } while status == Z_OK && output.count <= limit && (stream.avail_in > 0 || stream.avail_out == 0)
            }
            offset = end - Int(stream.avail_in)
            return status
        }
    }
}
