import Symbolization
import TestSupport
import Testing

@Suite struct AsyncNamesTests {
    @Test(arguments: [
        ("$s2as5outeryS2iYaFTQ1_", "as.outer(Swift.Int) async -> Swift.Int"),
        ("$s2as5outeryS2iYaFTY0_", "as.outer(Swift.Int) async -> Swift.Int"),
        ("$s2as5outeryS2iYaF", "as.outer(Swift.Int) async -> Swift.Int"),
    ])
    func partsAreTheFunction(symbol: String, expected: String) {
        #expect(Demangler.demangle(symbol) == expected)
    }

    @Test(.enabled(if: Capability.swiftCompiler && Capability.hasTool("nm"), "swiftc or nm is not installed"))
    func everyPartOfARealProgramIsItsFunction() throws {
        let binary = try Fixture.asynchronous.build()
        let listing = try Program.run(["nm", binary])
        var parts = 0
        for line in listing.output.text.split(separator: "\n") {
            guard let symbol = line.split(separator: " ").last.map(String.init), symbol.hasPrefix("$s5async"),
                symbol.contains("FTQ") || symbol.contains("FTY")
            else { continue }
            parts += 1
            let name = Demangler.demangle(symbol)
            #expect(
                ["async.leaf(Swift.Int) async -> Swift.Int", "async.outer(Swift.Int) async -> Swift.Int"].contains(name)
            )
        }
        #expect(parts >= 3)
    }
}
