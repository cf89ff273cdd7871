internal import ProfileModel
internal import Symbolization

extension FuzzTarget {
    static let perfMap = FuzzTarget("perf-map") { bytes in
        let map = PerfMap(text: Array(bytes))
        for address in [0, 1, 0x1000, 0x7F00_0000_1000, .max] as [UInt64] { _ = map.lookup(VirtualAddress(address)) }
    }

    static let kallsyms = FuzzTarget("kallsyms") { bytes in
        let symbols = KernelSymbols(kallsyms: Array(bytes))
        for address in [0, 1, 0xFFFF_FFFF_8100_0000, .max] as [UInt64] { _ = symbols.lookup(VirtualAddress(address)) }
    }

    static let demangle = FuzzTarget("demangle", largestInput: 1024) { bytes in
        // Symbols are zero-terminated.
        let name = String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        let demangled = Demangler.demangle(name)
        _ = SwiftName.short(demangled)
        if name.hasPrefix("$s"), demangled != name {
            precondition(demangled.utf8.count <= SwiftNameSize.bound(name.utf8) + 64, "the bound is none")
        }
    }
}
