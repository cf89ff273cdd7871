import ProfileModel
import Sampling
import Testing

@Suite struct AddressSpaceTests {
    private func mapping(_ range: Range<UInt64>, offset: UInt64 = 0, path: String) -> Mapping {
        Mapping(
            addresses: VirtualAddress(range.lowerBound)..<VirtualAddress(range.upperBound),
            fileOffset: FileOffset(offset), identity: FileIdentity(deviceMajor: 8, deviceMinor: 1, inode: 1),
            path: path)
    }

    @Test func laterMappingsCutEarlierOnes() {
        var space = AddressSpace()
        space.insert(mapping(0x1000..<0x9000, path: "old"))
        space.insert(mapping(0x3000..<0x5000, path: "new"))
        #expect(space.mappings.map(\.path) == ["old", "new", "old"])
        #expect(space.mapping(at: VirtualAddress(0x2FFF))?.path == "old")
        #expect(space.mapping(at: VirtualAddress(0x3000))?.path == "new")
        #expect(space.mapping(at: VirtualAddress(0x5000))?.fileOffset == FileOffset(0x4000))
        #expect(space.mapping(at: VirtualAddress(0x9000)) == nil)
    }

    @Test func randomInsertionsAgreeWithAPageByPageModel() {
        var space = AddressSpace()
        var model: [UInt64: (path: String, offset: UInt64)] = [:]
        var random = SystemRandomNumberGenerator()
        for round in 0..<2000 {
            let start = UInt64.random(in: 0..<120, using: &random)
            let length = UInt64.random(in: 1..<30, using: &random)
            space.insert(mapping(start << 12..<(start + length) << 12, offset: 0x10000, path: "\(round)"))
            for page in start..<(start + length) { model[page] = ("\(round)", 0x10000 + (page - start) << 12) }
        }
        for page in UInt64(0)..<160 {
            let found = space.mapping(at: VirtualAddress(page << 12 | 0x123))
            #expect(found?.path == model[page]?.path)
            let offset = found.map { $0.fileOffset.rawValue + (page << 12) - $0.addresses.lowerBound.rawValue }
            #expect(offset == model[page]?.offset)
        }
        for (left, right) in zip(space.mappings, space.mappings.dropFirst()) {
            #expect(left.addresses.upperBound <= right.addresses.lowerBound)
        }
    }

    @Test func repeatedMappingChangesNothing() {
        var space = AddressSpace()
        space.insert(mapping(0x1000..<0x2000, path: "a"))
        let version = space.version
        space.insert(mapping(0x1000..<0x2000, path: "a"))
        #expect(space.version == version)
    }

    @Test func ownMappingsHoldThisFunction() throws {
        let mappings = try #require(MappedRegions.executable(of: ProcessFilesTests.ownPID))
        let space = AddressSpace(mappings)
        #expect(space.mappings.contains { $0.path == "[vdso]" })
        #expect(space.mappings.contains { $0.path.contains("libc.so") && $0.identity.inode != 0 })
        #expect(!space.mappings.contains { $0.path == "[stack]" })
    }
}
