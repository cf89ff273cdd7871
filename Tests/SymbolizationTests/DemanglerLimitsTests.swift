import CDemangle
import Glibc
import Symbolization
import TestSupport
import Testing

/// Names that stand for more than anyone has memory for, and real ones, which the bounds must leave as they are.
@Suite struct DemanglerLimitsTests {
    /// `int (*)()` and pointers to functions that take the last one twice: each level doubles the text.
    private static func cBomb(levels: Int) -> String {
        var type = "Pi"
        for level in 0..<levels {
            let number = level == 0 ? "" : String(2 * level - 1, radix: 36, uppercase: true)
            type = "PFv\(type)S\(number)_E"
        }
        return "_Z1f" + type
    }

    @Test(arguments: [16, 20, 40, 80, 200, 1000])
    func nestedSubstitutionsOfCStayMangled(levels: Int) {
        let name = Self.cBomb(levels: levels)
        #expect(Demangler.demangle(name) == name)
    }

    @Test func aFewNestedSubstitutionsOfCAreFine() { #expect(Demangler.demangle(Self.cBomb(levels: 8)) == "f") }

    @Test(arguments: [
        // a.f(a.B<…>): pairs of pairs, and a thousand at once.
        "$s1a1fyyAA1BVyADyADyADyADyADyADyADyADyADyADyADyADyADyADyADyADyADyADyADyADyADyADyAA1CVAFGAGGAHGAIGAJGAKG"
            + "ALGAMGANGAOGAPGAQGARGASGATGAUGAVGAWGAXGAYGAZGF",
        "$s1a1fyyAA1BVyAA1CVA1000AFGtA1000AGtA1000AHtF",
    ])
    func nestedSubstitutionsOfSwiftStayMangled(name: String) { #expect(Demangler.demangle(name) == name) }

    @Test func manyPairsOfSwiftAreFine() {
        #expect(
            Demangler.demangle("$s1a1fyyAA1BVyADyADyADyAA1CVAFGAGGAHGAIGF").hasPrefix("a.f(a.B<a.B<a.B<a.B<a.C, a.C>"))
    }

    @Test func realNamesOfCComeOutAsTheRuntimeWritesThem() throws {
        var names: [String] = []
        for library in Self.libraries(named: ["libstdc++.so.6", "libLLVM-14.so.1", "libclang-cpp.so.14"]) {
            names += try Self.exported(by: library, prefix: "_Z")
        }
        #expect(names.count > 3000)
        var buffer = [CChar](repeating: 0, count: 1 << 16)
        for name in names {
            let count = tickscope_demangle(name, &buffer, buffer.count)
            let text = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
            var status: Int32 = 0
            let expected = runtimeDemangle(name, nil, nil, &status)
            defer { free(expected) }
            #expect(text == expected.map { String(cString: $0) } ?? "", "\(name)")
        }
    }

    @Test func realNamesOfSwiftAreWithinTheBound() throws {
        var names: [String] = []
        for library in Self.libraries(named: ["libswiftCore.so", "libFoundation.so"]) {
            names += try Self.exported(by: library, prefix: "$s")
        }
        #expect(names.count > 10_000)
        var mangled = 0
        for name in names {
            let text = Demangler.demangle(name)
            if text == name { mangled += 1 }
            #expect(text == name || text.utf8.count <= SwiftNameSize.bound(name.utf8), "\(name)")
        }
        // What the bound is too coarse for.
        #expect(mangled * 200 < names.count, "\(mangled) of \(names.count)")
    }

    /// Paths of those that this process has loaded or that are on this machine.
    private static func libraries(named names: [String]) -> [String] {
        guard let maps = fopen("/proc/self/maps", "r") else { return [] }
        defer { fclose(maps) }
        var folders: Set<String> = []
        var line = [CChar](repeating: 0, count: 4352)
        while fgets(&line, Int32(line.count), maps) != nil {
            let text = line.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
            if let start = text.firstIndex(of: "/"), let end = text.lastIndex(of: "/") {
                folders.insert(String(text[start...end]))
            }
        }
        return names.compactMap { name in folders.sorted().map { $0 + name }.first { access($0, R_OK) == 0 } }
    }

    private static func exported(by library: String, prefix: String) throws -> [String] {
        let program = try Program.run(["nm", "-D", "--defined-only", library])
        return program.output.text.split(separator: "\n")
            .compactMap { $0.split(separator: " ").last?.split(separator: "@").first.map(String.init) }
            .filter { $0.hasPrefix(prefix) }
    }
}

@_silgen_name("__cxa_demangle")
private func runtimeDemangle(
    _ name: UnsafePointer<CChar>, _ output: UnsafeMutablePointer<CChar>?, _ length: UnsafeMutablePointer<Int>?,
    _ status: UnsafeMutablePointer<Int32>?
) -> UnsafeMutablePointer<CChar>?
