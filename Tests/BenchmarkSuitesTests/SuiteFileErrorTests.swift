import BenchmarkSuites
import Testing

/// What is wrong in a file is told in one line with its place.
@Suite struct SuiteFileErrorTests {
    private func error(_ text: String) -> String? {
        do {
            _ = try SuiteFile(text: text, path: "t.yaml")
            return nil
        } catch {
            #expect(error.code == .configuration)
            #expect(!error.description.contains("\n"))
            return error.description
        }
    }

    private func error(scenario: String) -> String? {
        error("suites:\n- name: a\n  program: b\n  scenarios:\n  - benchmark: c\n    \(scenario)")
    }

    @Test func anEmptyFile() {
        for text in ["", "\n\n", "# nothing\n", "---\n"] {
            #expect(error(text) == "t.yaml:1:1: the file is empty; it must have 'suites:'")
        }
    }

    @Test(arguments: [
        ("tolerance: 1 %", "1:1: there is no 'suites:'; list at least one suite"),
        ("suites:", "1:8: 'suites' has no value; write a list, such as '- name: hot path'"),
        ("suites: []", "1:9: the list of 'suites' is empty; write at least one, or leave it out"),
        ("- a\n- b", "1:1: 'the file' is a list; write keys with values, such as 'suites: [...]'"),
        ("suites: [hot path]", "1:10: 'suites' is a single value; write keys with values, such as 'name: hot path'"),
        ("suites: [{program: p}]", "1:10: the suite has no 'name:'"),
        (
            "suites: [{name: a}]",
            "1:10: the suite has no program; write 'program:' with a path, or 'product:' with a product of the package"
        ),
        (
            "suites: [{name: a, program: b, product: c}]",
            "1:41: the suite has both 'program:' and 'product:'; keep one"
        ),
        (
            "suites: [{name: a, product: ../c}]",
            "1:29: 'product' is the name of a product of the package; write a path as 'program:'"
        ),
        (
            "suites: [{name: a, program: b}, {name: a, program: c}]",
            "1:33: a suite named 'a' is already in line 1; rename one"
        ),
        (
            "suites: [{name: a, program: b}]\nstores: x",
            "2:1: unknown key 'stores'; the keys here are: suites, tolerance"
        ),
        ("suites: [{name: a, program: b}]\nxyzzy: x", "2:1: unknown key 'xyzzy'; the keys here are: suites, tolerance"),
        ("suites: [{name: a, program: b}]\ntolerance: 100 %", "2:12: 'tolerance' must be less than 100 %"),
        (
            "suites: [{name: a, program: b}]\ntolerance: 0.01",
            "2:12: 'tolerance': '0.01' is no share; write for instance 1 %"
        ),
        (
            "suites: [{name: a, program: b, scenarios: [{mode: latency}]}]",
            "1:44: the scenario has neither 'benchmark:' nor 'tag:'; write benchmark: '*' for all"
        ),
        (
            "suites: [{name: a, program: b, scenarios: [{benchmark: *}]}]",
            "1:57: not valid YAML: while scanning an alias, did not find expected alphabetic or numeric character"
        ),
        (
            "suites: [{name: a, program: b, scenarios: [{benchmark: *add }]}]",
            "1:56: '*' begins an alias; put quotes around a pattern that begins with it"
        ),
        ("suites:\n- name: a\n  name: b", "2:3: the key 'name' is given more than once; remove one"),
        ("suites: [{[a]: b}]", "1:14: a key must be a word; it is a list or a block of keys"),
        (
            "suites: [\"a\\nb\": 1]",
            "1:10: unknown key 'a\u{FFFD}b'; the keys here are: name, program, product, scenarios"
        ),
        (
            "suites: [{name: \"a\\nb\", program: c}]",
            "1:17: 'name' has a line break or a control character; write it on one line"
        ),
        (
            "---\nsuites: 1\n---\nsuites: 2",
            "3:1: not valid YAML: expected a single document in the stream, but found another document"
        ),
    ])
    func structure(text: String, expected: String) {
        #expect(error(text) == "t.yaml:" + expected)
    }

