import BenchmarkSuites
import Foundation
import TestSupport
import Testing

@Suite struct MachineGradeTests {
    private func doctor(_ findings: [Doctor.Finding]) -> Doctor {
        Doctor(machine: "m", processor: 0, seconds: 1, findings: findings, resolvableDifference: 0.0005)
    }

    private let counters = Doctor.Finding("hardware-counters", .permissions, "hardware counters", "none", .warning)
    private let steal = Doctor.Finding("steal", .hygiene, "stolen by the host", "6.3 %", .warning)

    @Test func theWorstFindingIsOneThatLowersTheGrade() {
        #expect(doctor([]).worst == nil)
        #expect(doctor([counters]).worst == counters)
        #expect(doctor([counters, steal]).worst == steal)
        let throttled = Doctor.Finding("throttling", .hygiene, "CPU quota", "throttled", .bad)
        #expect(doctor([counters, steal, throttled]).worst == throttled)
    }

    @Test func aGradeIsKeptForThisBootThisToolAndAnHour() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("cache/tickscope/grade.json")
        let grade = MachineGrade(doctor([counters, steal]), tool: "t 1", bootID: "b", at: 1_000)
        #expect(MachineGrade.kept(in: path, tool: "t 1", bootID: "b", at: 1_000) == nil)
        grade.keep(in: path)
        #expect(MachineGrade.kept(in: path, tool: "t 1", bootID: "b", at: 4_600) == grade)
        #expect(grade.grade == .b && grade.worst == "stolen by the host: 6.3 %")
        #expect(MachineGrade.kept(in: path, tool: "t 2", bootID: "b", at: 1_000) == nil)
        #expect(MachineGrade.kept(in: path, tool: "t 1", bootID: "c", at: 1_000) == nil)
        #expect(MachineGrade.kept(in: path, tool: "t 1", bootID: "b", at: 4_601) == nil)
        #expect(MachineGrade.kept(in: path, tool: "t 1", bootID: "b", at: 999) == nil)
        // Once it is there, nothing is examined.
        let now = MachineGrade(doctor([steal]), tool: "t 1")
        now.keep(in: path)
        #expect(MachineGrade.current(tool: "t 1", path: path) == now)
        now.keep(in: "/proc/nothing/grade.json")
    }

    @Test func aDamagedCacheIsNone() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("grade.json")
        let good = #"{"bootID":"b","examinedAt":1,"grade":"B","resolvableDifference":0.1,"tool":"t","worst":"w"}"#
        func kept(_ text: String) throws -> MachineGrade? {
            try text.write(toFile: path, atomically: false, encoding: .utf8)
            return MachineGrade.kept(in: path, tool: "t", bootID: "b", at: 1)
        }
        #expect(try kept(good) != nil)
        for (part, other) in [
            ("\"B\"", "\"Z\""), ("0.1", "7"), ("\"w\"", "\"a\\nb\""), ("}", ""), ("0.1", "1e999"),
            ("\"w\"", "\"" + String(repeating: "x", count: 70_000) + "\""),
        ] {
            #expect(try kept(good.replacingOccurrences(of: part, with: other)) == nil, "\(other.prefix(20))")
        }
    }
}
