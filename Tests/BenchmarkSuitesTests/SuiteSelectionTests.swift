import BenchmarkSuites
import Benchmarking
import Foundation
import Testing

private func declared(_ id: String, tags: [String] = [], _ options: BenchmarkOption...) -> DeclaredBenchmark {
    let parts = id.split(separator: "/", maxSplits: 1).map(String.init)
    var settings = BenchmarkOptions(options)
    settings.tags = tags
    return DeclaredBenchmark(
        id: BenchmarkID(name: parts[0], argument: parts.count > 1 ? parts[1] : nil), options: settings)
}

private let book = [
    declared("book.add/1", tags: ["book"]), declared("book.add/5", tags: ["book"]),
    declared("book.add/20", tags: ["book", "slow"]), declared("book.cancel", tags: ["book"]),
    declared("decode", .latency, .cold),
]

@Suite struct SuiteScenarioTests {
    private func apply(_ scenarios: String, to benchmarks: [DeclaredBenchmark] = book) throws -> [DeclaredBenchmark] {
        let text = "suites:\n- name: a\n  program: b\n  scenarios:\n\(scenarios)"
        return try SuiteFile(text: text, path: "t.yaml").suites[0].apply(to: benchmarks)
    }

    private func names(_ scenarios: String) throws -> [String] { try apply(scenarios).map(\.id.description) }

    @Test func namesPatternsTagsAndArgumentsSelect() throws {
        #expect(try names("  - benchmark: book.add") == ["book.add/1", "book.add/5", "book.add/20"])
        #expect(try names("  - benchmark: book.add/5") == ["book.add/5"])
        #expect(try names("  - benchmark: b*.c?ncel") == ["book.cancel"])
        #expect(try names("  - {benchmark: book.add, arguments: [20, 1]}") == ["book.add/1", "book.add/20"])
        #expect(try names("  - {tag: book, benchmark: '*.add', arguments: [5]}") == ["book.add/5"])
        #expect(try names("  - tag: slow") == ["book.add/20"])
        #expect(try names("  - benchmark: decode\n  - benchmark: book.cancel") == ["decode", "book.cancel"])
        #expect(try names("  - benchmark: '*'") == book.map(\.id.description))
    }

    @Test func aSuiteWithoutScenariosChangesNothing() throws {
        let suite = try SuiteFile(text: "suites: [{name: a, program: b}]", path: "t").suites[0]
        #expect(try suite.apply(to: book) == book)
    }

    @Test(arguments: [
        (
            "  - benchmark: book.ad",
            "t.yaml:5:5: no benchmark is named 'book.ad'; there are: book.add, book.cancel, decode"
        ),
        ("  - tag: bok", "t.yaml:5:5: no benchmark has the tag 'bok'; there are: book, slow"),
        ("  - {benchmark: decode, tag: book}", "t.yaml:5:5: no benchmark has the tag 'book'; none has any"),
        (
            "  - {benchmark: book.add, arguments: [1, 2]}",
            "t.yaml:5:5: no selected benchmark declares the argument '2'; there are: 1, 5, 20"
        ),
        (
            "  - {benchmark: decode, arguments: [1]}",
            "t.yaml:5:5: no selected benchmark declares the argument '1'; none has arguments"
        ),
        (
            "  - tag: book\n  - benchmark: book.add",
            "t.yaml:6:5: 'book.add/1' is also selected by the scenario in line 5; narrow one of them"
        ),
    ])
    func whatSelectsNothingIsToldWithItsPlace(scenarios: String, expected: String) {
        #expect(throws: SuiteError(.configuration, expected)) { try apply(scenarios) }
    }

