import Glibc
import ProfileModel
import Symbolization
import Testing

@Suite struct ElfReaderTests {
    /// The C library that this process runs on: its path, and where its first byte is mapped.
    private static let library: (path: String, base: UInt) = {
        guard let maps = fopen("/proc/self/maps", "r") else { return ("", 0) }
        defer { fclose(maps) }
        var line = [CChar](repeating: 0, count: 4352)
        while fgets(&line, Int32(line.count), maps) != nil {
            let text = line.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
            let fields = text.split(whereSeparator: \.isWhitespace)
            if fields.count == 6, fields[5].contains("/libc.so"), let start = fields[0].split(separator: "-").first {
                return (String(fields[5]), UInt(start, radix: 16) ?? 0)
            }
        }
        return ("", 0)
    }()

    private func bytes(of path: String) throws -> [UInt8] {
        let file = try #require(fopen(path, "rb"))
        defer { fclose(file) }
        fseek(file, 0, SEEK_END)
        var bytes = [UInt8](repeating: 0, count: ftell(file))
        rewind(file)
        #expect(fread(&bytes, 1, bytes.count, file) == bytes.count)
        return bytes
    }

    @Test func aTableOfSomeAddressesSaysWhatTheWholeOneSays() throws {
        let file = open(Self.library.path, O_RDONLY)
        defer { close(file) }
        let elf = try ElfReader(file: file)
        let whole = SymbolTable([elf])
        let code = try #require(elf.segments.first { $0.isExecutable })
        let end = code.address + code.memorySize
        // Many addresses leave few symbols out, few leave most out.
        for step in [7, 4001, 50_021] as [UInt64] {
            let addresses = Array(stride(from: code.address, to: end, by: Int(step)))
            let some = SymbolTable([elf], for: addresses)
            var differences: [String] = []
            var names = 0
            for address in addresses.map({ ModuleRelativeAddress($0) }) {
                let (expected, match) = (whole.lookup(address), some.lookup(address))
                if expected != nil { names += 1 }
                if match != expected {
                    differences.append("\(address): \(match?.name ?? "nothing"), not \(expected?.name ?? "nothing")")
                }
            }
            #expect(names > 0 && differences.isEmpty, "\(step): \(differences.prefix(5))")
        }
    }

    @Test func namesAFunctionWhereTheLoaderFindsIt() throws {
        let file = open(Self.library.path, O_RDONLY)
        defer { close(file) }
        let elf = try ElfReader(file: file)
        let table = SymbolTable([elf])
        let address = try #require(dlsym(UnsafeMutableRawPointer(bitPattern: 0), "strtoull"))
        let own = UInt64(UInt(bitPattern: address) - Self.library.base)
        for offset in [0, 1, 8] as [UInt64] {
            guard let match = table.lookup(ModuleRelativeAddress(own + offset)) else {
                Issue.record("no symbol at +\(offset)")
                continue
            }
            #expect(match.start == ModuleRelativeAddress(own))
            #expect(
                match.name.contains("strtoull") || match.name.contains("strtoumax") || match.name.contains("strtoul"))
        }
        #expect(elf.ehFrame?.bytes.isEmpty == false)
        #expect(elf.buildID.count == 40)
    }

    @Test func vdsoIsReadable() throws {
        let image = try #require(VirtualDynamicObject.image())
        let elf = try image.withUnsafeBytes { try ElfReader(bytes: $0) }
        #expect(elf.ehFrame != nil)
        let table = SymbolTable([elf])
        let span = elf.segments.filter(\.isExecutable).flatMap { [$0.address, $0.address + $0.memorySize] }
        let names = (span.min()!..<span.max()!).compactMap { table.lookup(ModuleRelativeAddress($0))?.name }
        #expect(names.contains { $0.contains("clock_gettime") })
        #expect(table.lookup(ModuleRelativeAddress(.max - 1)) == nil, "behind every function")
        #expect(table.lookup(ModuleRelativeAddress(1)) == nil, "in front of every function")
    }

    /// `objdump` names stubs as well, from its own reading of the same tables.
    @Test(.enabled(if: access("/usr/bin/objdump", X_OK) == 0, "objdump is not installed"))
    func linkageStubsAreNamedAsObjdumpNamesThem() throws {
        let program = "/usr/bin/objdump"
        let listing = try #require(popen("objdump -d -j .plt -j .plt.sec -j .plt.got \(program) 2>/dev/null", "r"))
        defer { pclose(listing) }
        let file = open(program, O_RDONLY)
        defer { close(file) }
        let table = SymbolTable([try ElfReader(file: file)])
        var line = [CChar](repeating: 0, count: 1024)
        var count = 0
        while fgets(&line, Int32(line.count), listing) != nil {
            // 0000000000004030 <free@plt>:
            let text = line.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
            let fields = text.split(whereSeparator: { " <>:\n".contains($0) })
            guard text.hasSuffix(">:\n"), fields.count == 2, fields[1].hasSuffix("@plt"),
                let address = UInt64(fields[0], radix: 16)
            else { continue }
            count += 1
            let name = fields[1].split(separator: "@").first.map { $0 + "@plt" }
            #expect(
                table.lookup(ModuleRelativeAddress(address + 4))?.name.split(separator: "@").first.map { $0 + "@plt" }
                    == name)
        }
        #expect(count > 20)
    }

    @Test func brokenFilesThrowOrReadAsLittleAsTheyHave() throws {
        let whole = try bytes(of: "/proc/self/exe")
        var random = SplitMix(state: 7)
        for round in 0..<300 {
            var broken = Array(whole.prefix(round < 100 ? round * 8 : 1 << 16))
            if round >= 100 {
                // Damage the headers: that is where every offset and count comes from.
                for _ in 0..<8 { broken[Int(random.next() % 4096)] = UInt8(truncatingIfNeeded: random.next()) }
            }
            broken.withUnsafeBytes { bytes in
                guard let elf = try? ElfReader(bytes: bytes) else { return }
                _ = elf.buildID
                _ = elf.ehFrame
                _ = SymbolTable([elf]).lookup(ModuleRelativeAddress(random.next()))
            }
        }
    }

    @Test func somethingElseIsRefused() {
        let text = Array("#!/bin/sh\necho hello\n".utf8)
        #expect(throws: ElfError.self) { try text.withUnsafeBytes { try ElfReader(bytes: $0) } }
    }
}

/// A small reproducible generator (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).
struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
