import Foundation
import ProfileModel
import Symbolization
import TestSupport
import Testing

@Suite struct KernelSymbolsTests {
    @Test func findsTheFunctionThatHoldsAnAddress() {
        let text = """
            ffffffff81000000 T _text
            ffffffff81000100 t do_one
            ffffffff81000100 D some_data
            ffffffff81000200 W do_two
            ffffffffc0001000 t helper\t[module_a]

            """
        let symbols = KernelSymbols(kallsyms: Array(text.utf8))
        let name = { (address: UInt64) in symbols.lookup(VirtualAddress(address))?.name }
        #expect(name(0xFFFF_FFFF_8100_01FF) == "do_one")
        #expect(name(0xFFFF_FFFF_8100_0200) == "do_two")
        #expect(name(0xFFFF_FFFF_C000_1010) == "helper")
        #expect(name(0x1000) == nil)
        #expect(symbols.lookup(VirtualAddress(0xFFFF_FFFF_C000_1010))?.module == "module_a")
        #expect(symbols.lookup(VirtualAddress(0xFFFF_FFFF_8100_0101))?.module == "")
    }

    @Test func hiddenAddressesAreNoSymbols() {
        let symbols = KernelSymbols(kallsyms: Array("0000000000000000 T _text\n0000000000000000 t x\n".utf8))
        #expect(!symbols.isAvailable)
    }

    @Test func garbageIsNoSymbols() {
        #expect(!KernelSymbols(kallsyms: [0xFF, 0x0A, 0x20, 0x0A, 0x31]).isAvailable)
    }

    private let table = KernelSymbols(
        kallsyms: Array(
            """
            ffffffff81000000 T _stext
            ffffffff81000000 T _text
            ffffffff81000100 t do_one
            ffffffffc0001000 t helper\t[module_a]

            """.utf8))

    @Test func symbolsMoveWithTheKernel() throws {
        let moved = try #require(table.moved(textTo: 0xFFFF_FFFF_9200_0000, keepsModules: true))
        let match = moved.lookup(VirtualAddress(0xFFFF_FFFF_9200_0108))
        #expect(match?.name == "do_one")
        #expect(match?.start == VirtualAddress(0xFFFF_FFFF_9200_0100))
        // Modules are loaded one by one: where the kernel went says nothing about them.
        #expect(moved.lookup(VirtualAddress(0xFFFF_FFFF_D100_1010)) == nil)
        #expect(moved.lookup(VirtualAddress(0xFFFF_FFFF_8100_0108)) == nil)
    }

    @Test func modulesKeepTheirNamesOnlyWhereTheyAreKnownToBe() throws {
        let helper = VirtualAddress(0xFFFF_FFFF_C000_1010)
        #expect(try #require(table.moved(textTo: 0xFFFF_FFFF_8100_0000, keepsModules: true)).lookup(helper) != nil)
        #expect(try #require(table.moved(textTo: 0xFFFF_FFFF_8100_0000, keepsModules: false)).lookup(helper) == nil)
    }

    @Test func tableThatDoesNotTellItsPlaceCannotMove() {
        let table = KernelSymbols(kallsyms: Array("ffffffff81000100 t do_one\n".utf8))
        #expect(table.moved(textTo: 0xFFFF_FFFF_8100_0000, keepsModules: true) == nil)
    }
}

@Suite struct KernelSymbolCacheTests {
    private static let kallsyms = """
        ffffffff81000000 T _text
        ffffffff81000000 T _stext
        ffffffff81000000 T first
        ffffffff81000100 t do_one
        ffffffff81000200 W do_two
        ffffffff81000300 T _etext
        ffffffff81000400 T after
        ffffffffc0001000 t helper\t[module_a]

        """

    private let folder: TemporaryFolder
    private var path: String { folder.path + "/tickscope" }
    private var cache: KernelSymbolCache { KernelSymbolCache(folder: path, key: [1, 2, 3]) }

    init() throws {
        folder = try TemporaryFolder()
        KernelSymbols(kallsyms: Array(Self.kallsyms.utf8)).store(in: cache)
    }

    @Test func keepsTheKernelsOwnFunctions() throws {
        let kept = try #require(KernelSymbols(cache))
        let all = KernelSymbols(kallsyms: Array(Self.kallsyms.utf8))
        for address in stride(from: UInt64(0xFFFF_FFFF_8100_0000), to: 0xFFFF_FFFF_8100_0300, by: 0x40) {
            #expect(kept.covers(VirtualAddress(address)))
            #expect(kept.lookup(VirtualAddress(address)) == all.lookup(VirtualAddress(address)))
        }
        for address in [0xFFFF_FFFF_8100_0300, 0xFFFF_FFFF_C000_1000, 0x1000] as [UInt64] {
            #expect(!kept.covers(VirtualAddress(address)))
            #expect(kept.lookup(VirtualAddress(address)) == nil)
        }
    }

    @Test func isReadableByItsOwnerOnly() {
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o700)
        #expect(stat(path + "/kernel-symbols", &status) == 0 && status.st_mode & 0o777 == 0o600)
        #expect(stat(path + "/kernel-symbols.tmp", &status) != 0)
    }

    @Test func anotherBootsIsNotUsed() {
        #expect(KernelSymbols(KernelSymbolCache(folder: path, key: [1, 2, 4])) == nil)
    }

    @Test func readableByOthersIsNotUsed() {
        chmod(path + "/kernel-symbols", 0o644)
        #expect(KernelSymbols(cache) == nil)
    }

    @Test func damagedOrCutShortIsNotUsed() throws {
        let file = path + "/kernel-symbols"
        let bytes = try Data(contentsOf: URL(filePath: file))
        for index in bytes.indices {
            var damaged = bytes
            damaged[index] ^= 0x10
            try damaged.write(to: URL(filePath: file))
            chmod(file, 0o600)
            #expect(KernelSymbols(cache) == nil, "byte \(index)")
            try bytes.prefix(index).write(to: URL(filePath: file))
            #expect(KernelSymbols(cache) == nil, "\(index) bytes")
        }
        KernelSymbols(kallsyms: Array(Self.kallsyms.utf8)).store(in: cache)
        #expect(KernelSymbols(cache) != nil)
    }

    @Test func aLinkIsNotFollowed() throws {
        let file = path + "/kernel-symbols"
        rename(file, file + ".moved")
        symlink(file + ".moved", file)
        #expect(KernelSymbols(cache) == nil)
    }
}
