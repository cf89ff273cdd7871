import BenchmarkSuites
import Benchmarking
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

    private func file(_ tolerances: String) throws -> SuiteFile {
        try SuiteFile(
            text: """
                suites:
                - name: a
                  program: p
                  scenarios:
                  - benchmark: book.*
                    tolerances: {\(tolerances)}
                """, path: "t.yaml")
    }

    /// A tenth more, in ten processes.
    private func verdict(_ rules: ToleranceRules, _ name: String) throws -> GateVerdict {
        let (before, now) = (Sample.steady(100), Sample.steady(110))
        let report = try RegressionGate(rules: rules).judge(
            Sample.one(.time, now, name: name), against: Sample.one(.time, before, name: name), named: "main")
        return try #require(report.findings.first).verdict
    }

    @Test func suiteFilesTolerateWhatTheirScenariosSelect() throws {
        let rules = try ToleranceRules(file("time: 20 %"))
        #expect(try verdict(rules, "book.add") == .same)
        #expect(try verdict(rules, "other") == .regressed)
        #expect(try verdict(ToleranceRules(file("time: '5 %, 30 ns'")), "book.add") == .same)
        // What is said on the command line wins.
        #expect(try verdict(ToleranceRules(file("time: 20 %"), ["5%"]), "book.add") == .regressed)
    }

    @Test(arguments: ["nothing: 5 %", "time: 5", "time: 5 kg", "branches: 5 %"])
    func whatIsWrongInASuiteFileHasItsPlace(_ text: String) throws {
        let file = try file(text)
        let error = #expect(throws: RegressionError.self) { try ToleranceRules(file) }
        #expect(error?.description.hasPrefix("t.yaml:6:") == true && error?.description.contains("\n") == false)
    }
}
