import ProfileModel
import Testing

@Suite struct CallTreeTests {
    private let profile = Profile("main;run;decode 5\nmain;run 2\nmain;run;book;push 3\nidle 1")

    @Test func sumsOwnAndTotal() {
        let tree = CallTree(profile, column: 0)
        #expect(tree.total == Weight(value: 11, samples: 11))
        #expect(
            tree.text == """
                idle 1/1
                main 10/0
                  run 10/2
                    book 3/0
                      push 3/3
                    decode 5/5
                """)
    }

    @Test func reversedBeginsWithLeaves() {
        #expect(
            CallTree(profile, column: 0).reversed().text == """
                decode 5/0
                  run 5/0
                    main 5/5
                idle 1/1
                push 3/0
                  book 3/0
                    run 3/0
                      main 3/3
                run 2/0
                  main 2/2
                """)
    }

    @Test func reversedLeavesOutLightBranches() {
        #expect(CallTree(profile, column: 0).reversed(minimumShare: 0.4).text == "decode 5/0\n  run 5/0\n    main 5/5")
    }

    @Test func twoAddressesOfAFunctionAreOneNode() {
        var builder = ProfileBuilder(sampleTypes: [.samples])
        let labels = builder.intern(LabelSet())
        let module = builder.intern(Module(path: "/opt/engine", kind: .executable))
        let other = builder.intern(Module(path: "/opt/lib/engine.so", kind: .library))
        let function = builder.intern(Function(name: "run"))
        let inFile = builder.intern(Function(name: "run", file: "run.swift", startLine: 3))
        for (function, module, address) in [(function, module, 1), (inFile, module, 2), (function, other, 3)] {
            let frame = builder.intern(
                Frame(function: function, module: module, address: ModuleRelativeAddress(UInt64(address))))
            builder.add(stack: builder.stack(rootFirst: [frame]), labelSet: labels, values: [1])
        }
        #expect(CallTree(builder.profile, column: 0).text == "run 2/2\nrun 1/1")
    }

    @Test func inlinedCopiesAreNodesOfTheirOwn() {
        let profile = Profile("main;i:get 1\nmain;get 2")
        #expect(CallTree(profile, column: 0).text == "main 3/0\n  get 2/2\n  get~ 1/1")
        #expect(CallTree(profile, column: 0, separatesInlined: false).text == "main 3/0\n  get 3/3")
    }

    @Test func callersCountEachSampleOnceFromItsInnermostFrame() {
        let profile = Profile("main;a;f 5\nmain;b;f;g 2\nmain;f;a;f 1\nmain;a 9")
        let callers = CallTree(profile, column: 0).callers { $0.name == "f" }
        #expect(
            callers.text == """
                f 8/0
                  a 6/0
                    f 1/0
                      main 1/1
                    main 5/5
                  b 2/0
                    main 2/2
                """)
    }

    @Test func hugeValuesSaturate() {
        let profile = Profile("a;b \(Int64.max)\na;c \(Int64.max)")
        #expect(CallTree(profile, column: 0).total.value == .max)
        #expect(FunctionTable(profile, column: 0).sorted(by: .total).first?.total.value == .max)
    }

    @Test func stackOfTenThousandFrames() {
        let deep = (0..<10_000).map { "f\($0 % 100)" }.joined(separator: ";")
        let tree = CallTree(Profile("\(deep) 3\n\(deep);leaf 1"), column: 0)
        #expect(tree.nodes.count == 10_002)
        #expect(tree.reversed().nodes.count == 20_002)
        #expect(tree.callers { $0.name == "leaf" }.nodes.count == 10_002)
        let table = FunctionTable(Profile("\(deep) 3"), column: 0)
        #expect(table.rows.allSatisfy { $0.total.value == 3 })
    }

    @Test(.timeLimit(.minutes(1))) func hundredThousandLeavesBelowOneFunction() {
        let text = (0..<100_000).map { "main;run;leaf\($0) 1" }.joined(separator: "\n")
        let profile = Profile(text)
        let tree = CallTree(profile, column: 0)
        #expect(tree.nodes.count == 100_003)
        #expect(tree.reversed().nodes.count == 300_001)
        #expect(FunctionTable(profile, column: 0).rows.count == 100_002)
    }
}
