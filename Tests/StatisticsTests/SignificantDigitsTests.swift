import Statistics
import Testing

@Suite struct SignificantDigitsTests {
    /// The examples of the Particle Data Group (0.827 ± 0.119, 0.827 ± 0.367 and ± 0.0957 of its Introduction 5.3) for
    /// the uncertainty; the value ends at the uncertainty's leading digit.
    @Test(arguments: [
        (0.827, 0.119, "0.8", "0.12"), (0.827, 0.367, "0.8", "0.4"), (0.827, 0.0957, "0.8", "0.10"),
        (123.456, 2.6, "123", "2.6"), (123.456, 0.026, "123.46", "0.026"), (123.456, 26, "120", "26"),
        (52, 26, "50", "26"), (12345, 400, "12300", "400"), (12345, 9600, "10000", "10000"),
        (0.999, 0.04, "1.00", "0.04"),
        (-0.004, 0.1, "0.0", "0.10"), (-7.26, 0.05, "-7.26", "0.05"), (3, 1000, "0", "1000"),
        (1e-9, 3.3e-11, "0.00000000100", "0.000000000033"), (299792458, 1, "299792458", "1.0"),
    ])
    func valuesEndWhereTheirUncertaintyBegins(value: Double, uncertainty: Double, text: String, uncertaintyText: String)
        throws
    {
        let digits = try #require(SignificantDigits(value: value, uncertainty: uncertainty))
        #expect(digits.valueText == text)
        #expect(digits.uncertaintyText == uncertaintyText)
    }

    @Test func numbersOfDecimals() throws {
        func decimals(_ uncertainty: Double) -> Int? { SignificantDigits(value: 1, uncertainty: uncertainty)?.decimals }
        #expect(decimals(0.3) == 1 && decimals(0.0949) == 2 && decimals(0.0951) == 1 && decimals(1) == 0)
        #expect(decimals(950) == -3 && decimals(949) == -2 && decimals(0) == nil)
        for exponent in -300...300 {
            let power = try #require(Double("1e\(exponent)"))
            #expect(decimals(power) == -exponent, "a power of ten is the leading digit of its place")
            #expect(decimals(power * 5) == -exponent)
        }
    }

    @Test func roundingNeverMovesAValueByMoreThanItsUncertainty() throws {
        var random = SeededGenerator(seed: 71)
        for _ in 0..<5000 {
            let value = (random.uniform() - 0.5) * 1e6
            let uncertainty = 1e4 * random.uniform() * random.uniform() * random.uniform() + 1e-9
            let digits = try #require(SignificantDigits(value: value, uncertainty: uncertainty))
            #expect(abs(digits.roundedValue - value) <= 0.53 * uncertainty + 1e-9)
            #expect(abs(digits.roundedUncertainty - uncertainty) <= 0.15 * uncertainty)
            let printed = try #require(Double(digits.valueText))
            #expect(isClose(printed, digits.roundedValue) || abs(printed - digits.roundedValue) < 1e-9)
        }
    }

    @Test func exactValuesKeepAllDigits() throws {
        let exact = try #require(SignificantDigits(value: 0.1, uncertainty: 0))
        #expect(exact.valueText == "0.1" && exact.roundedValue == 0.1 && exact.uncertaintyText == "0.0")
    }

    @Test func hostileInput() throws {
        for hostile in hostileValues {
            #expect(SignificantDigits(value: hostile, uncertainty: 1) == nil)
            #expect(SignificantDigits(value: 1, uncertainty: hostile) == nil)
        }
        #expect(SignificantDigits(value: 1, uncertainty: -1) == nil)
        let greatest = Double.greatestFiniteMagnitude
        for (value, uncertainty) in [
            (greatest, greatest), (greatest, .leastNonzeroMagnitude), (1, 1e308), (1, .leastNonzeroMagnitude),
            (-greatest, 9.6e307),
        ] {
            let digits = try #require(SignificantDigits(value: value, uncertainty: uncertainty))
            #expect(!digits.valueText.isEmpty && !digits.uncertaintyText.isEmpty)
            #expect(!digits.roundedValue.isNaN)
        }
    }
}
