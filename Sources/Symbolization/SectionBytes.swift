internal import Glibc

/// The bytes of one section of a file, read where and when they are needed: debug information may be larger than memory.
///
/// Small reads go through a few pages that are kept; large ones are copied out. Reads past the end yield less, or zeros.
/// Used by one thread at a time.
package final class SectionBytes {
    private enum Storage {
        /// Descriptor, borrowed, and where the section starts.
        case file(Int32, UInt64)
        case memory([UInt8])
    }

    private struct Page {
        var number: UInt64 = .max
        var bytes: [UInt8] = []
    }

    private static let pageShift: UInt64 = 13
    private static let pageCount = 16
    /// Stays in the nearest caches.
    private static let pieceSize = 96 << 10

    private let storage: Storage
    package let count: UInt64
    private var pages = [Page](repeating: Page(), count: SectionBytes.pageCount)

    /// - Parameter file: borrowed; must stay open as long as this.
    init(file: Int32, offset: UInt64, count: UInt64) {
        storage = .file(file, offset)
        self.count = offset <= UInt64(Int64.max) && count <= UInt64(Int64.max) - offset ? count : 0
    }

    package init(_ bytes: [UInt8]) {
        storage = .memory(bytes)
        count = UInt64(bytes.count)
    }

    package static var empty: SectionBytes { SectionBytes([]) }

    /// A copy of everything.
    package var contents: [UInt8] { copy(at: 0, count: count) }

    /// A copy of a part, shorter where the section or the file ends.
    func copy(at offset: UInt64, count wanted: UInt64) -> [UInt8] {
        guard offset < count else { return [] }
        let length = Int(min(wanted, count - offset))
        switch storage {
        case .memory(let bytes): return Array(bytes[Int(offset)..<(Int(offset) + length)])
        case .file(let file, let start):
            return [UInt8](unsafeUninitializedCapacity: length) { buffer, initialized in
                initialized = Self.read(file, UnsafeMutableRawBufferPointer(buffer), at: start + offset)
            }
        }
    }

    /// Fills a buffer from a file.
    /// - Returns: bytes read; less at the end of the file or after an error.
    static func read(_ file: Int32, _ buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) -> Int {
        var done = 0
        while done < buffer.count {
            let part = pread(
                file, buffer.baseAddress! + done, buffer.count - done, off_t(clamping: offset &+ UInt64(done)))
            if part < 0 && errno == EINTR { continue }
            if part <= 0 { break }
            done += part
        }
        return done
    }

    private func byte(_ offset: UInt64) -> UInt8 {
        guard offset < count else { return 0 }
        if case .memory(let bytes) = storage { return bytes[Int(offset)] }
        let page = page(offset >> Self.pageShift)
        let inside = Int(offset & (1 << Self.pageShift - 1))
        return inside < page.count ? page[inside] : 0
    }

    /// The bytes of a page of the file, from those that are kept while they are.
    private func page(_ number: UInt64) -> [UInt8] {
        let slot = Int(number) & (Self.pageCount - 1)
        let kept = pages[slot]
        if kept.number == number { return kept.bytes }
        let bytes = copy(at: number << Self.pageShift, count: 1 << Self.pageShift)
        pages[slot] = Page(number: number, bytes: bytes)
        return bytes
    }

    /// A little-endian number of at most 8 bytes; 0 where the section does not reach.
    func unsigned(at offset: UInt64, size: Int) -> UInt64 {
        guard offset <= count, UInt64(size) <= count - offset else { return 0 }
        var value: UInt64 = 0
        let inside = Int(offset & (1 << Self.pageShift - 1))
        if case .file = storage, inside + size <= 1 << Self.pageShift {
            let page = page(offset >> Self.pageShift)
            guard inside + size <= page.count else { return 0 }
            for index in 0..<size { value |= UInt64(page[inside + index]) << UInt64(8 * index) }
            return value
        }
        for index in 0..<UInt64(size) { value |= UInt64(byte(offset + index)) << (8 * index) }
        return value
    }

    /// An unsigned LEB128 number; moves `offset` behind it. Nil past the end.
    func uleb(at offset: inout UInt64) -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while shift < 140, offset < count {
            let next = byte(offset)
            offset += 1
            if shift < 64 { value |= UInt64(next & 0x7F) << shift }
            if next & 0x80 == 0 { return value }
            shift += 7
        }
        return nil
    }

    /// A zero-terminated text, cut at `limit` bytes; nil when the offset is outside.
    func text(at offset: UInt64, limit: Int = 1 << 16) -> String? {
        zeroTerminated(at: offset, limit: limit).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The bytes in front of the next zero, or of the end, at most `limit`; nil when the offset is outside.
    func zeroTerminated(at offset: UInt64, limit: Int) -> [UInt8]? {
        guard offset < count else { return nil }
        let rest = Int(min(count - offset, UInt64(limit)))
        if case .memory(let bytes) = storage {
            let start = Int(offset)
            return Array(bytes[start..<(start + rest)].prefix { $0 != 0 })
        }
        var text: [UInt8] = []
        while text.count < rest {
            let position = offset + UInt64(text.count)
            let page = page(position >> Self.pageShift)
            let inside = Int(position & (1 << Self.pageShift - 1))
            let end = min(page.count, inside + rest - text.count)
            guard inside < end else { break }
            let part = page[inside..<end]
            let zero = part.firstIndex(of: 0)
            text.append(contentsOf: part[..<(zero ?? end)])
            if zero != nil { break }
        }
        return text
    }

    /// Calls back with all bytes in pieces that are whole multiples of a unit; what is left over at the end is left out.
    /// - Parameter limit: bytes behind it are not read.
    func forEachPiece(unit: Int, limit: UInt64, _ body: (UnsafeRawBufferPointer) -> Void) {
        let end = min(count, limit)
        switch storage {
        case .memory(let bytes):
            bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[..<(Int(end) / unit * unit)])) }
        case .file(let file, let start):
            let size = max(Self.pieceSize / unit, 1) * unit
            withUnsafeTemporaryAllocation(byteCount: size, alignment: 16) { buffer in
                var offset: UInt64 = 0
                while offset < end {
                    let wanted = Int(min(UInt64(size), end - offset))
                    let read = Self.read(
                        file, UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]), at: start + offset)
                    body(UnsafeRawBufferPointer(rebasing: buffer[..<(read / unit * unit)]))
                    guard read == wanted else { return }
                    offset += UInt64(read)
                }
            }
        }
    }
}
