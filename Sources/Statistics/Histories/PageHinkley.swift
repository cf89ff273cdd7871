/// Watches a stream whose level is not known beforehand: the Page–Hinkley test.
///
/// mᵢ = Σ(xⱼ − x̄ⱼ − δ), x̄ⱼ the mean of the first j values; an upward alarm when mᵢ exceeds its least value so far by more
/// than λ, a downward one with all signs turned. δ is a change that does not matter, λ what a change must add up to.
///
/// Assumption: values are independent and the first ones, some thirty, at the usual level.
/// Sources: D. Hinkley, *Inference about the Change-Point from Cumulative Sum Tests*, 1971; J. Gama et al., *A Survey on
/// Concept Drift Adaptation*, 2014.
package struct PageHinkley: Hashable, Sendable {
    package let tolerated: Double
    package let threshold: Double
    /// Of the values since the last alarm.
    package private(set) var mean = 0.0
    package private(set) var count = 0
    private var seen = 0.0
    private var sumUp = 0.0
    private var sumDown = 0.0
    private var leastUp = 0.0
    private var leastDown = 0.0
    private var onsetUp = 0
    private var onsetDown = 0

    /// - Parameters:
    ///   - tolerated: δ, in the unit of the values.
    ///   - threshold: λ, likewise.
    /// - Returns: nil unless both are finite, δ at least 0 and λ greater than 0.
    package init?(tolerated: Double, threshold: Double) {
        guard tolerated.isFinite, tolerated >= 0, threshold.isFinite, threshold > 0 else { return nil }
        self.tolerated = tolerated
        self.threshold = threshold
    }

    /// Takes the next value and tells of an alarm, after which everything begins anew. What is not finite is counted but
    /// not looked at. O(1), no allocation.
    package mutating func append(_ value: Double) -> CumulativeSum.Alarm? {
        let index = count
        count += 1
        guard abs(value) < .greatestFiniteMagnitude / 4 else { return nil }
        seen += 1
        mean += value / seen - mean / seen
        sumUp += value - mean - tolerated
        sumDown += mean - value - tolerated
        if sumUp < leastUp { (leastUp, onsetUp) = (sumUp, index + 1) }
        if sumDown < leastDown { (leastDown, onsetDown) = (sumDown, index + 1) }
        let (up, down) = (sumUp - leastUp, sumDown - leastDown)
        guard up > threshold || down > threshold else { return nil }
        let alarm = CumulativeSum.Alarm(
            direction: up >= down ? .up : .down, index: index, onset: up >= down ? onsetUp : onsetDown)
        var fresh = self
        (fresh.mean, fresh.seen, fresh.sumUp, fresh.sumDown, fresh.leastUp, fresh.leastDown) = (0, 0, 0, 0, 0, 0)
        (fresh.onsetUp, fresh.onsetDown) = (index + 1, index + 1)
        self = fresh
        return alarm
    }
}
