/// Where the mean of a series steps, in bounded time.
///
/// PELT is linear when steps are spread over the series but quadratic when there is none: a hundred thousand flat
/// values would take a minute. Longer series are therefore cut between blocks of equally many values first; then each
/// cut is moved to the best place in the two blocks beside it, and cuts that do not pay are taken back. What that gives
/// up are segments of less than a block.
package enum LevelSegmentation {
    /// Values that are cut one by one; above, blocks are made so that there are at most so many.
    package static let mostBlocks = 8192

    /// The starts of all segments but the first, rising. O(n) for the sums, and at most ``mostBlocks``² steps.
    /// - Parameters:
    ///   - values: near 0 and in units of their noise.
    ///   - penalty: for each cut, in squared units of the noise.
    ///   - minimumLength: of a segment; at least 1.
    package static func cuts(
        of values: [Double], penalty: Double, minimumLength: Int, mostBlocks: Int = mostBlocks
    ) -> [Int] {
        let cost = SquaredDistanceCost(values)
        let most = max(2, mostBlocks)
        guard values.count > most, minimumLength >= 1 else {
            return OptimalSegmentation.cuts(
                count: values.count, cost: cost, penalty: penalty, minimumLength: minimumLength)
        }
        // Rounded up twice: at most `most` blocks, and no segment shorter than asked. The last block takes the
        // remainder.
        let size = (values.count - 1) / most + 1
        let count = values.count / size
        // The mean of k values times √k has the noise of one value, and the squared distance of all k.
        let blocks = (0..<count).map { block in
            let end = block == count - 1 ? values.count : (block + 1) * size
            let range = values[(block * size)..<end]
            return range.reduce(0, +) / Double(range.count) * Double(size).squareRoot()
        }
        let coarse = OptimalSegmentation.cuts(
            count: count, cost: SquaredDistanceCost(blocks), penalty: penalty,
            minimumLength: (minimumLength - 1) / size + 1)
        var cuts = coarse.map { $0 * size }
        move(&cuts, by: size, cost: cost, count: values.count, minimumLength: minimumLength)
        // A block that a step runs through has a level between, and thereby two cuts: of these one does not pay.
        while let weakest = weakestCut(cuts, cost: cost, count: values.count), weakest.gain < penalty {
            cuts.remove(at: weakest.index)
        }
        move(&cuts, by: size, cost: cost, count: values.count, minimumLength: minimumLength)
        return cuts
    }

    /// Moves each cut to the best place within a reach, its neighbors fixed.
    private static func move(
        _ cuts: inout [Int], by reach: Int, cost: SquaredDistanceCost, count: Int, minimumLength: Int
    ) {
        for i in cuts.indices {
            let (start, end) = bounds(of: i, in: cuts, count: count)
            let first = max(start + minimumLength, cuts[i] - reach)
            let last = min(end - minimumLength, cuts[i] + reach)
            guard first <= last else { continue }
            var least = cost.cost(start, cuts[i]) + cost.cost(cuts[i], end)
            for place in first...last {
                let total = cost.cost(start, place) + cost.cost(place, end)
                if total < least { (least, cuts[i]) = (total, place) }
            }
        }
    }

    /// The cut whose removal costs least.
    private static func weakestCut(
        _ cuts: [Int], cost: SquaredDistanceCost, count: Int
    ) -> (index: Int, gain: Double)? {
        cuts.indices.map { i in
            let (start, end) = bounds(of: i, in: cuts, count: count)
            return (i, cost.cost(start, end) - cost.cost(start, cuts[i]) - cost.cost(cuts[i], end))
        }.min { $0.gain < $1.gain }
    }

    private static func bounds(of cut: Int, in cuts: [Int], count: Int) -> (start: Int, end: Int) {
        (cut > 0 ? cuts[cut - 1] : 0, cut + 1 < cuts.count ? cuts[cut + 1] : count)
    }
}