    @Test func whatTheFileSaysGoesOverWhatIsDeclared() throws {
        let benchmark = declared(
            "decode", tags: ["t"], .cold, .iterations(5), .warmUp(iterations: 6), .processes(7), .seconds(8), .cpu(9),
            .timeout(seconds: 10), .budget(.time(atMost: 11)), .budget(.cycles(atMost: 12)))
        let same = try apply("  - benchmark: decode", to: [benchmark])
        #expect(same == [benchmark])

        let other = try apply(
            """
              - benchmark: decode
                mode: throughput
                iterations: 50
                warm-up-iterations: 0
                processes: 70
                seconds: 80
                cpu: 0
                timeout: 100 s
                budgets: {time: 110 ns, allocations: 0}
            """, to: [benchmark]
        )[0].options
        #expect(other.mode == .throughput)
        #expect(other.preparation == .none)
        #expect(other.iterations == 50)
        #expect(other.warmUpIterations == 0)
        #expect(other.processes == 70)
        #expect(other.seconds == 80)
        #expect(other.cpu == 0)
        #expect(other.timeoutSeconds == 100)
        #expect(other.tags == ["t"])
        #expect(other.budgets == [.cycles(atMost: 12), .time(atMost: 110), .allocations(atMost: 0)])
    }
}

@Suite struct SuiteFilterTests {
    private func names(
        _ filters: [String] = [], skips: [String] = [], tags: [String] = []
    ) throws -> [String] {
        try BenchmarkSelection(filters: filters, skips: skips, tags: tags).apply(to: book).map(\.id.description)
    }

    @Test func filtersSkipsAndTags() throws {
        #expect(try names() == book.map(\.id.description))
        #expect(try names(["^book\\.add/(5|20)$"]) == ["book.add/5", "book.add/20"])
        #expect(try names(["cancel", "dec"]) == ["book.cancel", "decode"])
        #expect(try names(skips: ["/\\d+"]) == ["book.cancel", "decode"])
        #expect(try names(tags: ["slow"]) == ["book.add/20"])
        #expect(
            try names(["book"], skips: ["cancel"], tags: ["book", "slow"]) == [
                "book.add/1", "book.add/5", "book.add/20",
            ])
    }

    @Test func whatSelectsNothingNamesWhatThereIs() {
        #expect(
            throws: SuiteError(
                .nothingSelected,
                "no benchmark matches 'bok.add/1'; there are: "
                    + "book.add/1, book.add/5, book.add/20, book.cancel, decode")
        ) { try names(["decode", "bok.add/1"]) }
        #expect(
            throws: SuiteError(.nothingSelected, "no benchmark has the tag 'solw'; there are: slow, book")
        ) { try names(tags: ["solw"]) }
        #expect(
            throws: SuiteError(
                .nothingSelected,
                "filters, skips and tags together leave no benchmark; there are: "
                    + "decode, book.add/1, book.add/5, book.cancel, book.add/20")
        ) { try names(["decode"], skips: ["."]) }
        #expect(throws: SuiteError(.nothingSelected, "the program declares no benchmarks")) {
            try BenchmarkSelection().apply(to: [])
        }
    }

    @Test func longListsAreCut() {
        let many = (0..<500).map { declared("case\($0)") }
        #expect(
            throws: SuiteError(
                .nothingSelected,
                "no benchmark matches 'case499x'; there are: case499, case49, case99, case199, case299, case399 "
                    + "and 494 more")
        ) { try BenchmarkSelection(filters: ["case499x"]).apply(to: many) }
    }

    @Test(arguments: [
        ("a(b", "the pattern 'a(b' cannot be used: '(' is not closed, at character 2"),
        ("a)", "the pattern 'a)' cannot be used: ')' closes nothing; write '\\)' for the character, at character 2"),
        ("*a", "the pattern '*a' cannot be used: '*' repeats nothing; write '\\*' for it, at character 1"),
        ("[a", "the pattern '[a' cannot be used: '[' is not closed, at character 1"),
        ("(a)\\1", "the pattern '(a)\\1' cannot be used: '\\1' is not understood, at character 4"),
        (
            "(?=a)",
            "the pattern '(?=a)' cannot be used: '(?' is only understood as '(?:'; there is no looking around, at character 1"
        ),
        ("a{5,2}", "the pattern 'a{5,2}' cannot be used: the numbers in braces fall, at character 2"),
        (
            "((a{99}){99}){99}",
            "the pattern '((a{99}){99}){99}' cannot be used: its repeats multiply to too much; repeat less"
        ),
        (
            "a{99999999999999999999}",
            "the pattern 'a{99999999999999999999}' cannot be used: repeats of more than 1000 are not followed, at character 3"
        ),
    ])
    func patternsThatCannotBeUsedAreToldWhere(pattern: String, expected: String) {
        #expect(throws: SuiteError(.nothingSelected, expected)) { try RegularPattern(pattern) }
    }

    /// Against Foundation's regular expressions, on random patterns and texts.
    @Test func matchesAreThoseOfAnotherImplementation() throws {
        var generator = SplitMix(state: 42)
        var compared = 0
        var matched = 0
        for _ in 0..<1_500 {
            let pattern = generator.pattern(depth: 3)
            guard let reference = try? NSRegularExpression(pattern: pattern) else { continue }
            let own: RegularPattern
            do { own = try RegularPattern(pattern) } catch {
                Issue.record("refused \(pattern): \(error)")
                continue
            }
            for _ in 0..<5 {
                let text = String((0..<Int.random(in: 0...8, using: &generator)).map { _ in generator.pick("ab1_. /") })
                let expected =
                    reference.firstMatch(in: text, range: NSRange(location: 0, length: text.utf16.count)) != nil
                #expect(own.matches(text) == expected, "\(pattern) in '\(text)'")
                compared += 1
                matched += expected ? 1 : 0
            }
        }
        #expect(compared > 5_000)
        #expect(matched > compared / 10 && matched < compared * 9 / 10)
    }

    /// Patterns on which trying again takes time that doubles with each character, and nested ones that double the program.
    @Test func costIsBounded() throws {
        let text = String(repeating: "a", count: 5_000)
        #expect(try !RegularPattern("(a*)*b").matches(text))
        #expect(try !RegularPattern("(a|a)*b").matches(text))
        #expect(try !RegularPattern("^(a?){500}a{500}b").matches(text))
        let nested = String(repeating: "(", count: 50) + "a" + String(repeating: ")*", count: 50)
        #expect(try RegularPattern(nested).matches(text))
        #expect(try RegularPattern("((a{0}){1000}){1000}").matches(text))
        #expect(throws: SuiteError.self) { try RegularPattern(String(repeating: "(", count: 900)) }
        #expect(NamePattern(String(repeating: "a*", count: 500) + "b").matches(text) == false)
    }
}

