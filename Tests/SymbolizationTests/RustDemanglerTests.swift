import Foundation
import Symbolization
import TestSupport
import Testing

@Suite struct RustDemanglerTests {
    /// Examples of RFC 2603 and of the compiler's own tests, with the names that the RFC gives them.
    @Test(
        arguments: [
            ("_RNvCskwGfYPst2Cb_3foo16example_function", "foo::example_function"),
            ("_RNvMs_Cs4Cv8Wi1oAIB_7mycrateNtB4_7Example3foo", "<mycrate::Example>::foo"),
            ("_RNvXCs4Cv8Wi1oAIB_7mycrateNtB2_7ExampleNtB2_5Trait3foo", "<mycrate::Example as mycrate::Trait>::foo"),
            ("_RINvCs4Cv8Wi1oAIB_7mycrate7examplehE", "mycrate::example::<u8>"),
            ("_RINvCs4Cv8Wi1oAIB_7mycrate7exampleKj8_E", "mycrate::example::<8>"),
            ("_RINvCs4Cv8Wi1oAIB_7mycrate7exampleKb1_Kc61_Kln2a_E", "mycrate::example::<true, 'a', -42>"),
            ("_RNCNvCs4Cv8Wi1oAIB_7mycrate4main0", "mycrate::main::{closure#0}"),
            ("_RNCNvCs4Cv8Wi1oAIB_7mycrate4mains_0", "mycrate::main::{closure#1}"),
            ("_RNSNvCs4Cv8Wi1oAIB_7mycrate4main6vtable", "mycrate::main::{shim:vtable#0}"),
            ("_RNvNtNtCs1234_7mycrateu8gre_7kaa4ever", nil),
            ("_RNvCs1234_7mycrateu9grn_5qa6o", nil),
            ("_RNvNtCsfq2Zq5gqAK1_2v0u8gre_7kafu8bung_4ka", nil),
            ("_RINvCs1_1a1bTEE", "a::b::<()>"),
            ("_RINvCs1_1a1bThEE", "a::b::<(u8,)>"),
            ("_RINvCs1_1a1bAhj4_E", "a::b::<[u8; 4]>"),
            ("_RINvCs1_1a1bFUKCRhEuE", "a::b::<unsafe extern \"C\" fn(&u8)>"),
            ("_RINvCs1_1a1bDNtB2_1tp3foomEL_E", "a::b::<dyn a::t<foo = u32>>"),
            ("_RNvCs1_1a1b.llvm.1234", "a::b"),
            ("_R", nil), ("_RN", nil), ("_RNvB_1b", nil), ("_RNvCs1_9a", nil), ("_RNvC1a1bB", nil),
        ] as [(String, String?)])
    func version0(symbol: String, expected: String?) {
        if let expected { #expect(RustDemangler.demangle(symbol) == expected) }
        #expect(Demangler.demangle(symbol) == (RustDemangler.demangle(symbol) ?? symbol))
    }

    @Test(arguments: [
        ("_ZN4core3fmt5write17h0123456789abcdefE", "core::fmt::write"),
        ("_ZN4core3fmt5write17h0123456789abcdefE.llvm.9", "core::fmt::write"),
        (
            "_ZN50_$LT$v0..Level$LT$u64$GT$$u20$as$u20$v0..Total$GT$5total17ha28f2abb1cbb12b1E",
            "<v0::Level<u64> as v0::Total>::total"
        ),
        ("_ZN2v04main28_$u7b$$u7b$closure$u7d$$u7d$17ha01ca24831a626baE", "v0::main::{{closure}}"),
        (
            "_ZN60_$LT$$LP$u8$C$$RF$$u5b$i32$u5d$$RP$$u20$as$u20$v0..Total$GT$5total17h6ae72ca151933108E",
            "<(u8,&[i32]) as v0::Total>::total"
        ),
    ])
    func legacy(symbol: String, expected: String) {
        #expect(Demangler.demangle(symbol) == expected)
    }

    /// Every name of a real program, its standard library included, as LLVM reads it.
    @Test(
        .enabled(
            if: Capability.hasTool("rustc") && Capability.hasTool("llvm-cxxfilt-14"),
            "rustc or llvm-cxxfilt-14 is missing"))
    func realNamesAreThoseOfLLVM() throws {
        let folder = try TemporaryFolder()
        let list = folder.path + "/names"
        let build = try Program.run(
            [
                "sh", "-c",
                "cd \(folder.path) && rustc -C symbol-mangling-version=v0 -C opt-level=0 \(Fixture.sources)/mangled.rs -o m"
                    + " && nm m | grep -oE ' _R[A-Za-z0-9_]+' | tr -d ' ' | sort -u > \(list)"
                    + " && llvm-cxxfilt-14 < \(list)",
            ], timeout: 120)
        #expect(try build.wait() == .exited(0), "\(build.errors.text)")
        let symbols = try String(contentsOfFile: list, encoding: .utf8).split(separator: "\n").map(String.init)
        let expected = build.output.text.split(separator: "\n").map(String.init)
        #expect(symbols.count > 300)
        #expect(symbols.count == expected.count)
        let differing = zip(symbols, expected).filter { Demangler.demangle($0) != $1 }
        #expect(differing.isEmpty, "\(differing.prefix(3))")
        #expect(expected.contains("mangled::größe::übung"))
    }

    @Test func hostileNamesEnd() {
        let deep = "_RINv" + String(repeating: "R", count: 8000) + "h"
        #expect(Demangler.demangle(deep) == deep)
        // Each part names the one before it twice.
        var doubling = "_RINvC1a1b"
        var last = doubling.utf8.count - 2
        doubling += "ThhE"
        for _ in 0..<60 {
            let number = last == 0 ? "_" : base62(last - 1) + "_"
            last = doubling.utf8.count - 2
            doubling += "TB\(number)B\(number)E"
        }
        doubling += "E"
        #expect(Demangler.demangle(doubling) == doubling)
        var random = SplitMix(state: 5)
        let letters = Array("RNvCIEBTASFDLKGXMYstu_0123456789abcdefghij".utf8)
        for _ in 0..<20_000 {
            let tail = (0..<(random.next() % 40)).map { _ in letters[Int(random.next() % UInt64(letters.count))] }
            _ = Demangler.demangle("_RNv" + String(decoding: tail, as: UTF8.self))
        }
    }

    private func base62(_ value: Int) -> String {
        let digits = Array("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
        return value < 62 ? String(digits[value]) : base62(value / 62) + String(digits[value % 62])
    }
}
