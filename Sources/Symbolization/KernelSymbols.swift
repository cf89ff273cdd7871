internal import Glibc
package import ProfileModel

/// The running kernel's functions and those of its modules, from `/proc/kallsyms`.
package struct KernelSymbols: Sendable {
    /// The function that holds an address.
    package struct Match: Hashable, Sendable {
        package var name: String
        package var start: VirtualAddress
        /// The kernel module that it is in; empty for the kernel itself.
        package var module: String

        package init(name: String, start: VirtualAddress, module: String) {
            self.name = name
            self.start = start
            self.module = module
        }
    }

    private var text: [UInt8] = []
    private var starts: [UInt64] = []
    /// Where in the text each name is.
    private var names: [UInt32] = []
    /// Where `_text` is, the start of the kernel itself; nil when the table lacks it.
    private var textStart: UInt64?
    /// How far the kernel of interest was loaded from the table's addresses.
    private var slide: UInt64 = 0
    private var namesModules = true

    /// Where the kernel's own code starts and ends, which never moves.
    private var codeStart: UInt64?
    private var codeEnd: UInt64?

    /// Kernels have tens of megabytes of symbols at most; more would not be a kernel.
    private static let largestSize = 256 << 20

    /// Whether the kernel shows its addresses to this user (`kernel.kptr_restrict`).
    package var isAvailable: Bool { !starts.isEmpty }

    /// The addresses of its own that it has an answer for; nil for all.
    private var covered: Range<UInt64>?

    /// Whether it has an answer for all addresses, those of modules included.
    package var isWhole: Bool { covered == nil }

    /// Whether it can tell what an address is, or that it is nothing.
    package func covers(_ address: VirtualAddress) -> Bool {
        covered?.contains(address.rawValue &- slide) ?? true
    }

    /// The functions of the running kernel itself as a cache has them; nil when it has not.
    package init?(_ cache: KernelSymbolCache) {
        guard let table = cache.load() else { return nil }
        covered = table.covered
        textStart = table.covered.lowerBound
        starts = table.starts
        names = table.names
        text = table.text
    }

    /// Puts the functions of the kernel itself into a cache, where its code begins with `_text`.
    package func store(in cache: KernelSymbolCache) {
        guard covered == nil, let low = codeStart, low == textStart, let high = codeEnd, low < high,
            high - low <= UInt64(UInt32.max),
            let start = starts.firstIndex(where: { $0 >= low }), let end = starts.firstIndex(where: { $0 >= high }),
            start < end
        else { return }
        var table = KernelSymbolCache.Table(
            covered: low..<high, starts: Array(starts[start..<end]), names: [], text: [])
        for index in start..<end {
            table.names.append(UInt32(table.text.count))
            table.text += name(at: index)
            table.text.append(0x0A)
        }
        cache.store(table)
    }

    private func name(at index: Int) -> ArraySlice<UInt8> {
        text[Int(names[index])...].prefix { $0 != 0x0A && $0 != 0x20 && $0 != 0x09 }
    }

    /// Reads the table of the running kernel; empty when it is hidden.
    package init() {
        self.init(kallsyms: OpenFile(path: "/proc/kallsyms").map(Self.contents) ?? [])
    }

    /// Reads a copy of the table of another kernel.
    package init(_ file: OpenFile) { self.init(kallsyms: Self.contents(of: file)) }

    /// The symbols of the same kernel loaded elsewhere; nil when this table does not tell where it was loaded itself.
    /// - Parameters:
    ///   - address: of `_text` there.
    ///   - keepsModules: whether modules lie as far from it; otherwise their functions have no names.
    package func moved(textTo address: UInt64, keepsModules: Bool) -> KernelSymbols? {
        guard let textStart else { return nil }
        var moved = self
        moved.slide = address &- textStart
        moved.textStart = address
        moved.namesModules = keepsModules && moved.slide == 0
        return moved
    }

    private static func contents(of file: OpenFile) -> [UInt8] {
        // procfs states no size, and hands out some pages at a time.
        var bytes: [UInt8] = []
        var size = 16 << 20
        while true {
            bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
                count = SectionBytes.read(file.descriptor, UnsafeMutableRawBufferPointer(buffer), at: 0)
            }
            guard bytes.count == size, size < largestSize else { return bytes }
            size *= 4
        }
    }

    /// Reads lines of `address type name [module]`.
    package init(kallsyms bytes: [UInt8]) {
        var addresses: [UInt64] = []
        var offsets: [UInt32] = []
        addresses.reserveCapacity(bytes.count / 48)
        offsets.reserveCapacity(bytes.count / 48)
        bytes.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, bytes.count <= Int(UInt32.max) else { return }
            var line = 0
            while line < bytes.count {
                let rest = bytes.count - line
                let end = memchr(base + line, 0x0A, rest).map { UnsafeRawPointer($0) - base } ?? bytes.count
                if let (address, name) = Self.function(bytes, line..<end) {
                    addresses.append(address)
                    offsets.append(UInt32(name))
                    if end - name == 6, bytes[name] == UInt8(ascii: "_") {
                        if memcmp(base + name, "_stext", 6) == 0 { codeStart = address }
                        if memcmp(base + name, "_etext", 6) == 0 { codeEnd = address }
                    } else if textStart == nil, end - name == 5, memcmp(base + name, "_text", 5) == 0 {
                        textStart = address
                    }
                }
                line = end + 1
            }
        }
        for index in AddressOrder.sorted(addresses) where starts.last != addresses[Int(index)] {
            starts.append(addresses[Int(index)])
            names.append(offsets[Int(index)])
        }
        text = bytes
    }

    /// The address and the place of the name, when the line is about code: types t and w, local and global.
    private static func function(
        _ bytes: UnsafeRawBufferPointer, _ line: Range<Int>
    ) -> (address: UInt64, name: Int)? {
        var address: UInt64 = 0
        var index = line.lowerBound
        while index < line.upperBound {
            let byte = bytes[index]
            switch byte {
            case 0x30...0x39: address = address << 4 | UInt64(byte & 0xF)
            case 0x61...0x66: address = address << 4 | UInt64(byte - 0x57)
            default:
                guard address != 0, line.upperBound - index > 3, byte == 0x20, bytes[index + 2] == 0x20 else {
                    return nil
                }
                let type = bytes[index + 1] | 0x20
                guard type == 0x74 || type == 0x77, bytes[index + 3] > 0x20 else { return nil }
                return (address, index + 3)
            }
            index += 1
        }
        return nil
    }

    /// The function that holds an address: the last that starts before it. O(log n).
    package func lookup(_ address: VirtualAddress) -> Match? {
        guard covers(address) else { return nil }
        let own = address.rawValue &- slide
        var low = 0
        var high = starts.count
        while low < high {
            let middle = (low + high) / 2
            if starts[middle] <= own { low = middle + 1 } else { high = middle }
        }
        guard low > 0 else { return nil }
        let rest = text[Int(names[low - 1])...].prefix { $0 != 0x0A }
        let name = rest.prefix { $0 != 0x20 && $0 != 0x09 }
        let module = rest.dropFirst(name.count).drop { $0 == 0x20 || $0 == 0x09 }
        guard namesModules || module.first != 0x5B else { return nil }
        return Match(
            name: String(decoding: name, as: UTF8.self), start: VirtualAddress(starts[low - 1] &+ slide),
            module: module.first == 0x5B
                ? String(decoding: module.dropFirst().prefix { $0 != 0x5D }, as: UTF8.self) : "")
    }
}
