import BenchmarkSuites
import CycleTiming
import Testing

/// This machine, whatever it is worth: structure only.
@Suite struct DoctorExaminationTests {
    @Test func anExaminationCoversEverySectionAndLeavesTheAffinity() throws {
        let affinity = try ProcessorAffinity.current()
        var parts: [String] = []
        let doctor = try Doctor.examine(seconds: 0.5) { parts.append($0) }
        #expect(try ProcessorAffinity.current() == affinity)
        #expect(parts == ["permissions", "clock", "known answers", "noise", "power"])
        let order = doctor.findings.map { finding in
            Doctor.Section.allCases.firstIndex(of: finding.section) ?? -1
        }
        #expect(order == order.sorted())
        let ids = doctor.findings.map(\.id)
        #expect(Set(ids).count == ids.count)
        #expect(ids.allSatisfy { $0.allSatisfy { $0 == "-" || $0.isNumber || $0.isLowercase } })
        let expected: Set = [
            "perf-events", "hardware-counters", "counter-invariance", "calibration", "stamp-cost", "noise-lost",
            "noise-outside", "resolvable-difference", "throttling", "load",
        ]
        #expect(expected.isSubset(of: ids))
        #expect(doctor.findings.allSatisfy { !$0.value.contains("\n") && $0.remedy?.contains("\n") != true })
    }
}
