internal import Benchmarking
internal import ProfileFormats

/// Distributions of durations that another harness measured, without causes.
enum ImportedLatency {
    /// - Parameter nanoseconds: durations and how many operations took them, in any order.
    /// - Returns: nil without a bucket. The ticks of the result are picoseconds where the durations are short enough to
    ///   have them, else nanoseconds.
    /// - Throws: `FormatError` when a duration is too long or the counts have no sum.
    static func distribution(nanoseconds buckets: [(Double, UInt64)], key: String) throws -> LatencyDistribution? {
        guard let longest = buckets.map(\.0).max() else { return nil }
        guard longest < 9e18 else { throw FormatError(.malformed, "\(key): a duration of \(longest) ns is too long") }
        let perNanosecond = longest < 9e15 ? 1000.0 : 1
        var counts: [UInt64: UInt64] = [:]
        for (time, count) in buckets {
            let ticks = UInt64((time * perNanosecond).rounded())
            let (sum, overflow) = counts[ticks, default: 0].addingReportingOverflow(count)
            guard !overflow else { throw FormatError(.malformed, "\(key): the counts have no sum") }
            counts[ticks] = sum
        }
        let values = counts.keys.sorted()
        guard let histogram = LatencyHistogram(values: values, counts: values.map { counts[$0]! }) else {
            throw FormatError(.malformed, "\(key): the counts have no sum")
        }
        return LatencyDistribution(
            ticksPerSecond: 1e9 * perNanosecond, tickStep: 0, stampTicks: 0, coreCyclesPerTick: nil,
            machine: histogram, code: LatencyHistogram(), outlierThresholdTicks: histogram.maximum ?? 0, causes: [],
            worst: [], timeline: [], response: nil)
    }
}
