package import ProfileModel

/// Names of code that a runtime wrote at run time, from the dump that it keeps for profilers: `jit-PID.dump`.
///
/// The runtime appends a record for each function that it writes, with its code, and maps the file as executable so that
/// profilers see where it is. node writes it with `--perf-prof`, Java with an agent of perf's. Records are read up to
/// the last whole one; the rest is read on by ``update()``. A runtime that buffers (node: two megabytes) has not
/// written its newest functions while it runs; they are named once it has.
/// Source: linux/tools/perf/Documentation/jitdump-specification.txt.
package final class JitDump {
    private let file: OpenFile?
    private let bytes: SectionBytes?
    private var functions = GeneratedFunctions()
    /// Behind the last record that was read.
    private var position: UInt64 = 0
    private var isDamaged = false

    private static let magic: UInt64 = 0x4A69_5444
    /// Records of one reading: a file that goes on for longer is read on the next time.
    private static let mostRecords = 1 << 22

    /// Whether a mapped file is a dump, by its name.
    package static func isName(ofDump path: String) -> Bool {
        let name = path.split(separator: "/").last ?? ""
        return name.hasPrefix("jit-") && name.hasSuffix(".dump")
            && name.dropFirst(4).dropLast(5).allSatisfy { $0.isASCII && $0.isNumber } && name.utf8.count > 9
    }

    package init(_ file: OpenFile) {
        self.file = file
        bytes = nil
        update()
    }

    /// A dump in memory.
    package init(_ contents: [UInt8]) {
        file = nil
        bytes = SectionBytes(contents)
        update()
    }

    package var isEmpty: Bool { functions.isEmpty }

    /// Reads what was appended since the last time.
    package func update() {
        guard !isDamaged,
            let bytes = bytes ?? file.map({ SectionBytes(file: $0.descriptor, offset: 0, count: $0.size) })
        else { return }
        if position == 0 {
            guard bytes.count >= 40 else { return }
            let size = bytes.unsigned(at: 8, size: 4)
            guard bytes.unsigned(at: 0, size: 4) == Self.magic, bytes.unsigned(at: 4, size: 4) >= 1, size >= 40 else {
                isDamaged = true
                return
            }
            position = size
        }
        var count = 0
        let before = position
        while count < Self.mostRecords, position < bytes.count, bytes.count - position >= 16 {
            let size = bytes.unsigned(at: position + 4, size: 4)
            guard size >= 16 else {
                isDamaged = true
                break
            }
            // The runtime is still writing this one.
            guard size <= bytes.count - position else { break }
            read(bytes, at: position, size: size)
            position += size
            count += 1
        }
        if position != before { functions.commit() }
    }

    private func read(_ bytes: SectionBytes, at start: UInt64, size: UInt64) {
        func number(_ offset: UInt64) -> UInt64 {
            offset + 8 <= size ? bytes.unsigned(at: start + offset, size: 8) : 0
        }
        switch bytes.unsigned(at: start, size: 4) {
        case 0:
            // Behind the head: pid, tid, vma, address, size, number; then the name and the code.
            let head = bytes.copy(at: start + 56, count: min(size &- min(size, 56), 4096))
            functions.add(start: number(32), size: number(40), name: head.prefix { $0 != 0 })
        case 1:
            // pid, tid, vma, old address, new address, size, number.
            functions.move(from: number(32), to: number(40), size: number(48))
        default: break
        }
    }

    /// The function that holds an address.
    package func lookup(_ address: VirtualAddress) -> SymbolTable.Match? { functions.lookup(address) }
}
