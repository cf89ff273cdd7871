/// A reading of the time stamp counter, or a difference of two.
package struct Ticks: RawRepresentable, Hashable, Comparable, Sendable {
    package var rawValue: UInt64

    package init(rawValue: UInt64) { self.rawValue = rawValue }

    package static func < (a: Ticks, b: Ticks) -> Bool { a.rawValue < b.rawValue }
}
