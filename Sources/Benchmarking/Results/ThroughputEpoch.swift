/// One epoch of one process.
package struct ThroughputEpoch: Codable, Hashable, Sendable {
    /// Ticks an operation. May be below zero where the operation costs nothing.
    package var ticks: Double
    /// The exchange rate around the epoch.
    package var coreCyclesPerTick: Double
    /// How far the empty loop was from one cycle a round before the epoch, in its middle or after it, whichever was the
    /// furthest: about 1 while another thread uses the core.
    package var disturbance: Double

    package init(ticks: Double, coreCyclesPerTick: Double, disturbance: Double = 0) {
        self.ticks = ticks
        self.coreCyclesPerTick = coreCyclesPerTick
        self.disturbance = disturbance
    }

    /// Core cycles an operation.
    package var cycles: Double { ticks * coreCyclesPerTick }

    /// Whether the core was the thread's own.
    package var isQuiet: Bool { disturbance < 0.03 }

    /// Quiet epochs that a process waits for.
    package static let enoughQuiet = 40
    /// Quiet epochs of a process that are enough to leave the others out.
    private static let fewestQuiet = 5

    /// The epochs to judge a process by: the quiet ones, or all where too few are.
    ///
    /// A neighbour on the core costs chains of instructions from a per cent to a quarter and what needs its full width
    /// the half, so the two kinds of epochs do not mix. A benchmark whose own threads keep the core busy has no quiet
    /// ones.
    package static func counted(_ epochs: [ThroughputEpoch]) -> [ThroughputEpoch] {
        let quiet = epochs.filter(\.isQuiet)
        return quiet.count >= min(fewestQuiet, max(1, epochs.count / 2)) ? quiet : epochs
    }
}
