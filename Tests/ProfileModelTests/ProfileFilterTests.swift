import ProfileModel
import Testing

@Suite struct ProfileFilterTests {
    private let profile = Profile("main;run;decode 5\nmain;run;book 3\nidle 1")

    private func text(_ filter: ProfileFilter) throws -> String {
        CallTree(try filter.apply(to: profile), column: 0).text
    }

    @Test func focusKeepsWholeStacksOfMatchingSamples() throws {
        #expect(try text(ProfileFilter(focus: "^dec")) == "main 5/0\n  run 5/0\n    decode 5/5")
    }

    @Test func ignoreDropsSamplesWithAMatch() throws {
        #expect(try text(ProfileFilter(focus: "main", ignore: "book|idle")) == "main 5/0\n  run 5/0\n    decode 5/5")
    }

    @Test func modulesMatchToo() throws {
        var builder = ProfileBuilder(sampleTypes: [.samples])
        let labels = builder.intern(LabelSet())
        let module = builder.intern(Module(path: "/lib/libc.so.6", kind: .library))
        let inLibrary = builder.intern(Frame(function: builder.intern(Function(name: "f")), module: module))
        let other = builder.intern(Frame(function: builder.intern(Function(name: "g", file: "src/g.c"))))
        builder.add(stack: builder.stack(rootFirst: [inLibrary]), labelSet: labels, values: [1])
        builder.add(stack: builder.stack(rootFirst: [other]), labelSet: labels, values: [1])
        let focused = try ProfileFilter(focus: "libc").apply(to: builder.profile)
        #expect(CallTree(focused, column: 0).text == "f 1/1")
        let inFile = try ProfileFilter(focus: "src/").apply(to: builder.profile)
        #expect(CallTree(inFile, column: 0).text == "g 1/1")
    }

    @Test func threadByNameOrIdentifier() throws {
        var builder = ProfileBuilder(sampleTypes: [.samples])
        let frame = builder.intern(Frame(function: builder.intern(Function(name: "f"))))
        let stack = builder.stack(rootFirst: [frame])
        for (name, tid, value) in [("match", Int32(7), Int64(2)), ("io", 8, 3), ("match", 9, 4)] {
            let labels = builder.intern(LabelSet(thread: name, tid: tid, process: "engine", pid: 7))
            builder.add(stack: stack, labelSet: labels, values: [value])
        }
        let profile = builder.profile
        #expect(try ProfileFilter(thread: "match").apply(to: profile).total(column: 0) == 6)
        #expect(try ProfileFilter(thread: "8").apply(to: profile).total(column: 0) == 3)
        let failure = #expect(throws: ProfileFilter.Failure.self) {
            try ProfileFilter(thread: "nope").apply(to: profile)
        }
        #expect(failure?.description == "no thread 'nope'; the profile has io (8), match (7), match (9)")
    }

    @Test func statesWhatIsWrong() {
        let nothing = #expect(throws: ProfileFilter.Failure.self) { try text(ProfileFilter(focus: "zzz")) }
        #expect(nothing?.description == "no sample is left after --focus 'zzz'; loosen it, or run without it")
        let broken = #expect(throws: ProfileFilter.Failure.self) { try text(ProfileFilter(ignore: "(")) }
        #expect(broken?.description.hasPrefix("--ignore '(' is not a regular expression") == true)
        let threads = #expect(throws: ProfileFilter.Failure.self) { try text(ProfileFilter(thread: "x")) }
        #expect(threads?.description.contains("this one names none") == true)
    }
}
