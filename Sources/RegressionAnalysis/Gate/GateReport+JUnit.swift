internal import Benchmarking
internal import BenchmarkSuites
internal import ProfileFormats

extension GateReport {
    /// JUnit's XML: a test case for each metric of each benchmark that decides. A regression is a failure, a tolerance
    /// that cannot be kept an error, what is not resolved skipped.
    package func junit() -> String {
        var cases: [String] = []
        var (failed, errors, skipped) = (0, 0, 0)
        for finding in deciding {
            let sentence = XMLText.escaped(GateWording(finding: finding).sentence)
            let isOpen = finding.verdict == .notResolved && !finding.excludesRegression
            var body = "      <system-out>\(sentence)</system-out>\n"
            if finding.verdict == .regressed {
                failed += 1
                body = "      <failure type=\"regressed\" message=\"\(sentence)\"/>\n"
            } else if finding.isToleranceBelowNoise {
                errors += 1
                body = "      <error type=\"tolerance-below-noise\" message=\"\(sentence)\"/>\n"
            } else if isOpen {
                skipped += 1
                body = "      <skipped message=\"\(sentence)\"/>\n"
            }
            cases.append(Self.testCase(finding.id.description, finding.metric.id, body))
        }
        for failure in failures {
            failed += 1
            let text = XMLText.escaped(failure.text)
            cases.append(
                Self.testCase(
                    failure.id.description, "measured", "      <failure type=\"failed\" message=\"\(text)\"/>\n"))
        }
        for remark in unjudged {
            skipped += 1
            let text = XMLText.escaped(remark.text)
            cases.append(
                Self.testCase(remark.id.description, "compared", "      <skipped message=\"\(text)\"/>\n"))
        }
        var attributes = "name=\"\(XMLText.escaped("regressions against \(baselineName)"))\" tests=\"\(cases.count)\" "
        attributes += "failures=\"\(failed)\" errors=\"\(errors)\" skipped=\"\(skipped)\" time=\"0\""
        if !hostname.isEmpty { attributes += " hostname=\"\(XMLText.escaped(hostname))\"" }
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <testsuites>
              <testsuite \(attributes)>
            \(cases.joined())  </testsuite>
            </testsuites>

            """
    }

    private static func testCase(_ benchmark: String, _ name: String, _ body: String) -> String {
        "    <testcase classname=\"\(XMLText.escaped(benchmark))\" name=\"\(XMLText.escaped(name))\" time=\"0\">\n"
            + body + "    </testcase>\n"
    }
}
