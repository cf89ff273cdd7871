import PerfEvents
import Testing

@Suite struct EventSpecificationTests {
    @Test func everyListedEventIsFoundByItsName() throws {
        for event in EventSpecification.all { #expect(try EventSpecification.named(event.name) == event) }
    }

    @Test func unknownEventSaysWhatExists() {
        let error = #expect(throws: PerfError.self) { try EventSpecification.named("cpu-clok") }
        #expect(error?.code == .unknownEvent)
        #expect(error?.description.contains("cpu-clock") == true)
        #expect(error?.description.contains("tracepoints") == true)
    }

    @Test(arguments: ["../..:id", "a:b:c", ":x", "x:", "sched:../../x"])
    func tracepointNamesCannotLeaveTheirDirectory(name: String) {
        #expect(throws: PerfError.self) { try EventSpecification.named(name) }
    }
}
