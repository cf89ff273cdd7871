internal import CFileMapping
internal import Glibc

/// Reads a file at any place: through a mapping that others share, or where there is none through a small window. A file
/// that shrinks meanwhile ends early, or in zeros.
final class FileReader {
    private let descriptor: Int32
    private let mapping: FileMapping?
    private let window: UnsafeMutableRawBufferPointer
    private var start: UInt64 = 0
    private var count = 0
    /// Room for one whole record that is larger than the window.
    private let record = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)

    /// - Parameters:
    ///   - descriptor: owned from here on.
    ///   - mapping: of the same file.
    init(_ descriptor: Int32, windowSize: Int = 4096, mapping: FileMapping? = nil) {
        self.descriptor = descriptor
        self.mapping = mapping
        window = .allocate(byteCount: windowSize, alignment: 16)
    }

    deinit {
        close(descriptor)
        window.deallocate()
        record.deallocate()
    }

    /// Bytes in the file now.
    var size: UInt64 {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? UInt64(max(0, status.st_size)) : 0
    }

    /// Bytes at a place, at most 64 KiB; nil when the file ends before. Valid until the next call.
    func bytes(at offset: UInt64, count wanted: Int) -> UnsafeRawBufferPointer? {
        if let mapped = mapping?.bytes {
            guard wanted <= record.count, offset <= UInt64(mapped.count), wanted <= mapped.count - Int(offset) else {
                return nil
            }
            return UnsafeRawBufferPointer(rebasing: mapped[Int(offset)..<(Int(offset) + wanted)])
        }
        if wanted <= window.count {
            // Compared by what is left: an offset near the largest number has no end to compare.
            if offset < start || offset - start > UInt64(count) || wanted > count - Int(offset - start) {
                start = offset
                count = Self.read(descriptor, window, at: start)
            }
            let inside = Int(offset - start)
            guard wanted <= count - inside else { return nil }
            return UnsafeRawBufferPointer(rebasing: window[inside..<(inside + wanted)])
        }
        guard wanted <= record.count else { return nil }
        let target = UnsafeMutableRawBufferPointer(rebasing: record[..<wanted])
        return Self.read(descriptor, target, at: offset) == wanted ? UnsafeRawBufferPointer(target) : nil
    }

    /// Asks the processor for bytes that will be read soon; does nothing where the file is not mapped.
    func prefetch(at offset: UInt64, count: Int) {
        guard mapping != nil, let bytes = bytes(at: offset, count: count) else { return }
        ts_prefetch(bytes.baseAddress, bytes.count)
    }

    /// Says that a part has been read; does nothing where the file is not mapped.
    func release(_ range: Range<Int>) { mapping?.release(range) }

    /// As ``bytes(at:count:)``, with words aligned wherever they lie in the file: compressed records shift what follows.
    func alignedBytes(at offset: UInt64, count wanted: Int) -> UnsafeRawBufferPointer? {
        guard let found = bytes(at: offset, count: wanted), let base = found.baseAddress else { return nil }
        guard UInt(bitPattern: base) % 8 != 0 else { return found }
        record.copyMemory(from: found)
        return UnsafeRawBufferPointer(rebasing: record[..<wanted])
    }

    /// A copy of a part of the file that may be large; nil when the file ends before.
    func copy(at offset: UInt64, count wanted: Int) -> [UInt8]? {
        guard UInt64(wanted) <= size else { return nil }
        let bytes = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, count in
            count = Self.read(descriptor, UnsafeMutableRawBufferPointer(buffer), at: offset)
        }
        return bytes.count == wanted ? bytes : nil
    }

    /// Reads as much as there is, up to the buffer's size.
    private static func read(_ file: Int32, _ buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) -> Int {
        guard let base = buffer.baseAddress, offset <= UInt64(Int.max) else { return 0 }
        var done = 0
        while done < buffer.count {
            let result = pread(file, base + done, buffer.count - done, Int(offset) + done)
            if result < 0 && errno == EINTR { continue }
            if result <= 0 { break }
            done += result
        }
        return done
    }
}
