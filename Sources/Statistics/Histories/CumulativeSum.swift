internal import Glibc

/// Watches a stream for a lasting shift: the two-sided cumulative sum (CUSUM).
///
/// With z = (x − target)/deviation: S⁺ = max(0, S⁺ + z − k), S⁻ = max(0, S⁻ − z − k); an alarm when either exceeds h.
/// k is half of the shift to catch, in deviations. Without a shift, k = ½ gives an alarm every 168 values with h = 4 and
/// every 465 with h = 5, and a shift of one deviation is told after 8.4 and 10.4 values.
///
/// Assumption: values are independent; where neighbors resemble each other alarms come far more often: take h from
/// one's own quiet history. Sources: E. Page, *Continuous Inspection Schemes*, 1954; D. Montgomery, *Introduction to
/// Statistical Quality Control*, section 9.1 (the run lengths).
package struct CumulativeSum: Hashable, Sendable {
    package enum Direction: Hashable, Sendable { case up, down }

    package struct Alarm: Hashable, Sendable {
        package let direction: Direction
        /// The value with which the alarm came.
        package let index: Int
        /// The value since which the sum has not been zero: where the shift probably began.
        package let onset: Int
    }

    package let target: Double
    package let deviation: Double
    package let slack: Double
    package let threshold: Double
    /// S⁺ and S⁻.
    package private(set) var sumUp = 0.0
    package private(set) var sumDown = 0.0
    /// Values so far.
    package private(set) var count = 0
    private var onsetUp = 0
    private var onsetDown = 0

    /// Nil unless all are finite, the deviation and the threshold greater than 0 and the slack at least 0.
    package init?(target: Double, deviation: Double, slack: Double = 0.5, threshold: Double = 5) {
        guard target.isFinite, deviation.isFinite, deviation > 0, slack.isFinite, slack >= 0, threshold.isFinite,
            threshold > 0
        else { return nil }
        self.target = target
        self.deviation = deviation
        self.slack = slack
        self.threshold = threshold
    }

    /// Takes the next value and tells of an alarm, after which both sums begin anew. What is not finite is counted but
    /// not looked at. O(1), no allocation.
    package mutating func append(_ value: Double) -> Alarm? {
        let index = count
        count += 1
        guard value.isFinite else { return nil }
        // Bounded, so that one wild value cannot raise an alarm by itself more than a thousand times over.
        let z = min(max((value - target) / deviation, -1e3 * threshold), 1e3 * threshold)
        sumUp = max(0, sumUp + z - slack)
        sumDown = max(0, sumDown - z - slack)
        if sumUp == 0 { onsetUp = index + 1 }
        if sumDown == 0 { onsetDown = index + 1 }
        guard sumUp > threshold || sumDown > threshold else { return nil }
        let isUp = sumUp >= sumDown
        let alarm = Alarm(direction: isUp ? .up : .down, index: index, onset: isUp ? onsetUp : onsetDown)
        (sumUp, sumDown, onsetUp, onsetDown) = (0, 0, index + 1, index + 1)
        return alarm
    }

    /// The slack for counts: events a window that tell a usual rate from a raised one, (λ₁ − λ₀)/ln(λ₁/λ₀); use it with
    /// the count itself as z (target 0, deviation 1). Source: J. Lucas, *Counted Data CUSUM's*, 1985.
    /// - Returns: nil unless 0 < usual < raised, both finite.
    package static func slackForCounts(usual: Double, raised: Double) -> Double? {
        guard usual > 0, raised > usual, raised.isFinite else { return nil }
        return (raised - usual) / log(raised / usual)
    }
}
