/// By how much the counter advances at a time. Zen's counter counts in steps of some 26 ticks (10 ns), Intel's in one or
/// two: nothing shorter can be told apart in a single measurement.
package enum TickStep {
    /// The step that explains a histogram of differences between stamps: the largest of which the frequent ones are
    /// multiples, give or take the single tick by which two readings inside one step may differ.
    /// - Parameter histogram: counts by difference in ticks.
    /// - Returns: nil when no difference was seen at all.
    package static func estimate(_ histogram: [UInt64: Int]) -> UInt64? {
        let total = histogram.values.reduce(0, +)
        let frequent = histogram.filter { $0.key > 0 && $0.value * 1000 >= total }
        guard total > 0, let largest = frequent.keys.max() else { return nil }
        let exact = frequent.keys.reduce(0) { greatestCommonDivisor($0, $1) }
        if exact > 2 { return exact }
        // Readings that differ by one tick hide the step from the common divisor.
        let weight = frequent.values.reduce(0, +)
        let fitting = stride(from: largest, through: 4, by: -1).first { step in
            // A single cluster of differences is some multiple of any step, and proves none.
            Set(frequent.keys.map { ($0 + step / 2) / step }).subtracting([0]).count > 1
                && frequent.reduce(0) { isMultiple($1.key, of: step) ? $0 + $1.value : $0 } * 1000 >= weight * 999
        }
        return fitting ?? exact
    }

    private static func isMultiple(_ difference: UInt64, of step: UInt64) -> Bool {
        let rest = difference % step
        return rest <= 1 || rest == step - 1
    }

    private static func greatestCommonDivisor(_ a: UInt64, _ b: UInt64) -> UInt64 {
        b == 0 ? a : greatestCommonDivisor(b, a % b)
    }
}
