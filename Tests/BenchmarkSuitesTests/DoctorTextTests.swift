import BenchmarkSuites
import Foundation
import Testing

@Suite struct DoctorTextTests {
    private static let doctor = Doctor(
        machine: "AMD EPYC, 2 processors, Linux 6.18", processor: 1, seconds: 2.44,
        findings: [
            Doctor.Finding("pinning", .permissions, "pinning", "allowed", .good),
            Doctor.Finding(
                "tracepoints", .permissions, "tracepoints", "unreadable", .note, remedy: "sudo \"mount\""),
            Doctor.Finding("noise-lost", .noise, "time lost", "1.20 % of 1.0 s", .warning),
            Doctor.Finding("smt", .hygiene, "SMT", "off", .good),
        ])

    @Test func textShowsTheGradeFirstAndAlignsTheFindings() {
        #expect(
            Self.doctor.text() == """
                B  measures well, with limits: time lost: 1.20 % of 1.0 s
                   AMD EPYC, 2 processors, Linux 6.18; processor 1 examined for 2.4 s

                permissions    ok    pinning      allowed
                               note  tracepoints  unreadable
                                     → sudo "mount"
                noise          warn  time lost    1.20 % of 1.0 s
                hygiene        ok    SMT          off

                """)
    }

    @Test func theReasonNamesTwoFindingsAndCountsTheOthers() {
        var doctor = Self.doctor
        #expect(doctor.reason == "time lost: 1.20 % of 1.0 s")
        for name in ["a", "b", "c"] {
            doctor.findings.append(Doctor.Finding(name, .clock, name, "off", .bad))
        }
        #expect(doctor.reason == "a: off; b: off; 1 more")
        #expect(doctor.isUnfit)
        doctor.findings = []
        doctor.processor = nil
        #expect(
            doctor.text() == """
                A  measures well: nothing stands in the way
                   AMD EPYC, 2 processors, Linux 6.18; examined for 2.4 s, not pinned


                """)
    }

    @Test func jsonHasEveryKeyEvenWithoutAValue() throws {
        var doctor = Self.doctor
        doctor.processor = nil
        doctor.findings = Array(doctor.findings[0...1])
        #expect(
            try doctor.json() == #"""
                {
                  "findings" : [
                    {
                      "id" : "pinning",
                      "remedy" : null,
                      "section" : "permissions",
                      "status" : "good",
                      "title" : "pinning",
                      "value" : "allowed"
                    },
                    {
                      "id" : "tracepoints",
                      "remedy" : "sudo \"mount\"",
                      "section" : "permissions",
                      "status" : "note",
                      "title" : "tracepoints",
                      "value" : "unreadable"
                    }
                  ],
                  "grade" : "A",
                  "machine" : "AMD EPYC, 2 processors, Linux 6.18",
                  "processor" : null,
                  "reason" : "nothing stands in the way",
                  "schema_version" : 1,
                  "seconds" : 2.44,
                  "unfit" : false
                }

                """#)
    }
}
