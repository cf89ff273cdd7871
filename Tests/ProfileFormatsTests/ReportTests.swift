import Foundation
import ProfileFormats
import ProfileModel
import Testing

@Suite struct ReportTests {
    private let engine = SampleProfiles.engine

    private let head = """
        event     cpu-clock, one sample each 1.00 ms (1,000 Hz)
        duration  10.0 s
        samples   1,000 received of 1,005 expected, 5 lost (0.5%), 0 throttled, 30 truncated (3.0%), 1 unnamed (0.1%)
        frames    99.8% have a function name
        shown     1.00 s


        """

    @Test func functions() throws {
        #expect(
            try ProfileReport().render(engine) == head + """
                self %    self  total %    total  function                  module
                 50.0%  500 ms    50.0%   500 ms  likely<bool>              engine
                 25.0%  250 ms    87.0%   870 ms  Book::apply               engine
                 15.0%  150 ms    15.0%   150 ms  memcpy                    libc.so.6
                 10.0%  100 ms    10.0%   100 ms  udp_sendmsg               [kernel.kallsyms]
                  0.0%     0 s    97.0%   970 ms  Engine::run()             engine
                  0.0%     0 s    97.0%   970 ms  main                      engine
                  0.0%     0 s    50.0%   500 ms  Ladder::find              engine
                  0.0%     0 s    10.0%   100 ms  sendto                    libc.so.6
                  0.0%     0 s     3.0%  30.0 ms  [truncated: stack bytes]

                """)
    }

    @Test func limitStatesWhatItLeavesOut() throws {
        let text = try ProfileReport(limit: 1).render(engine)
        #expect(text.hasSuffix("likely<bool>  engine\n… 8 more functions; --limit shows more\n"))
    }

    @Test func callTree() throws {
        #expect(
            try ProfileReport(subject: .tree, minimumPercent: 11).render(engine) == head + """
                Call tree; branches below 11.0% of everything are left out

                total %   total  self %  function
                  97.0%  970 ms    0.0%  main  engine
                  97.0%  970 ms    0.0%    Engine::run()  engine
                  87.0%  870 ms   25.0%      Book::apply  engine
                  50.0%  500 ms    0.0%        Ladder::find (inlined)  engine
                  50.0%  500 ms   50.0%          likely<bool> (inlined)  engine
                  12.0%  120 ms   12.0%        memcpy  libc.so.6

                """)
    }

    @Test func callers() throws {
        #expect(
            try ProfileReport(subject: .callers("memcpy")).render(engine) == head + """
                Callers of memcpy; branches below 0.50% of everything are left out

                total %    total  function
                  15.0%   150 ms  memcpy  libc.so.6
                  12.0%   120 ms    Book::apply  engine
                  12.0%   120 ms      Engine::run()  engine
                  12.0%   120 ms        main  engine
                   3.0%  30.0 ms    [truncated: stack bytes]

                """)
        let error = #expect(throws: FormatError.self) { try ProfileReport(subject: .callers("nope")).render(engine) }
        #expect(error?.description == "no function in the profile is named 'nope' or contains it")
    }

    @Test func percentagesHaveNoMoreDigitsThanSamplesSupport() throws {
        func line(_ count: Int) throws -> String {
            let profile = try CollapsedFormat().decode(Array("f \(count)\ng \(count * 2)\n".utf8))
            return try ProfileReport(subject: .functions(.name)).render(profile)
        }
        #expect(try line(10).contains("   33%  "))
        #expect(try line(1000).contains(" 33.3%  "))
        #expect(try line(100_000).contains("33.33%  "))
    }

    @Test func terminalLinesFitAndPipesAreWhole() throws {
        let name = String(repeating: "n", count: 300)
        let profile = try CollapsedFormat().decode(Array("main;\(name) 3\nmain;日本語 1\n".utf8))
        #expect(try ProfileReport().render(profile).contains(name))
        let narrow = try ProfileReport(terminalWidth: 70).render(profile)
        #expect(narrow.contains("…"))
        #expect(narrow.split(separator: "\n").allSatisfy { $0.count <= 70 })
        #expect(try ProfileReport(terminalWidth: 50).render(engine).hasPrefix(head))
    }

    @Test func json() throws {
        let text = try ProfileReport(format: .json, limit: 1).render(engine)
        #expect(
            text == """
                {
                  "schema_version": 1,
                  "value": {
                    "name": "cpu",
                    "unit": "nanoseconds"
                  },
                  "total": {
                    "value": 1000000000,
                    "samples": 1000,
                    "share": 1
                  },
                  "recording": {
                    "start_ns": 1700000000000000000,
                    "duration_ns": 10000000000,
                    "event": "cpu-clock",
                    "period": 1000000,
                    "period_unit": "nanoseconds",
                    "quality": {"expected": 1005, "received": 1000, "lost": 5, "throttled": 0, "truncated": 30, "completed": 0, \
                "unnamed": 1, "uncovered": 0, "dropped": 0, "named_frames": 4000, "total_frames": 4010}
                  },
                  "functions": [
                    {"function": "likely<bool>", "module": "engine", "category": "program", "self": {"value": 500000000, \
                "samples": 500, "share": 0.5}, "total": {"value": 500000000, "samples": 500, "share": 0.5}, \
                "file": "src/hint.h", "start_line": 10}
                  ],
                  "omitted_functions": 8
                }

                """)
    }

    @Test func jsonTreeIsAListWithParents() throws {
        let text = try ProfileReport(subject: .tree, format: .json, minimumPercent: 0).render(engine)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        let nodes = try #require(object["nodes"] as? [[String: Any]])
        #expect(
            nodes.map { $0["function"] as? String } == [
                "main", "Engine::run()", "Book::apply", "Ladder::find", "likely<bool>", "memcpy", "sendto",
                "udp_sendmsg", "[truncated: stack bytes]", "memcpy",
            ])
        #expect(nodes.map { $0["parent"] as? Int } == [nil, 0, 1, 2, 3, 2, 1, 6, nil, 8])
    }

    @Test func jsonEscapesNames() throws {
        let profile = try CollapsedFormat().decode(Array("a\"\\\u{1}ü 1\n".utf8))
        let text = try ProfileReport(format: .json).render(profile)
        #expect(text.contains(#""function": "a\"\\\u0001ü""#))
        #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(text.utf8)) }
    }

    @Test func csv() throws {
        let profile = try CollapsedFormat().decode(Array("main;f<a, \"b\"> 3\nmain 1\n".utf8))
        #expect(
            try ProfileReport(format: .csv).render(profile)
                == [
                    "function,module,category,self,self_share,total,total_share,self_samples,total_samples",
                    "\"f<a, \"\"b\"\">\",,program,3,0.750000,3,0.750000,3,3",
                    "main,,program,1,0.250000,4,1.000000,1,4", "",
                ].joined(separator: "\r\n"))
    }
}
