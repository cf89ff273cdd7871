import BenchmarkSuites
import Foundation
import Testing

/// Our files, read by tools that are not ours.
@Suite struct PeerToolTests {
    private static func has(_ tool: String) -> Bool {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin").split(separator: ":")
        return folders.contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(tool)") }
    }

    @Test(.enabled(if: has("xmllint"))) func junitIsWellFormed() throws {
        let output = try run(["xmllint", "--xpath", "count(//testcase)", Fixtures.path("Golden/junit.xml")])
        #expect(output.trimmingCharacters(in: .whitespacesAndNewlines) == "8")
    }

    @Test(.enabled(if: has("python3"))) func csvHasEqualRows() throws {
        let script =
            "import csv,sys;r=list(csv.reader(open(sys.argv[1],newline='',encoding='utf-8')));"
            + "print(len({len(x) for x in r}),r[-1][0]==r[-2][0],'|\"name\"' in r[-1][0])"
        let output = try run(["python3", "-c", script, Fixtures.path("Golden/csv.csv")])
        #expect(output.trimmingCharacters(in: .whitespacesAndNewlines) == "1 True True")
    }

    private func run(_ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return output
    }
}
