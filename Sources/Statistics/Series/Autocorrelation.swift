/// How much neighbors in a series resemble each other. Every interval here assumes that they do not.
package enum Autocorrelation {
    /// The correlation of values with their successors, as Box & Jenkins define it: Σ(xᵢ−m)(xᵢ₊₁−m) / Σ(xᵢ−m)². Near
    /// −1/n for independent values, with a standard error of about 1/√n.
    /// - Returns: nil for fewer than 3 values, when all are equal, or when one is not finite.
    package static func lag1(_ values: [Double]) -> Double? {
        guard values.count >= 3, values.allSatisfy(\.isFinite), let least = values.min(), let greatest = values.max(),
            least < greatest
        else { return nil }
        // Brought to 0…1 first: squares of great values overflow, of tiny ones vanish.
        let scale = greatest / 2 - least / 2
        let unit = values.map { ($0 / 2 - least / 2) / scale }
        let mean = unit.reduce(0, +) / Double(unit.count)
        var squares = 0.0
        var products = 0.0
        var previous: Double?
        for value in unit {
            let deviation = value - mean
            squares += deviation * deviation
            if let previous { products += previous * deviation }
            previous = deviation
        }
        return products / squares
    }

    /// The same on which side of their median values lie: an outlier counts no more than any other value.
    static func lag1OfSides(_ values: [Double]) -> Double? {
        guard let median = Median.of(values) else { return nil }
        return lag1(values.map { $0 < median ? -1 : $0 > median ? 1 : 0 })
    }
}
