internal import Glibc

/// Whether several groups of values may share one median, by nothing but on which side of the common one they lie.
///
/// For a comparison that ran in blocks of fresh processes: when the blocks disagree by more than the noise inside them
/// explains, the rounds are no independent draws, and an interval from all of them together is too narrow.
///
/// Assumption: the values of a group are independent draws. Under it Σ (aᵢ − eᵢ)²/vᵢ, where aᵢ is the number of values
/// of group i above the common median, is nearly χ² with one degree less than there are groups; its tail is taken by
/// Wilson & Hilferty's cube root (*The Distribution of Chi-Square*, 1931), good to some thousandths from five values a
/// group on. Source: W. J. Conover, *Practical Nonparametric Statistics*, 3rd ed., section 4.3 (Mood's test).
package struct MedianTest: Hashable, Sendable {
    package let statistic: Double
    package let degreesOfFreedom: Int
    /// The probability of so large a disagreement when all groups have one median.
    package let pValue: Double

    /// Nil for fewer than two groups, a group of fewer than five values, or values that are not finite.
    package init?(_ groups: [[Double]]) {
        guard groups.count >= 2, groups.allSatisfy({ $0.count >= 5 }), let median = Median.of(groups.joined()) else {
            return nil
        }
        let total = Double(groups.reduce(0) { $0 + $1.count })
        // Values that equal the median count half on either side.
        let above = groups.map { group in
            group.reduce(0.0) { $0 + ($1 > median ? 1 : $1 == median ? 0.5 : 0) }
        }
        let share = above.reduce(0, +) / total
        guard share > 0, share < 1 else { return nil }
        degreesOfFreedom = groups.count - 1
        let squares = zip(groups, above).map { group, above in
            let expected = Double(group.count) * share
            return (above - expected) * (above - expected) / (expected * (1 - share))
        }
        statistic = squares.reduce(0, +)
        let freedom = Double(degreesOfFreedom)
        let spread = 2 / (9 * freedom)
        pValue = NormalDistribution.standard.upperTail(
            (cbrt(statistic / freedom) - (1 - spread)) / spread.squareRoot())
    }
}
