import TestSupport
import Testing

/// Real recordings of real processes, one after the other: two at a time would disturb each other's shares.
@Suite(
    .serialized, .timeLimit(.minutes(2)),
    .enabled(if: Capability.perfEvents, "perf_event_open(2) is not allowed here"),
    .enabled(if: Capability.cCompiler, "no C compiler to build the fixtures with"))
enum EndToEnd {}

/// Where the stacks of a fixture must start.
enum Root {
    case program
    case thread(String)
    /// Either of several start routines.
    case threads([String])
}

/// Checks what every fixture with a split must show: enough samples, 75/25 within two points, 99 % of the stacks from
/// the start, and the 20 recursive frames in each.
func expectSplit(
    _ recorded: CollapsedStacks, root: Root = .program, heavy: String = "split_heavy", light: String = "split_light",
    depth: Int = 20, minimum: Int = 1000, sourceLocation: SourceLocation = #_sourceLocation
) {
    let stacks = recorded.filter { $0.contains(heavy) || $0.contains(light) }
    #expect(stacks.total >= minimum, "too few samples; \(recorded.summary)", sourceLocation: sourceLocation)
    let share = stacks.split(heavy, light)
    #expect(
        abs(share - 0.75) <= stacks.tolerance(of: 0.75), "\(heavy) has \(share); \(stacks.summary)",
        sourceLocation: sourceLocation)
    let complete =
        switch root {
        case .program: stacks.shareFromStart
        case .thread(let name): stacks.shareFromThread(name)
        case .threads(let names): names.map(stacks.shareFromThread).reduce(0, +)
        }
    #expect(complete >= 0.99, "from the start: \(complete); \(stacks.summary)", sourceLocation: sourceLocation)
    let recursive = stacks.share { stack in stack.frames.count { $0.hasName("descend") } >= depth }
    #expect(recursive >= 0.99, "\(depth) frames: \(recursive); \(stacks.summary)", sourceLocation: sourceLocation)
}

extension String {
    /// The frame is the function `name`: C's bare name, or Swift's with module, arguments and results around it.
    func hasName(_ name: String) -> Bool { self == name || contains(".\(name)(") || hasPrefix("\(name)(") }
}