    @Test(arguments: [
        ("iteration: 5", "6:5: unknown key 'iteration'; did you mean 'iterations'?"),
        ("warmup-iterations: 5", "6:5: unknown key 'warmup-iterations'; did you mean 'warm-up-iterations'?"),
        ("mode:", "6:10: 'mode' has no value; write a text, such as 'latency'"),
        ("mode: latencies", "6:11: unknown mode 'latencies'; did you mean 'latency'?"),
        ("mode: fast", "6:11: unknown mode 'fast'; write throughput or latency"),
        ("iterations: many", "6:17: 'iterations' is 'many', which is no whole number; write for instance 100000"),
        ("iterations: 1.5", "6:17: 'iterations' is '1.5', which is no whole number; write for instance 100000"),
        ("iterations: -5", "6:17: 'iterations' is -5; it must be from 1 to 1000000000000"),
        (
            "iterations: 99999999999999999999",
            "6:17: 'iterations' is '99999999999999999999', which is no whole number that fits; write for instance 100000"
        ),
        ("iterations: [5]", "6:17: 'iterations' is a list; write a text, such as '100000'"),
        ("processes: 0", "6:16: 'processes' is 0; it must be from 1 to 10000"),
        ("cpu: -1", "6:10: 'cpu' is -1; it must be from 0 to 65535"),
        ("seconds: 0", "6:14: 'seconds' must be more than 0 s and at most 86400 s"),
        ("timeout: 60 m", "6:14: 'timeout': '60 m' is no duration; write for instance 60 s"),
        ("timeout: 2000 min", "6:14: 'timeout' must be more than 0 s and at most 86400 s"),
        ("arguments: 5", "6:16: 'arguments' is a single value; write a list, such as '[1, 5, 20]'"),
        ("arguments: [5, 5]", "6:20: the argument '5' is given twice; remove one"),
        ("budgets: 5", "6:14: 'budgets' is a single value; write keys with values, such as 'time: 40 ns'"),
        ("budgets: {}", "6:14: 'budgets' is empty; write for instance time: 40 ns"),
        ("budgets: {time: 40 qs}", "6:21: 'time': '40 qs' is no time; write for instance 40 ns"),
        ("budgets: {time: 40}", "6:21: 'time': '40' is no time; write for instance 40 ns"),
        ("budgets: {time: -40 ns}", "6:21: 'time': '-40 ns' is negative; write a time of at least 0"),
        ("budgets: {time: nan ns}", "6:21: 'time': 'nan ns' is no time; write for instance 40 ns"),
        ("budgets: {time: 1e400 ns}", "6:21: 'time': '1e400 ns' is no time; write for instance 40 ns"),
        (
            "budgets: {time: 9999999999999999999 s}",
            "6:21: 'time': '9999999999999999999 s' is too much; write for instance 40 ns"
        ),
        ("budgets: {time: 1.2.3 ns}", "6:21: 'time': '1.2.3 ns' is no time; write for instance 40 ns"),
        ("budgets: {peak-memory: 64 Mib}", "6:28: 'peak-memory': '64 Mib' is no size; write for instance 64 MiB"),
        ("budgets: {throughput: 10 M}", "6:27: 'throughput': '10 M' is no rate; write for instance 10 M/s"),
        ("budgets: {cycles: 40 ns}", "6:23: 'cycles': '40 ns' is no number; write for instance 150"),
        ("budgets: {cpu-utilization: 1}", "6:32: 'cpu-utilization': '1' is no share; write for instance 100 %"),
        ("budgets: {p999: 2 us}", "6:15: unknown key 'p999'; did you mean 'p99.9'?"),
        ("budgets: {code-time: 2 us}", "6:15: unknown key 'code-time'; did you mean 'cpu-time'?"),
        ("budgets: {time: 1 ns, time: 2 ns}", "6:15: the key 'time' is given more than once; remove one"),
        ("budgets: {time: 1 ns", "7:1: not valid YAML: while parsing a flow mapping, did not find expected ',' or '}'"),
    ])
    func scenarios(line: String, expected: String) {
        #expect(error(scenario: line) == "t.yaml:" + expected)
    }

    @Test func columnsCountCharactersNotBytes() {
        #expect(
            error("suites: [{name: µµ, programm: b}]") == "t.yaml:1:21: unknown key 'programm'; did you mean 'program'?"
        )
    }

    @Test func aControlCharacterHasItsPlace() {
        #expect(
            error("suites:\n- name: \u{1}")
                == "t.yaml:2:9: not valid YAML: control characters are not allowed")
    }

    @Test func longTextIsCut() {
        let error = error(String(repeating: "x", count: 100_000) + ": 1") ?? ""
        #expect(error.utf8.count < 400)
    }
}

/// Files made to take long or much memory end with an error at once.
@Suite struct SuiteFileHostilityTests {
    private func error(_ text: String) -> String? {
        do throws(SuiteError) {
            _ = try SuiteFile(text: text, path: "t.yaml")
            return nil
        } catch {
            #expect(!error.description.contains("\n"))
            #expect(error.description.utf8.count < 1_000)
            return error.description
        }
    }

    @Test func anAliasBombIsRefusedBeforeItIsRead() {
        var bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1...20 {
            bomb +=
                "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ") + "]\n"
        }
        #expect(
            error(bomb + "? *a20\n: x")
                == "t.yaml:1:5: '&' before a word is an anchor, and a suite file has none; write the value out")
    }

    @Test(arguments: ["[&a x]", "{\"k\":&a x}", "\u{FEFF}&a x", "- &a x", "--- &a\nx", "\u{85}&a x", "k: !!str &a x"])
    func anchorsAreFoundWhereverTheyStand(text: String) {
        #expect(error(text)?.contains("is an anchor") == true)
    }

    @Test func anAmpersandInAWordIsNone() throws {
        let text = "suites: [{name: R&D & more, program: b}] # a & b"
        #expect(try SuiteFile(text: text, path: "t").suites[0].name == "R&D & more")
    }

    @Test(arguments: ["? a\n: b", "- ? a", "{? a : b}", "?\n  a", "a:\n  ? [b]\n  : c"])
    func keysThatAreNoWordsAreRefused(text: String) {
        #expect(error(text)?.contains("'?' alone begins a key") == true)
    }

    @Test(arguments: ["[", "{", "- ", "a: [", "[{a: ", "{[", "a:\n ", "!!str [", "'", "\"", "|", "%", "a,", "{a,"])
    func nestingAndRepeatsOfAnyLength(text: String) {
        #expect(error(String(repeating: text, count: 500_000 / text.utf8.count)) != nil)
    }

    @Test func deepLinesOfBlocks() {
        var text = ""
        for depth in 0..<900 { text += String(repeating: " ", count: depth) + "a:\n" }
        #expect(error(text) != nil)
    }

    @Test func manyNestedKeysInFlow() {
        let key = String(repeating: "{", count: 150) + "a" + String(repeating: ":1}", count: 150)
        #expect(error("[" + Array(repeating: "{\(key): 1}", count: 2_000).joined(separator: ",") + "]") != nil)
    }

    @Test func manySuitesAreRead() throws {
        let text = "suites:\n" + (0..<2_000).map { "- {name: s\($0), program: p}\n" }.joined()
        #expect(try SuiteFile(text: text, path: "t").suites.count == 2_000)
    }
}
