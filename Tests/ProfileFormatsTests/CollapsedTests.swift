import ProfileFormats
import ProfileModel
import Testing

@Suite struct CollapsedTests {
    private func decode(_ text: String) throws -> Profile { try CollapsedFormat().decode(Array(text.utf8)) }

    private func encode(_ profile: Profile, _ format: CollapsedFormat = CollapsedFormat()) throws -> String {
        String(decoding: try format.encode(profile), as: UTF8.self)
    }

    @Test func exactTextOfARecording() throws {
        #expect(
            try encode(SampleProfiles.engine) == """
                [truncated: stack bytes];memcpy 30
                main;Engine::run();Book::apply 250
                main;Engine::run();Book::apply;Ladder::find;likely<bool> 500
                main;Engine::run();Book::apply;memcpy 120
                main;Engine::run();sendto;udp_sendmsg 100

                """)
    }

    @Test func annotationsAndThreadsOnRequest() throws {
        let text = try encode(SampleProfiles.engine, CollapsedFormat(annotates: true, showsThreads: true))
        #expect(
            text.contains(
                "engine (100);matching (101);main;Engine::run();Book::apply;Ladder::find_[i];likely<bool>_[i] 5"))
        #expect(text.contains("gateway (102);main;Engine::run();sendto;udp_sendmsg_[k] 1"))
    }

    @Test func namesCannotBreakTheFormat() throws {
        var builder = ProfileBuilder(sampleTypes: [.samples])
        let labels = builder.intern(LabelSet())
        let frame = builder.intern(Frame(function: builder.intern(Function(name: "a;b\nc\rd"))))
        builder.add(stack: builder.stack(rootFirst: [frame]), labelSet: labels, values: [2])
        builder.add(stack: StackTable.root, labelSet: labels, values: [1])
        #expect(try encode(builder.profile) == "[no stack] 1\na:b c d 2\n")
    }

    @Test(arguments: [
        "a;b 1\na;c 2\n", "main;operator new(unsigned long) 3\n", "a;b_[k];c_[k] 3\n", "a;b_[i];c_[j] 3\n",
        "a;b_[k]_[i] 3\n", "a;b_[i]_[k] 3\n", "[truncated: stack bytes];x 1\n", "a;;b 1\n", "ü;日本 語 9\n",
        "a;b\tc 1\n", "a 0\n", "worker 1;run 5\n", "a;b;c 1\na;b;cc 1\na;bc 1\nab 1\n", "a  1\n",
    ])
    func writingWhatWasReadGivesTheSameText(text: String) throws {
        #expect(try encode(try decode(text)) == text)
    }

    @Test func equalStacksAreSummedAndBlankLinesSkipped() throws {
        #expect(try encode(try decode("\u{FEFF}\nb 1\r\n\r\na;b 2\n  \na;b 3  \nb 4")) == "a;b 5\nb 5\n")
    }

    /// Frames with equal names anywhere: each path of names is one line, sorted as lists of names.
    @Test(arguments: 0..<20) func pathsOfEqualNamesAreOneLine(seed: UInt64) throws {
        var state = seed
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        let names = ["a", "ab", "a b", "b", "longer than a word", "longer than another", "longer than a word;", "é"]
        var builder = ProfileBuilder(sampleTypes: [.samples])
        let labels = builder.intern(LabelSet())
        let functions = names.map { builder.intern(Function(name: $0, systemName: "\($0) \(random(9))")) }
        let frames = (0..<60).map { number in
            builder.intern(
                Frame(function: functions[random(names.count)], address: ModuleRelativeAddress(UInt64(number))))
        }
        var expected: [[String]: Int64] = [:]
        for _ in 0..<400 {
            let path = (0..<(1 + random(6))).map { _ in frames[random(frames.count)] }
            let count = Int64(random(5))
            builder.add(stack: builder.stack(rootFirst: path), labelSet: labels, values: [count])
            let texts = path.map { builder.profile.name(of: $0).replacing(";", with: ":") }
            expected[texts, default: 0] += count
        }
        let order = expected.keys.sorted { a, b in
            a.map { Array($0.utf8) }.lexicographicallyPrecedes(b.map { Array($0.utf8) }) {
                $0.lexicographicallyPrecedes($1)
            }
        }
        let text = order.map { "\($0.joined(separator: ";")) \(expected[$0]!)\n" }.joined()
        #expect(try encode(builder.profile) == text)
    }

    @Test func annotationsBecomeKinds() throws {
        let profile = try decode("a;b_[k];[truncated: x];c_[i] 1")
        let kinds = profile.frames.map {
            "\(profile.functions[Int($0.function.rawValue)].name) \($0.kind) \($0.isInlined)"
        }
        #expect(kinds == ["a user false", "b kernel false", "[truncated: x] marker false", "c user true"])
    }

    @Test(arguments: [
        ("a 1\nb x\n", "line 2: 'x' at its end is no count"),
        ("a 1.5", "line 1: '1.5' at its end is a fraction; multiply all counts to whole numbers"),
        ("a -3", "line 1: '-3' at its end is no count"),
        ("a 99999999999999999999", "line 1: the count is larger than 2^63"),
        ("a 1\n\n 7", "line 3: there is no stack before the count"),
        ("7", "line 1: there is no stack before the count"),
        ("a;b", "line 1: 'a;b' at its end is no count"),
        (
            "a;b 1 2\na;c 0 4\n",
            "line 1 and all others end in two numbers: this is a differential file; give one of the two recordings it was made from"
        ),
    ])
    func saysWhatIsWrong(text: String, reason: String) {
        let error = #expect(throws: FormatError.self) { try decode(text) }
        #expect(error?.description == reason)
    }

    @Test func negativeValuesAreRefused() throws {
        var builder = ProfileBuilder(sampleTypes: [.samples])
        builder.add(stack: StackTable.root, labelSet: builder.intern(LabelSet()), values: [-1])
        #expect(throws: FormatError.self) { try encode(builder.profile) }
    }

    @Test func randomTextNeverCrashes() {
        var random = SplitMix(seed: 3)
        let alphabet = Array("ab;; 1239\n\t_[k]i.\r-\u{00}ü".utf8)
        for _ in 0..<5000 {
            let bytes = (0..<Int(random.next() % 60)).map { _ in alphabet[Int(random.next() % UInt64(alphabet.count))] }
            guard let profile = try? CollapsedFormat().decode(bytes) else { continue }
            #expect(throws: Never.self) { try encode(profile) }
        }
    }

    private static let script = ExternalTool.find(
        "flamegraph.pl", alsoAt: ["/usr/share/perl5/Devel/NYTProf/flamegraph.pl"])

    @Test(.enabled(if: script != nil, "flamegraph.pl is not installed"))
    func flamegraphScriptDrawsOurText() throws {
        let perl = try #require(ExternalTool.find("perl"))
        let script = try #require(Self.script)
        let folder = TemporaryFolder()
        try AtomicFile.write(try CollapsedFormat().encode(SampleProfiles.engine), to: folder.path("x.folded"))
        let picture = try perl.run([script.path, folder.path("x.folded")])
        #expect(picture.contains("Book::apply (870 samples, 87.00%)"))
        #expect(picture.contains("likely(bool) (500 samples, 50.00%)"))
        #expect(picture.contains("udp_sendmsg (100 samples, 10.00%)"))
    }
}
