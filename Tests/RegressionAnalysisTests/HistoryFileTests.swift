import RegressionAnalysis
import Statistics
import Testing

@Suite struct HistoryFileTests {
    private func read(_ text: String, column: String? = nil) throws -> HistoryFile {
        try HistoryFile(Array(text.utf8), column: column)
    }

    private func error(_ text: String, column: String? = nil) -> String {
        do {
            _ = try HistoryFile(Array(text.utf8), column: column)
            return "none"
        } catch {
            return "\(error)"
        }
    }

    @Test func arraysOfNumbers() throws {
        #expect(try read("[1, 2.5e3,\n -3]").values == [1, 2500, -3])
        let holes = try read(" [null, NaN, Infinity, -Infinity, 7]").values
        #expect(holes.prefix(4).allSatisfy(\.isNaN) && holes[4] == 7)
    }

    @Test func objectsWithCommits() throws {
        let file = try read(
            #"{"unit": {"a": [1, {"b": null}], "c": "]}"}, "values": [1, 2], "commits": ["a\u0041\"", null], "n": -1}"#)
        #expect(file.values == [1, 2] && file.commits == ["aA\"", ""])
        #expect(try read(#"{"values": [1], "commits": null}"#).commits == nil)
    }

    @Test func tablesWithAndWithoutNames() throws {
        let table = "time,commit,p50,\"p99, worst\"\n1,aa,10,20\r\n2,bb,,\"21\"\n3,cc,NaN,22\n\n"
        #expect(
            try read(table, column: "p99, worst") == HistoryFile(values: [20, 21, 22], commits: ["aa", "bb", "cc"]))
        let holes = try read(table, column: "p50").values
        #expect(holes[0] == 10 && holes[1].isNaN && holes[2].isNaN)
        #expect(try read(table, column: "4").values == [20, 21, 22])
        #expect(try read("3\n4\n5").values == [3, 4, 5])
        #expect(try read("value\n3\n4\n").values == [3, 4])
        #expect(try read("a;1\nb;2\n").values == [1, 2])
        #expect(try read("sha\tns\nx\t1.5\n") == HistoryFile(values: [1.5], commits: ["x"]))
        #expect(try read("\u{FEFF}value\n3\n").values == [3])
    }

    @Test(arguments: [
        ("", "the file is empty: give at least one value"),
        ("\u{7F}ELF\u{0}\u{1}\n", "not a history: the file is not text; give a table or JSON"),
        ("[]", "the file holds no value: give at least one"),
        ("value\n", "the file holds no value: give at least one"),
        ("a,b\nx,y\n", "0 columns hold numbers: name one with --column; the file has: a, b"),
        ("a,b\n1,2\n", "2 columns hold numbers: name one with --column; the file has: a, b"),
        ("1,2\n3,4\n", "2 columns hold numbers: name one with --column, from 1 to 2"),
        ("v\n1\nx\u{1B}[2J\n", "line 3: 'x?[2J' is not a number; name the right --column"),
        ("v\n1\n\"2\n", "line 3: a quotation mark is not closed"),
        (#"{"values": [1, 2], "commits": ["a"]}"#, "2 values but 1 commits: give one commit for each value"),
        (#"{"value": [1]}"#, "not a history: the object has no member \"values\" with an array of numbers"),
    ])
    func whatIsWrongIsOneLine(text: String, problem: String) {
        #expect(error(text) == problem)
    }

    @Test func jsonErrorsTellWhere() {
        let advice = "; write an array of numbers, or {\"values\": [...], \"commits\": [...]}"
        #expect(error("[1,\n\"x\"]") == "not a history in JSON: value 1 is not a number, at byte 4 on line 2" + advice)
        #expect(error("[1, 2") == "not a history in JSON: ']' is missing, at byte 5 on line 1" + advice)
        #expect(error("[1] x") == "not a history in JSON: something follows the end, at byte 4 on line 1" + advice)
        #expect(error("[0x10]").contains("value 0 is not a number"))
        let deep = String(repeating: "[", count: 100_000)
        #expect(error(deep).contains("value 0 is not a number"))
        #expect(error("{\"x\": " + deep).contains("nested too deeply"))
        for text in ["{", "{\"", "{\"\\", "{\"\\u12", "{\"values\"", "{\"values\": ", "[1,,2]", "{\"commits\": [1]}"] {
            #expect(error(text).contains("not a history"), "\(text)")
        }
    }

    @Test func columnsThatAreNotThere() {
        #expect(error("a,b\n1,2\n", column: "c") == "no column 'c'; the file has: a, b")
        #expect(error("1,2\n", column: "3") == "no column '3'; give a number from 1 to 2")
        #expect(error("[1]", column: "a") == "--column names a column of a table, but the file is JSON: leave it out")
        #expect(error("a,b\n1,2\n3\n", column: "b") == "line 3 has 1 fields, but the values are in field 2")
    }

    @Test func anyBytesAreReadOrRefused() {
        var random = RepeatableGenerator(seed: 11)
        let seeds = ["{\"values\": [1, 2], \"commits\": [\"a\", \"b\"]}", "a,b\n1,\"2\"\n3,4\n", "[1, null, NaN]"]
        for _ in 0..<20_000 {
            var bytes = Array(seeds[Int(random.next() % 3)].utf8)
            for _ in 0..<(1 + random.next() % 4) {
                let place = Int(random.next() % UInt64(bytes.count))
                if random.next() % 3 == 0 {
                    bytes.remove(at: place)
                } else {
                    bytes[place] = UInt8(truncatingIfNeeded: random.next())
                }
                if bytes.isEmpty { bytes = [0] }
            }
            do {
                let file = try HistoryFile(bytes)
                #expect(!file.values.isEmpty)
            } catch {
                #expect(!"\(error)".contains("\n"))
            }
        }
    }
}