/// Random patterns from what both implementations mean the same by.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func pick(_ text: String) -> Character { text.randomElement(using: &self)! }

    mutating func pattern(depth: Int) -> String {
        (0..<Int.random(in: 1...3, using: &self)).map { _ in
            // An anchor is not repeated: implementations differ in what that means.
            if Int.random(in: 0...9, using: &self) == 0 { return String(pick("^$")) }
            let atom =
                switch Int.random(in: 0...9, using: &self) {
                case 0: "."
                case 1: ["\\d", "\\w", "\\s", "\\D", "\\W", "\\S"].randomElement(using: &self)!
                case 2: ["[ab]", "[^a]", "[a-b1]", "[\\d_]", "[.]", "[^\\w/]"].randomElement(using: &self)!
                case 3: "\\" + String(pick("./"))
                case 4 where depth > 0: "(" + pattern(depth: depth - 1) + "|" + pattern(depth: depth - 1) + ")"
                case 5 where depth > 0: "(?:" + pattern(depth: depth - 1) + ")"
                default: String(pick("ab1_"))
                }
            // Foundation finds nothing where a group that may be empty is repeated as rarely as can be.
            let rarely = atom.hasPrefix("(") ? "" : "*?"
            return atom + ["", "", "", "*", "+", "?", "{2}", "{1,2}", "{2,}", rarely].randomElement(using: &self)!
        }.joined()
    }
}
