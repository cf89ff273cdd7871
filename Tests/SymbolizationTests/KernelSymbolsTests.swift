import ProfileModel
import Symbolization
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
}
