internal import Glibc

/// The bytes of a section with call-frame information, read from the file when they are first needed.
///
/// A program of 100 MB has 14 MB of them, and a sample needs a few hundred bytes. They lie in one piece of address space
/// that gets its memory page by page; what is not read yet is 0. A page is read once, so nothing that was checked can
/// change, and what a file does not have any more stays 0. Used under its owner's lock.
final class FrameBytes {
    /// The whole section.
    let bytes: UnsafeRawBufferPointer
    private let memory: UnsafeMutableRawPointer?
    private let mappedBytes: Int
    private let file: Int32
    private let fileOffset: Int
    private var isLoaded: [Bool] = []

    /// What is read at once: a fresh page costs as much as the call, functions that are called lie anywhere, and other
    /// threads wait.
    private static let chunk = 4 << 10
    /// Ten times what the largest browsers have; what lies behind it is not looked at.
    private static let largestSection: UInt64 = 1 << 30

    /// Copies bytes that are in memory already.
    convenience init(copying source: UnsafeRawBufferPointer) {
        self.init(count: source.count, file: -1, fileOffset: 0)
        if !bytes.isEmpty, let memory { memory.copyMemory(from: source.baseAddress!, byteCount: bytes.count) }
    }

    /// - Parameters:
    ///   - file: descriptor, borrowed for the life of the section.
    ///   - offset: where the section is in it.
    ///   - size: as the file says, hostile.
    convenience init(file: Int32, offset: UInt64, size: UInt64) {
        var status = stat()
        let isFile = fstat(file, &status) == 0
        let end = UInt64(clamping: status.st_size)
        let count = isFile && offset < end ? min(size, end - offset, Self.largestSection) : 0
        self.init(count: Int(count), file: file, fileOffset: Int(clamping: offset))
        isLoaded = [Bool](repeating: false, count: (bytes.count + Self.chunk - 1) / Self.chunk)
    }

    private init(count: Int, file: Int32, fileOffset: Int) {
        self.file = file
        self.fileOffset = fileOffset
        mappedBytes = count
        let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
        let mapped = count > 0 ? mmap(nil, count, PROT_READ | PROT_WRITE, flags, -1, 0) : MAP_FAILED
        memory = mapped == MAP_FAILED ? nil : mapped
        bytes = UnsafeRawBufferPointer(start: memory, count: memory == nil ? 0 : count)
    }

    deinit {
        if let memory { munmap(memory, mappedBytes) }
    }

    /// Makes sure that a range of the section has been read. O(1) when it has.
    func load(_ range: Range<Int>) {
        guard !isLoaded.isEmpty, let memory else { return }
        let last = min(range.upperBound, bytes.count) - 1
        guard range.lowerBound >= 0, last >= range.lowerBound else { return }
        for index in (range.lowerBound / Self.chunk)...(last / Self.chunk) where !isLoaded[index] {
            isLoaded[index] = true
            let start = index * Self.chunk
            let end = min(start + Self.chunk, bytes.count)
            Self.read(
                file, into: UnsafeMutableRawBufferPointer(start: memory + start, count: end - start),
                at: fileOffset + start)
        }
    }

    /// The record (common or function entry) at an offset, read whole, and a word more: libunwind reads words.
    func record(at offset: Int) -> ByteReader? {
        guard offset >= 0, offset < bytes.count else { return nil }
        load(offset..<(offset + 12))
        var reader = ByteReader(bytes)
        reader.seek(offset)
        guard let body = reader.record() else { return nil }
        load(offset..<min(bytes.count, reader.position + 8))
        return body
    }

    /// Number of function entries in the section, told by the records' lengths alone and without keeping what is read.
    func countFunctions() -> Int {
        guard !isLoaded.isEmpty else { return Self.countFunctions(total: bytes.count) { self.bytes[$0] } }
        let window = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 * Self.chunk, alignment: 16)
        defer { window.deallocate() }
        var start = 0
        var end = 0
        return Self.countFunctions(total: bytes.count) { range in
            if range.lowerBound < start || range.upperBound > end {
                start = range.lowerBound
                end = min(bytes.count, start + window.count)
                Self.read(
                    file, into: UnsafeMutableRawBufferPointer(rebasing: window[..<(end - start)]),
                    at: fileOffset + start)
            }
            return UnsafeRawBufferPointer(window)[(range.lowerBound - start)..<(range.upperBound - start)]
        }
    }

    private static func countFunctions(total: Int, bytes: (Range<Int>) -> Slice<UnsafeRawBufferPointer>) -> Int {
        var count = 0
        var offset = 0
        while total - offset >= 4 {
            // Length, long length, identifier.
            let head = bytes(offset..<min(total, offset + 16))
            var reader = ByteReader(UnsafeRawBufferPointer(rebasing: head))
            guard var length = reader.unsigned(4) else { break }
            if length == 0xFFFF_FFFF {
                guard let long = reader.unsigned(8) else { break }
                length = long
            }
            let start = offset + reader.position
            guard length <= UInt64(total - start) else { break }
            if length >= 4, let identifier = reader.unsigned(4), identifier != 0 { count += 1 }
            offset = start + Int(length)
        }
        return count
    }

    /// Fills a buffer from a file; what the file does not have is 0.
    private static func read(_ file: Int32, into buffer: UnsafeMutableRawBufferPointer, at offset: Int) {
        var done = 0
        while done < buffer.count {
            let count = pread(file, buffer.baseAddress! + done, buffer.count - done, offset + done)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { break }
            done += count
        }
        if done < buffer.count { memset(buffer.baseAddress! + done, 0, buffer.count - done) }
    }
}
