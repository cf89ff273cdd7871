import BenchmarkSuites
import Testing

@Suite struct DoctorGradeTests {
    private static let good = Doctor.Finding("pinning", .permissions, "pinning", "allowed", .good)

    private func grade(_ section: Doctor.Section, _ status: Doctor.Status) -> Doctor.Grade {
        Doctor.Grade([Self.good, Doctor.Finding("x", section, "x", "x", status), Self.good])
    }

    @Test(arguments: Doctor.Section.allCases) func goodFindingsAndNotesGiveA(_ section: Doctor.Section) {
        #expect(grade(section, .good) == .a)
        #expect(grade(section, .note) == .a)
    }

    @Test(arguments: Doctor.Section.allCases) func aWarningGivesB(_ section: Doctor.Section) {
        #expect(grade(section, .warning) == .b)
    }

    @Test func whatIsBadGivesDForClockAndKnownAnswersAndElseC() {
        let grades = Doctor.Section.allCases.map { grade($0, .bad) }
        #expect(grades == [.c, .d, .d, .c, .c, .c, .c])
    }

    @Test func theWorstFindingDecidesWhateverTheOrder() {
        let findings = [
            Doctor.Finding("a", .hygiene, "a", "a", .warning), Doctor.Finding("b", .noise, "b", "b", .bad),
            Doctor.Finding("c", .clock, "c", "c", .bad),
        ]
        #expect(Doctor.Grade(findings) == .d)
        #expect(Doctor.Grade(findings.reversed()) == .d)
        #expect(Doctor.Grade(Array(findings.prefix(2))) == .c)
        #expect(Doctor.Grade.d.reasons(among: findings).map(\.id) == ["c"])
        #expect(Doctor.Grade.c.reasons(among: findings).map(\.id) == ["b", "c"])
    }
}
