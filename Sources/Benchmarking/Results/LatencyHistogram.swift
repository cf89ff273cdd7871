package import Histogram

/// Counts of values, sorted by value: the occupied buckets of an HdrHistogram of three significant digits.
package struct LatencyHistogram: Codable, Hashable, Sendable {
    /// Upper ends of occupied buckets, ticks, rising.
    package private(set) var values: [UInt64]
    /// Operations in each.
    package private(set) var counts: [UInt64]

    package init() {
        values = []
        counts = []
    }

    package init(_ histogram: Histogram<UInt64>) {
        self.init()
        for bucket in histogram.recordedValues() {
            values.append(bucket.value)
            counts.append(bucket.count)
        }
    }

    /// Buckets from elsewhere; nil unless the values rise, each has a count, and the counts have a sum.
    package init?(values: [UInt64], counts: [UInt64]) {
        guard Self.isSound(values, counts) else { return nil }
        self.values = values
        self.counts = counts
    }

    private static func isSound(_ values: [UInt64], _ counts: [UInt64]) -> Bool {
        guard values.count == counts.count, !counts.contains(0) else { return false }
        guard zip(values, values.dropFirst()).allSatisfy({ $0 < $1 }) else { return false }
        var sum: UInt64 = 0
        for count in counts {
            let (next, overflow) = sum.addingReportingOverflow(count)
            if overflow { return false }
            sum = next
        }
        return true
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        values = try container.decode([UInt64].self, forKey: .values)
        counts = try container.decode([UInt64].self, forKey: .counts)
        guard Self.isSound(values, counts) else {
            throw DecodingError.dataCorruptedError(
                forKey: .counts, in: container, debugDescription: "a histogram's values rise and each has a count")
        }
    }

    package var count: UInt64 { counts.reduce(0, +) }
    package var minimum: UInt64? { values.first }
    package var maximum: UInt64? { values.last }

    /// The value of the `rank`-th smallest operation, from 1. O(buckets).
    package func value(rank: UInt64) -> UInt64? {
        guard rank >= 1 else { return nil }
        var seen: UInt64 = 0
        for (value, count) in zip(values, counts) {
            seen += count
            if seen >= rank { return value }
        }
        return nil
    }

    /// The smallest value that at least a share `quantile` of all operations does not exceed; nil when empty.
    package func value(quantile: Double) -> UInt64? {
        let total = count
        guard total > 0 else { return nil }
        let rank = (quantile * Double(total)).rounded(.up)
        // The greatest total as a Double is beyond what an integer holds.
        return value(rank: rank >= Double(total) ? total : UInt64(max(rank, 1)))
    }

    /// Operations above a value.
    package func count(above limit: UInt64) -> UInt64 {
        zip(values, counts).reduce(0) { $1.0 > limit ? $0 + $1.1 : $0 }
    }

    /// Adds the operations of another histogram of the same clock.
    package mutating func add(_ other: LatencyHistogram) {
        var merged: [UInt64: UInt64] = [:]
        for (value, count) in zip(values, counts) { merged[value, default: 0] += count }
        for (value, count) in zip(other.values, other.counts) { merged[value, default: 0] += count }
        values = merged.keys.sorted()
        counts = values.map { merged[$0]! }
    }
}
