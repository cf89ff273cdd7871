package import PerfEvents

/// What to sample and how.
package struct SamplingConfiguration: Sendable {
    package enum Target: Hashable, Sendable {
        /// Running processes, all their threads.
        case processes([Int32])
        /// One running thread.
        case thread(Int32)
        /// A program to start, with its arguments.
        case command([String])
    }

    package var target: Target
    package var event: EventSpecification
    package var rate: SamplingRate
    package var layout: SampleLayout
    /// Whether threads and processes that the targets start are sampled too.
    package var inherits: Bool

    package init(
        target: Target, event: EventSpecification, rate: SamplingRate, layout: SampleLayout, inherits: Bool
    ) {
        self.target = target
        self.event = event
        self.rate = rate
        self.layout = layout
        self.inherits = inherits
    }
}
