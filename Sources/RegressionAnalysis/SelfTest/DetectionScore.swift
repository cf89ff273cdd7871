/// How well steps were found: each reported one may answer for one true step at most a margin away.
package struct DetectionScore: Hashable, Sendable {
    package private(set) var found = 0
    package private(set) var missed = 0
    package private(set) var wrong = 0

    package init() {}

    /// - Parameters:
    ///   - reported: indices of the first values of new levels.
    ///   - truth: likewise, rising.
    ///   - margin: in values.
    package mutating func add(reported: [Int], truth: [Int], margin: Int = 5) {
        var left = reported
        for place in truth {
            let nearest = left.indices.min { abs(left[$0] - place) < abs(left[$1] - place) }
            if let nearest, abs(left[nearest] - place) <= margin {
                left.remove(at: nearest)
                found += 1
            } else {
                missed += 1
            }
        }
        wrong += left.count
    }

    /// The harmonic mean of precision and recall; 1 when there was nothing to find and nothing was reported.
    package var f1: Double {
        found + missed + wrong == 0 ? 1 : 2 * Double(found) / Double(2 * found + missed + wrong)
    }
}
