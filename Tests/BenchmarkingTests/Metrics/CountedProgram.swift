import Foundation
import TestSupport

/// What a counted fixture printed: lines of `NAME key=value …`.
struct CountedLines {
    private var lines: [String: [String: Int]] = [:]

    init(_ text: String) {
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard let name = words.first else { continue }
            var values: [String: Int] = [:]
            for word in words.dropFirst() {
                let parts = word.split(separator: "=")
                if parts.count == 2, let value = Int(parts[1]) { values[String(parts[0])] = value }
            }
            lines[String(name)] = values
        }
    }

    /// A value of a line; nil when there is none.
    subscript(_ name: String, _ key: String) -> Int? { lines[name]?[key] }

    /// `allocations/frees` of a line.
    func pair(_ name: String) -> String {
        "\(self[name, "allocations"].map(String.init) ?? "?")/\(self[name, "frees"].map(String.init) ?? "?")"
    }
}

extension Fixture {
    /// Runs it to its end.
    func counted(_ arguments: [String], preload: String? = nil) throws -> CountedLines {
        CountedLines(try output(arguments, preload: preload))
    }

    func output(_ arguments: [String], preload: String? = nil) throws -> String {
        let program = try Program([build()] + arguments, environment: preload.map { ["LD_PRELOAD": $0] } ?? [:])
        let ending = try program.wait(timeout: 120)
        guard ending == .exited(0) else {
            throw TestFailure("\(name) \(arguments): \(ending), \(program.output.text)\(program.errors.text)")
        }
        return program.output.text
    }
}

/// Valgrind's counts of a program that does not count itself.
enum Valgrind {
    static let isInstalled = Capability.hasTool("valgrind")

    /// Allocations and frees of a whole run.
    static func heap(_ command: [String]) throws -> (allocations: Int, frees: Int) {
        let program = try Program.run(["valgrind", "--tool=memcheck"] + command, timeout: 120)
        // ==1== total heap usage: 2,201 allocs, 2,201 frees, 264,204 bytes allocated
        let numbers = program.errors.text.split(separator: "\n").first { $0.contains("total heap usage") }?
            .replacingOccurrences(of: ",", with: "").split(separator: " ").compactMap { Int($0) }
        guard let numbers, numbers.count == 3 else { throw TestFailure("valgrind: \(program.errors.text)") }
        return (numbers[0], numbers[1])
    }

    /// How often each function was called, recursion included.
    static func calls(_ command: [String], output: String) throws -> [String: Int] {
        _ = try Program.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=\(output)"] + command, timeout: 120)
        var names: [Substring: Substring] = [:]
        var calls: [String: Int] = [:]
        var callee: Substring = ""
        // "fn=(3) name" the first time, "fn=(3)" later; "cfn=" likewise; "calls=N …". Recursion is `name'2`.
        func name(_ text: Substring) -> Substring {
            guard let end = text.firstIndex(of: ")") else { return text }
            let rest = text[text.index(after: end)...].drop { $0 == " " }
            if !rest.isEmpty { names[text[...end]] = rest }
            return names[text[...end]] ?? ""
        }
        for line in try String(contentsOfFile: output, encoding: .utf8).split(separator: "\n") {
            if line.hasPrefix("fn=") {
                _ = name(line.dropFirst(3))
            } else if line.hasPrefix("cfn=") {
                callee = name(line.dropFirst(4))
            } else if line.hasPrefix("calls="), let count = Int(line.dropFirst(6).prefix { $0 != " " }) {
                calls[String(callee.prefix { $0 != "'" }), default: 0] += count
            }
        }
        return calls
    }
}
