internal import Glibc

/// The mean for ratios: twice as slow and twice as fast average to no change.
package enum GeometricMean {
    /// exp of the mean logarithm; nil when there is no value, or one is not finite or not greater than 0.
    package static func of(_ values: some Collection<Double>) -> Double? {
        guard !values.isEmpty, values.allSatisfy({ $0.isFinite && $0 > 0 }) else { return nil }
        return exp(values.reduce(0) { $0 + log($1) } / Double(values.count))
    }
}
