internal import Glibc
internal import PerfEvents

/// A recording that perf wrote, as a file or through a pipe. Every byte of it is taken as hostile.
///
/// Format: linux tools/perf/Documentation/perf.data-file-format.txt.
package final class PerfDataFile {
    package internal(set) var events: [PerfDataEvent] = []
    package internal(set) var facts = PerfDataFacts()
    /// What the user should know about the file, a line each.
    package internal(set) var notes: [String] = []
    package let path: String

    /// Bytes of records in the file.
    package var byteCount: UInt64 { records.upperBound - records.lowerBound }

    let file: FileReader
    /// Shared by all who read it; nil where it cannot be mapped.
    let mapping: FileMapping?
    let descriptor: Int32
    /// Where the records are.
    var records: Range<UInt64> = 0..<0
    /// Event → position in `events`.
    var eventIndexes: [UInt64: Int] = [:]

    private static let magic: UInt64 = 0x3245_4C49_4652_4550  // PERFILE2
    private static let swappedMagic = magic.byteSwapped
    /// Far above what perf opens: an event a CPU and thread has one id.
    private static let mostEvents = 4096
    static let mostIDs = 1 << 22

    /// Opens a recording and reads what it says about itself.
    /// - Parameter path: of the file; `-` for standard input.
    /// - Throws: ``PerfDataError``.
    package init(path: String) throws(PerfDataError) {
        self.path = path == "-" ? "standard input" : path
        let opened = path == "-" ? try Self.spooledInput() : open(path, O_RDONLY | O_CLOEXEC)
        guard opened >= 0 else {
            throw PerfDataError("cannot open \(path): \(String(cString: strerror(errno)))")
        }
        var status = stat()
        guard fstat(opened, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(opened)
            throw PerfDataError("\(path) is not a file; a pipe is read with '-'")
        }
        descriptor = opened
        mapping = FileMapping(opened)
        file = FileReader(opened, mapping: mapping)
        try readHeader()
        for (index, event) in events.enumerated() { for id in event.ids { eventIndexes[id] = index } }
        guard !events.isEmpty else { throw damaged("names no event") }
    }

    /// Copies standard input, which can be read only once.
    private static func spooledInput() throws(PerfDataError) -> Int32 {
        let spool = try SpoolFile()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = Glibc.read(STDIN_FILENO, buffer.baseAddress, buffer.count)
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { return spool.duplicate() }
            try spool.append(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<count]))
        }
    }

    func damaged(_ what: String) -> PerfDataError {
        PerfDataError("\(path) \(what): it is no recording of perf's, or damaged; record it again")
    }

    private func word(at offset: UInt64) -> UInt64? {
        file.bytes(at: offset, count: 8)?.loadUnaligned(as: UInt64.self)
    }

    // MARK: Header

    private func readHeader() throws(PerfDataError) {
        guard let magic = word(at: 0), let size = word(at: 8) else { throw damaged("is too short") }
        if magic == Self.swappedMagic {
            throw PerfDataError("\(path) was recorded on a big-endian machine; import it with perf on such a machine")
        }
        guard magic == Self.magic else { throw damaged("does not begin with PERFILE2") }
        if size == 16 {
            records = 16..<max(16, file.size)
            try readPipeHeader()
            return
        }
        guard size >= 104, size < 1 << 16, let header = file.copy(at: 0, count: 104) else {
            throw damaged("has a header of \(size) bytes")
        }
        let field = { (index: Int) in
            header.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self) }
        }
        try readEvents(at: field(3), size: field(4), entrySize: field(2))
        let start = field(5)
        let (end, overflow) = start.addingReportingOverflow(field(6))
        let fileSize = file.size
        guard start <= fileSize, !overflow else { throw damaged("says that its records lie beyond its end") }
        if field(6) == 0 {
            // perf writes the size, and everything about host and files behind the records, when it ends.
            notes.append("\(path) was not finished: perf was killed; what it had written is read")
            records = start..<fileSize
            return
        }
        if end > fileSize { notes.append("\(path) ends \(end - fileSize) bytes early: it is not whole") }
        records = start..<min(end, fileSize)
        if end <= fileSize { readFeatures(bits: (0..<4).map { field(9 + $0) }, at: end) }
        checkArchitecture()
    }

    /// The attributes of each event, followed by where its ids are.
    private func readEvents(at start: UInt64, size: UInt64, entrySize: UInt64) throws(PerfDataError) {
        guard entrySize >= UInt64(RecordFormat.smallestAttributes + 16), entrySize < 1 << 12, size % entrySize == 0,
            size / entrySize <= UInt64(Self.mostEvents), let bytes = file.copy(at: start, count: Int(size))
        else { throw damaged("describes its events with \(size) bytes of \(entrySize) each") }
        var idCount = 0
        for index in 0..<(bytes.count / Int(entrySize)) {
            let entry = index * Int(entrySize)
            let attributes = bytes[entry..<(entry + Int(entrySize) - 16)]
            let place = bytes.withUnsafeBytes { bytes in
                (
                    start: bytes.loadUnaligned(fromByteOffset: entry + Int(entrySize) - 16, as: UInt64.self),
                    size: bytes.loadUnaligned(fromByteOffset: entry + Int(entrySize) - 8, as: UInt64.self)
                )
            }
            guard let format = attributes.withUnsafeBytes({ RecordFormat(attributes: $0) }) else {
                throw damaged("has an event without attributes")
            }
            idCount += Int(clamping: place.size / 8)
            guard idCount <= Self.mostIDs, let ids = file.copy(at: place.start, count: Int(clamping: place.size & ~7))
            else { throw damaged("has events whose numbers are missing") }
            events.append(PerfDataEvent(format: format, ids: Self.words(ids[...])))
        }
    }

    static func words(_ bytes: ArraySlice<UInt8>) -> [UInt64] {
        bytes.withUnsafeBytes { bytes in
            (0..<(bytes.count / 8)).map { bytes.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self) }
        }
    }

    /// Behind the records: for each feature that the file has, where its section is.
    private func readFeatures(bits: [UInt64], at start: UInt64) {
        var table = start
        for index in 0..<UInt64(256) where bits[Int(index / 64)] & (1 << (index % 64)) != 0 {
            guard let offset = word(at: table), let size = word(at: table + 8) else { return }
            table += 16
            let feature = PerfDataFeature(rawValue: index)
            guard feature.isOfInterest, size < 1 << 28, let bytes = file.copy(at: offset, count: Int(size)) else {
                continue
            }
            facts.read(feature, bytes, events: &events)
        }
    }

    #if arch(x86_64)
        private static let ownArchitecture = "x86_64"
    #else
        private static let ownArchitecture = "aarch64"
    #endif

    /// Whether the recording says that another kind of machine made it: its registers mean something else.
    package var isForeign: Bool { !facts.architecture.isEmpty && facts.architecture != Self.ownArchitecture }

    func checkArchitecture() {
        guard isForeign else { return }
        notes.append(
            "recorded on \(facts.architecture), not \(Self.ownArchitecture): call chains are read, stacks cannot be"
                + " unwound here")
    }
}
