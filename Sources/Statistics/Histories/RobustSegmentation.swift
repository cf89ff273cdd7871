/// Where the level of a series steps, exactly and one value at a time: functional pruning with a bounded loss.
///
/// A value y costs min((y − μ)², K²) against the level μ of its segment, in units of the noise's variance, and each step
/// costs a penalty β: a value that is far off costs no more than K², so fewer than β/K² of them in a row are never worth
/// two steps, whatever their size. What is kept is the least cost of all values so far as a function of the last
/// segment's level, a list of parabolas of which few survive: some ten on any series, so a value takes O(1) in practice.
/// Source: P. Fearnhead & G. Rigaill, *Changepoint Detection in the Presence of Outliers*, 2019 (the biweight loss);
/// R. Maidstone, T. Hocking, G. Rigaill & P. Fearnhead, *On Optimal Multiple Changepoint Algorithms for Large Data*,
/// 2017 (functional pruning).
struct RobustSegmentation: Hashable, Sendable {
    /// weight·(μ − center)² + base while `lower` ≤ μ < `upper`, when the last segment began at `start`.
    private struct Piece: Hashable, Sendable {
        var lower: Double
        var upper: Double
        var weight: Double
        var center: Double
        var base: Double
        var start: Int32

        var least: Double { value(at: place) }
        /// The level of least cost within the piece.
        var place: Double { weight == 0 ? anywhere : min(max(center, lower), upper) }

        private var anywhere: Double { lower.isFinite ? lower : upper.isFinite ? upper : 0 }

        func value(at level: Double) -> Double {
            weight == 0 ? base : weight * (level - center) * (level - center) + base
        }

        /// Adds (μ − value)², keeping the parabola's vertex form, in which nothing cancels.
        mutating func add(_ value: Double) {
            let distance = value - center
            let sum = weight + 1
            if weight == 0 {
                center = value
            } else {
                base += weight / sum * distance * distance
                center += distance / sum
            }
            weight = sum
        }

        func cut(_ low: Double, _ high: Double) -> Piece {
            var result = self
            result.lower = low
            result.upper = high
            return result
        }
    }

    /// More pieces than these are not kept.
    static let mostPieces = 256

    /// K: how far a value may lie from its level before it counts as wild.
    let reach: Double
    let penalty: Double
    /// For each value: where the last segment of the best segmentation up to it begins.
    private(set) var starts: [Int32] = []
    private var pieces: [Piece] = []
    private var spare: [Piece] = []
    private var least = 0.0

    init(reach: Double, penalty: Double) {
        self.reach = reach
        self.penalty = penalty
        least = -penalty
    }

    /// - Parameter value: in units of the noise and near 0: beyond ±10⁶ or so squares lose the digits that decide.
    mutating func append(_ value: Double) {
        let index = Int32(starts.count)
        let threshold = least + penalty
        let fresh = Piece(
            lower: -.infinity, upper: .infinity, weight: 0, center: 0, base: threshold, start: index)
        // 1. A segment that begins here beats whatever costs more than the best so far and a step.
        spare.removeAll(keepingCapacity: true)
        if pieces.isEmpty { spare.append(fresh) }
        // Where every value is wild, as on a steep climb, nothing beats anything: then only what is near the best is kept.
        let isCrowded = pieces.count > Self.mostPieces
        let crowded = least + penalty / 16
        for piece in pieces {
            guard piece.base < threshold, !isCrowded || piece.least <= crowded else {
                push(fresh.cut(piece.lower, piece.upper))
                continue
            }
            guard piece.weight > 0 else {
                push(piece)
                continue
            }
            let half = ((threshold - piece.base) / piece.weight).squareRoot()
            let low = min(max(piece.center - half, piece.lower), piece.upper)
            let high = max(min(piece.center + half, piece.upper), piece.lower)
            if high <= low {
                push(fresh.cut(piece.lower, piece.upper))
                continue
            }
            if piece.lower < low { push(fresh.cut(piece.lower, low)) }
            push(piece.cut(low, high))
            if high < piece.upper { push(fresh.cut(high, piece.upper)) }
        }
        swap(&pieces, &spare)
        // 2. The value's own cost.
        spare.removeAll(keepingCapacity: true)
        let (low, high) = (value - reach, value + reach)
        let most = reach * reach
        for piece in pieces {
            let left = min(max(low, piece.lower), piece.upper)
            let right = max(min(high, piece.upper), left)
            if piece.lower < left {
                var outside = piece.cut(piece.lower, left)
                outside.base += most
                push(outside)
            }
            if left < right {
                var inside = piece.cut(left, right)
                inside.add(value)
                push(inside)
            }
            if right < piece.upper {
                var outside = piece.cut(right, piece.upper)
                outside.base += most
                push(outside)
            }
        }
        swap(&pieces, &spare)
        // 3. The best of all.
        var best = Double.infinity
        var start = index
        for piece in pieces where piece.base < best {
            let candidate = piece.least
            if candidate < best {
                best = candidate
                start = piece.start
            }
        }
        least = best
        starts.append(start)
    }

    /// Neighbors that are one parabola become one piece.
    private mutating func push(_ piece: Piece) {
        if let last = spare.last, last.start == piece.start, last.base == piece.base, last.weight == piece.weight,
            last.center == piece.center
        {
            spare[spare.count - 1].upper = piece.upper
        } else {
            spare.append(piece)
        }
    }

    /// The starts of all segments but the first, rising.
    var cuts: [Int] {
        var result: [Int] = []
        var end = starts.count
        while end > 0 {
            end = Int(starts[end - 1])
            if end > 0 { result.append(end) }
        }
        return result.reversed()
    }
}
