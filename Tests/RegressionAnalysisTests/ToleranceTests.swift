import RegressionAnalysis
import Testing

@Suite struct ToleranceTests {
    @Test(arguments: [
        "15%", "0%", "cycles=2%", "book.*:time=5%", "time=2ns", "time=5%,2ns", "time=1.5 us", "p99.9=10%",
    ])
    func whatIsATolerance(_ text: String) throws { _ = try ToleranceRules([text]) }

    @Test(arguments: [
        "", "%", "-1%", "5", "5 ns", "nan%", "1e9%", "cycles=", "cycles=2ns", "nothing=5%", "(:time=5%", "time=5%,",
        "branches=5%", "99999%",
    ])
    func whatIsNot(_ text: String) {
        #expect(throws: RegressionError.self) { try ToleranceRules([text]) }
    }
}
