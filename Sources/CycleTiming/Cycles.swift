/// Cycles of the core, as opposed to ticks of the counter, which runs at one rate whatever the core does. Derived from
/// measurements, so not a whole number.
package struct Cycles: RawRepresentable, Hashable, Comparable, Sendable {
    package var rawValue: Double

    package init(rawValue: Double) { self.rawValue = rawValue }

    package static func < (a: Cycles, b: Cycles) -> Bool { a.rawValue < b.rawValue }
}
