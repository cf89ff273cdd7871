internal import ProfileFormats

/// An HdrHistogram as hdrhistogram-swift encodes it: a count for every bucket that values may fall into.
struct DenseHistogram: Decodable {
    /// The lowest value that is told apart is 2 to this power.
    var unitMagnitude: Int
    /// Buckets of equal width in an octave, halved, are 2 to this power: 10 for three significant digits.
    var subBucketHalfCountMagnitude: Int
    var counts: [UInt64]

    /// Upper ends and counts of the buckets that hold something, rising.
    /// - Throws: `FormatError` for a geometry that no histogram has, or counts without a sum.
    func buckets(_ place: String) throws -> [(value: UInt64, count: UInt64)] {
        let half = subBucketHalfCountMagnitude
        guard (0...40).contains(unitMagnitude), (0...20).contains(half) else {
            throw FormatError(.malformed, "\(place): no histogram is divided so")
        }
        var total: UInt64 = 0
        var result: [(UInt64, UInt64)] = []
        for (index, count) in counts.enumerated() where count > 0 {
            // The first octave has twice as many buckets; each further one doubles their width.
            let octave = max((index >> half) - 1, 0)
            let place0 = index < 1 << half ? index : (index & ((1 << half) - 1)) + (1 << half)
            let shift = octave + unitMagnitude
            guard shift + half + 1 < 63 else { throw FormatError(.malformed, "\(place): a value is too great") }
            let (sum, overflow) = total.addingReportingOverflow(count)
            guard !overflow else { throw FormatError(.malformed, "\(place): the counts have no sum") }
            total = sum
            result.append(((UInt64(place0 + 1) << UInt64(shift)) - 1, count))
        }
        return result
    }
}
