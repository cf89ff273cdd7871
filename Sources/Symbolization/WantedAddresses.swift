/// The distinct addresses of a module that names are wanted for, in order.
///
/// A profile has some hundred of a library with some hundred thousand symbols: what no wanted address lies in is passed
/// over while the table is read.
struct WantedAddresses {
    let sorted: [UInt64]
    /// Number of the first address in each of some thousand equal spans, and behind the last.
    private var firstOfSpan: [UInt32] = []
    private var shift: UInt64 = 0

    private static let largestSpanCount: UInt64 = 1 << 12

    /// - Parameter sorted: rising, at most 2³² of them.
    init(_ sorted: [UInt64]) {
        self.sorted = sorted
        guard let low = sorted.first, let high = sorted.last else { return }
        while (high - low) >> shift >= Self.largestSpanCount { shift += 1 }
        let count = Int((high - low) >> shift) + 1
        firstOfSpan.reserveCapacity(count + 1)
        for (index, address) in sorted.enumerated() {
            while firstOfSpan.count <= Int((address - low) >> shift) { firstOfSpan.append(UInt32(index)) }
        }
        firstOfSpan.append(UInt32(sorted.count))
    }

    /// Number of the first wanted address at or behind another; the count when there is none. O(1) as a rule, O(log n).
    func first(from address: UInt64) -> Int {
        guard let low = sorted.first, let high = sorted.last, address <= high else { return sorted.count }
        guard address > low else { return 0 }
        let span = Int((address - low) >> shift)
        var first = Int(firstOfSpan[span])
        var end = Int(firstOfSpan[span + 1])
        while first < end {
            let middle = (first + end) / 2
            if sorted[middle] < address { first = middle + 1 } else { end = middle }
        }
        return first
    }

    /// Whether any of them lies in a range of a size.
    func hasAny(from start: UInt64, size: UInt64) -> Bool {
        let index = first(from: start)
        return index < sorted.count && sorted[index] - start < size
    }
}
