/// What a function, a node or a selection of samples weighs: the shown column and, where the profile has one, the
/// number of samples behind it.
package struct Weight: Hashable, Sendable {
    /// In the unit of the shown column.
    package var value: Int64
    /// Samples; 0 when the profile does not count them.
    package var samples: Int64

    package static let zero = Weight(value: 0, samples: 0)

    package init(value: Int64, samples: Int64) {
        self.value = value
        self.samples = samples
    }

    package static func += (a: inout Weight, b: Weight) {
        a.value = a.value.addingSaturating(b.value)
        a.samples = a.samples.addingSaturating(b.samples)
    }

    /// Share of a total; 0 when the total is.
    package func share(of total: Weight) -> Double {
        total.value == 0 ? 0 : Double(value) / Double(total.value)
    }
}

extension Profile {
    /// The column that counts samples, when the profile has one.
    package var sampleCountColumn: Int? {
        sampleTypes.firstIndex { $0.unit == "count" && $0.name == "samples" }
    }

    /// The weight of each entry of ``samples``.
    package func weights(column: Int) -> [Weight] {
        let values = samples.values[column]
        guard let counts = sampleCountColumn.map({ samples.values[$0] }) else {
            return values.map { Weight(value: $0, samples: 0) }
        }
        return zip(values, counts).map { Weight(value: $0, samples: $1) }
    }

    /// The weight of all samples.
    package func totalWeight(column: Int) -> Weight {
        weights(column: column).reduce(into: .zero) { $0 += $1 }
    }
}
