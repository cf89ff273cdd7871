/// Whether, and from when, a process runs at a steady pace, from the times of its epochs in the order they ran.
///
/// After E. Barrett, C. Bolz-Tereick, R. Killick, S. Mount & L. Tratt, *Virtual Machine Warmup Blows Hot and Cold*,
/// 2017: the times are cut where their level steps, levels that differ by too little to matter are one, and the last
/// level is compared with those before it. Native code steps too: frequency, page tables, huge pages, caches.
package struct SteadyState: Hashable, Sendable {
    package enum Classification: Hashable, Sendable {
        /// One level throughout.
        case flat
        /// The last level is the fastest; it holds from this epoch on.
        case warmup(settledAt: Int)
        /// An earlier level was faster than the last, which holds from this epoch on.
        case slowdown(at: Int)
        /// The last level came too late to be trusted.
        case noSteadyState
    }

    package let classification: Classification
    /// The median of the steady epochs; nil without a steady state.
    package let level: Double?
    package let changePoints: ChangePoints
    package let warnings: [StatisticalWarning]

    /// Fewest epochs that are classified.
    package static let fewestEpochs = 12

    /// Nil for fewer than ``fewestEpochs`` finite times.
    ///
    /// Single spikes are clipped before anything steps (``ChangePoints``). Only at the very beginning do single epochs
    /// count: when nothing else settles, first epochs that are slower than the level by more than the relevance and by
    /// more than four deviations are a warm-up, since being cold is what first epochs are.
    /// - Parameters:
    ///   - relevance: levels that differ by less than this share of the lower one are the same; so are those that
    ///     differ by less than the noise of a single epoch.
    ///   - steadyShare: of the epochs that must run at the last level, from 0 to 1; a quarter in the paper.
    package init?(epochs: [Double], relevance: Double = 0.01, steadyShare: Double = 0.25) {
        guard epochs.lazy.filter(\.isFinite).count >= Self.fewestEpochs else { return nil }
        let changes = ChangePoints(epochs)
        guard let last = changes.segments.last else { return nil }
        func isSame(_ a: Double, _ b: Double) -> Bool {
            abs(a - b) <= max(changes.noise, max(0, relevance) * min(abs(a), abs(b)))
        }
        let tail = changes.segments.reversed().prefix { isSame($0.level, last.level) }
        let start = tail.last?.range.lowerBound ?? last.range.lowerBound
        let before = changes.segments.prefix(changes.segments.count - tail.count)
        changePoints = changes
        warnings = changes.warnings
        guard !before.isEmpty else {
            let cold = Self.coldEpochs(epochs, level: last.level, noise: changes.noise, relevance: max(0, relevance))
            classification = cold > 0 ? .warmup(settledAt: cold) : .flat
            level = Median.of(epochs[cold...].lazy.filter(\.isFinite))
            return
        }
        guard Double(epochs.count - start) >= steadyShare * Double(epochs.count) else {
            classification = .noSteadyState
            level = nil
            return
        }
        let wasFaster = before.contains { $0.level < last.level && !isSame($0.level, last.level) }
        classification = wasFaster ? .slowdown(at: start) : .warmup(settledAt: start)
        level = Median.of(epochs[start...].lazy.filter(\.isFinite))
    }

    private static func coldEpochs(_ epochs: [Double], level: Double, noise: Double, relevance: Double) -> Int {
        let limit = level + max(4 * noise, relevance * abs(level))
        // More than three in a row would have been a level of their own.
        return epochs.prefix(SeriesNoise.reach).prefix { $0 > limit }.count
    }
}
