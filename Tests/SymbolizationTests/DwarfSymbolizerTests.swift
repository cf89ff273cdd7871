import Foundation
import ProfileModel
import Symbolization
import TestSupport
import Testing

@Suite struct DwarfSymbolizerTests {
    private func load(_ path: String) throws -> ModuleSymbols {
        let file = try #require(OpenFile(path: path))
        return ModuleSymbols(.file(file), path: path)
    }

    /// Every address of real programs, in each way that compilers write debug information, as llvm-symbolizer reads it.
    @Test(
        .enabled(if: Capability.hasTool("llvm-symbolizer-14"), "llvm-symbolizer-14 is not installed"),
        arguments: DwarfFixture.all.filter(\.isBuildable))
    func chainsAreThoseOfLLVM(fixture: DwarfFixture) throws {
        let folder = try TemporaryFolder()
        let binary = try fixture.build(in: folder.path)
        let symbols = try load(binary)
        let addresses = try Reference.codeAddresses(of: binary, count: 4000)
        let reference = try Reference.chains(of: binary + fixture.reference, addresses)
        var compared = 0
        var inlined = 0
        var differing: [String] = []
        for address in addresses {
            guard let expected = reference[address], expected.contains(where: { !$0.place.hasSuffix(":0") }) else {
                continue
            }
            compared += 1
            let chain = symbols.resolve(ModuleRelativeAddress(address), SymbolizationOptions()).chain
            let found = chain.map { frame in
                let file = frame.place.file.split(separator: "/").last ?? "?"
                return ReferenceFrame(function: frame.function, place: "\(file):\(frame.place.line)")
            }
            if found.count > 1 { inlined += 1 }
            // llvm-symbolizer takes the outermost name from the symbol table.
            // Ours says in which namespace a function without a linkage name is.
            let isEqual =
                found.count == expected.count
                && zip(found, expected).dropLast().allSatisfy {
                    // What dwz moved to another file, LLVM does not find.
                    $0.place == $1.place && !$0.function.isEmpty
                        && ($0.function == $1.function || $0.function.hasSuffix("::" + $1.function)
                            || $1.function == "??" && fixture.name == "gcc-shared")
                } && found.last?.place == expected.last?.place
                && chain.dropLast().allSatisfy(\.isInlined) && chain.last?.isInlined == false
            if !isEqual { differing.append("\(String(address, radix: 16)): \(found) instead of \(expected)") }
        }
        #expect(compared > 200)
        #expect(inlined > 50)
        #expect(differing.isEmpty, "\(differing.count) of \(compared): \(differing.prefix(2))")
        #expect(symbols.warnings.isEmpty)
    }

    @Test func inlinedFunctionsAreLeftOutOnRequest() throws {
        let fixture = try #require(DwarfFixture.all.first { $0.isBuildable })
        let folder = try TemporaryFolder()
        let binary = try fixture.build(in: folder.path)
        let symbols = try load(binary)
        var options = SymbolizationOptions()
        options.includesInlined = false
        for address in try Reference.codeAddresses(of: binary, count: 100) {
            #expect(symbols.resolve(ModuleRelativeAddress(address), options).chain.isEmpty)
        }
    }

    /// Damage anywhere in the debug sections of a real program: nothing may crash or go on forever.
    @Test(arguments: DwarfFixture.all.filter { $0.isBuildable && ["gcc-dwarf4", "clang-dwarf5"].contains($0.name) })
    func damageIsSurvived(fixture: DwarfFixture) throws {
        let folder = try TemporaryFolder()
        let binary = try fixture.build(in: folder.path)
        let file = try #require(OpenFile(path: binary))
        let elf = try ElfReader(file: file.descriptor)
        let code = try #require(elf.segments.first { $0.isExecutable })
        let sections = elf.debugSections().mapValues(\.contents)
        var random = SplitMix(state: 11)
        for round in 0..<400 {
            let damaged = sections.mapValues { bytes in
                var bytes = bytes
                if round % 10 == 0 { bytes.removeLast(Int(random.next() % UInt64(bytes.count + 1))) }
                guard !bytes.isEmpty else { return SectionBytes(bytes) }
                for _ in 0..<(round % 5 == 0 ? 64 : 2) {
                    bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
                }
                return SectionBytes(bytes)
            }
            guard let dwarf = DwarfFile(damaged) else { continue }
            let symbolizer = DwarfSymbolizer(dwarf, code: code.address..<(code.address + code.memorySize))
            for address in stride(from: code.address, to: code.address + code.memorySize, by: 61) {
                let chain = symbolizer.chain(at: address)
                #expect(chain.count <= 256)
            }
        }
    }

    /// A compressed section that was damaged, or whose header lies about its size, is as if it were not there.
    @Test(arguments: DwarfFixture.all.filter { $0.isBuildable && $0.name.contains("compressed") })
    func damagedCompressionIsLeftOut(fixture: DwarfFixture) throws {
        let folder = try TemporaryFolder()
        let image = [UInt8](try Data(contentsOf: URL(filePath: fixture.build(in: folder.path))))
        let sections = try image.withUnsafeBytes { try ElfReader(bytes: $0).debugSections().mapValues(\.contents) }
        #expect(sections["info"]?.isEmpty == false && sections["line"]?.isEmpty == false)
        var random = SplitMix(state: 7)
        var lost = 0
        for _ in 0..<200 {
            var damaged = image
            for _ in 0..<64 { damaged[Int(random.next() % UInt64(image.count))] ^= 1 << UInt8(random.next() % 8) }
            let found = damaged.withUnsafeBytes { (try? ElfReader(bytes: $0))?.debugSections().mapValues(\.contents) }
            guard let found else { continue }
            lost += sections.keys.filter { found[$0] == nil }.count
        }
        #expect(lost > 0, "no damage was noticed")
    }
}
