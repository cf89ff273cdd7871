import Foundation
import TestSupport
import Testing

/// `bench` and `doctor` as their users run them, on benchmarks that misbehave.
@Suite(.serialized, .timeLimit(.minutes(3)))
enum BenchEndToEnd {
    static let fixtures = BuiltProgram.path("benchmark-fixtures")
    /// So little that a test is over soon.
    static let briefly = ["--processes", "2", "--seconds", "0.02"]

    static func run(_ arguments: [String], timeout: Double = 90) throws -> Program {
        try Tickscope.run(["bench", "run"] + arguments, timeout: timeout)
    }

    /// Runs the tool with its standard output going to a file.
    static func run(_ arguments: [String], into file: String) throws -> Program {
        try Program.run(["sh", "-c", "exec \"$@\" > \"$0\"", file, Tickscope.path] + arguments)
    }

    /// The object that JSON text is.
    static func object(_ text: String) throws -> [String: Any] {
        let value = try JSONSerialization.jsonObject(with: Data(text.utf8))
        return try #require(value as? [String: Any])
    }

    /// Results by name.
    static func results(_ json: String) throws -> [String: [String: Any]] {
        let results = try #require(try object(json)["results"] as? [[String: Any]])
        return try Dictionary(
            uniqueKeysWithValues: results.map { result in
                let id = try #require(result["id"] as? [String: Any])
                return (try #require(id["name"] as? String), result)
            })
    }

    static func write(_ text: String, to path: String) throws {
        try text.write(toFile: path, atomically: false, encoding: .utf8)
    }
}
