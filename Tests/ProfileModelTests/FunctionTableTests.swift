import ProfileModel
import Testing

@Suite struct FunctionTableTests {
    private func text(_ profile: Profile, _ order: FunctionTable.Order) -> [String] {
        FunctionTable(profile, column: profile.valueColumn()!).sorted(by: order).map {
            "\($0.symbol.name) \($0.own.value) \($0.total.value)"
        }
    }

    @Test func recursionCountsOnceForTheTotal() {
        let profile = Profile("main;fib;fib;fib 4\nmain;fib 1\nmain;fib;g;fib 2")
        #expect(text(profile, .own) == ["fib 7 7", "main 0 7", "g 0 2"])
    }

    @Test func sortsByEachKey() {
        let profile = Profile("b;a 2\nb 1\nc 2")
        #expect(text(profile, .own) == ["a 2 2", "c 2 2", "b 1 3"])
        #expect(text(profile, .total) == ["b 1 3", "a 2 2", "c 2 2"])
        #expect(text(profile, .name) == ["a 2 2", "b 1 3", "c 2 2"])
    }

    @Test func inlinedCopiesCountWithTheFunction() {
        #expect(text(Profile("main;i:get 1\nmain;get 2"), .own) == ["get 3 3", "main 0 3"])
    }

    @Test func countsSamplesBesideTheShownColumn() {
        var builder = ProfileBuilder(sampleTypes: [.samples, SampleType(name: "cpu", unit: "nanoseconds")])
        let frame = builder.intern(Frame(function: builder.intern(Function(name: "f"))))
        let labels = builder.intern(LabelSet())
        builder.add(stack: builder.stack(rootFirst: [frame]), labelSet: labels, values: [3, 3000])
        let table = FunctionTable(builder.profile, column: builder.profile.valueColumn()!)
        #expect(table.rows.first?.own == Weight(value: 3000, samples: 3))
    }
}
