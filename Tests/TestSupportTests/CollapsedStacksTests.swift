import TestSupport
import Testing

@Suite struct CollapsedStacksTests {
    @Test func sharesAndRoots() throws {
        let stacks = try CollapsedStacks(
            parsing: """
                _start;main;operator new(unsigned long, int) 60
                _start;main;light 20
                clone3;start_thread;work;light 10
                [truncated: stack bytes];work;light 10

                """)
        #expect(stacks.total == 100)
        #expect(stacks.stacks[0].leaf == "operator new(unsigned long, int)")
        #expect(stacks.shareFromStart == 0.8)
        #expect(stacks.shareFromThread("work") == 0.1)
        #expect(stacks.split("operator new", "light") == 0.6)
        #expect(stacks.containing("absent").share { _ in true } == 0)
    }

    @Test(arguments: ["main", "main x", "main 0", "a;;b 1", "main -1"])
    func linesThatAreNoStacks(line: String) {
        #expect(throws: TestFailure.self) { try CollapsedStacks(parsing: line) }
    }
}
