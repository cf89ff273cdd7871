/// How badly one level fits a stretch of a series.
package protocol SegmentCost {
    /// The cost of values start..<end as one segment. Splitting a segment never costs more than leaving it whole.
    func cost(_ start: Int, _ end: Int) -> Double
}

/// Where to cut a series so that the costs of its segments plus a penalty for each cut are least: exact, by PELT.
/// Source: R. Killick, P. Fearnhead & I. Eckley, *Optimal Detection of Changepoints with a Linear Computational Cost*,
/// 2012.
package enum OptimalSegmentation {
    /// The starts of all segments but the first, rising.
    ///
    /// O(n) expected when cuts are spread over the series, O(n²) at worst.
    /// - Parameters:
    ///   - penalty: for each cut; at least 0.
    ///   - minimumLength: of a segment; at least 1. A series shorter than two of them is not cut.
    package static func cuts(count: Int, cost: some SegmentCost, penalty: Double, minimumLength: Int) -> [Int] {
        guard minimumLength >= 1, count / 2 >= minimumLength else { return [] }
        // best[end]: the least cost of the values before `end`, a penalty counted for each segment.
        var best = [Double](repeating: .infinity, count: count + 1)
        var previous = [Int](repeating: 0, count: count + 1)
        best[0] = 0
        // Where the last segment may start. A start that lost at some end cannot win later, but it may still serve the
        // ends that a segment from there would be too short for: it is dropped `minimumLength` ends after it lost.
        var starts: [(start: Int, dropAt: Int)] = []
        for end in minimumLength...count {
            let entering = end - minimumLength
            if entering == 0 || entering >= minimumLength { starts.append((entering, .max)) }
            for candidate in starts {
                let total = best[candidate.start] + cost.cost(candidate.start, end) + penalty
                if total < best[end] {
                    best[end] = total
                    previous[end] = candidate.start
                }
            }
            for i in starts.indices where starts[i].dropAt == .max {
                if best[starts[i].start] + cost.cost(starts[i].start, end) > best[end] {
                    starts[i].dropAt = end + minimumLength
                }
            }
            starts.removeAll { $0.dropAt <= end + 1 }
        }
        var cuts: [Int] = []
        var end = previous[count]
        while end > 0 {
            cuts.append(end)
            end = previous[end]
        }
        return cuts.reversed()
    }
}

/// The sum of squared distances from the mean: the cost of normal noise of variance 1. O(1) a segment, by running sums.
package struct SquaredDistanceCost: SegmentCost {
    private var sums: [Double]
    private var squares: [Double]

    /// - Parameter values: near 0 and in units of the noise, so that the sums keep their digits.
    package init(_ values: [Double]) {
        sums = [0]
        squares = [0]
        for value in values {
            sums.append(sums[sums.count - 1] + value)
            squares.append(squares[squares.count - 1] + value * value)
        }
    }

    package func cost(_ start: Int, _ end: Int) -> Double {
        let sum = sums[end] - sums[start]
        return max(0, squares[end] - squares[start] - sum * sum / Double(end - start))
    }
}
