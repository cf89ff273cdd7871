/// How two ways of unwinding the same samples agree, frame by frame from the leaf.
struct StackComparison {
    /// Frames that both have, at the same depth and with the same address.
    var equal = 0
    /// Frames that both have at a depth, with different addresses, or behind such a frame.
    var different = 0
    var onlyOurs = 0
    var onlyTheirs = 0
    /// Samples that both have.
    var samples = 0
    /// Why stacks differ, and how many samples do for that reason.
    var classes: [String: Int] = [:]

    /// - Parameters:
    ///   - reason: what to call a difference, given how many frames from the leaf agree.
    mutating func add(_ ours: ArraySlice<UInt64>, _ theirs: [UInt64], reason: (Int) -> String) {
        samples += 1
        var common = 0
        for (a, b) in zip(ours, theirs) {
            if a != b { break }
            common += 1
        }
        equal += common
        let rest = (ours: ours.count - common, theirs: theirs.count - common)
        if rest.ours > 0 && rest.theirs > 0 {
            different += min(rest.ours, rest.theirs)
        }
        onlyOurs += max(0, rest.ours - rest.theirs)
        onlyTheirs += max(0, rest.theirs - rest.ours)
        if rest.ours > 0 || rest.theirs > 0 { classes[reason(common), default: 0] += 1 }
    }

    /// Share of the frames at depths that both have which are equal.
    var agreement: Double { equal + different > 0 ? Double(equal) / Double(equal + different) : 1 }
}
