/// Other order references for the same stream: books go the same way, what finds orders does not.
package enum ReferenceMapping: String, Sendable, CaseIterable {
    /// 1, 2, 3 … in the order in which orders come, as on a feed of the whole market.
    case dense
    /// All 1 modulo 4, as those of one Nasdaq symbol: three quarters of a table hashed by low bits stay empty.
    case oneInFour = "one-in-four"
    /// 1,021 apart: no two orders of a symbol share a page or a cache line of an array of references.
    case scattered
    /// In a random order within 2³⁰: neither time nor number says anything about the next.
    case random

    /// - Parameter stream: a framed stream.
    /// - Returns: the same messages with references mapped, each old reference to one new one.
    package func apply(to stream: [UInt8]) -> [UInt8] {
        var mapped: [UInt64: UInt64] = [:]
        var count: UInt64 = 0
        var random = RandomSource(seed: 0x7265_6665_7265_6E63)
        var taken: Set<UInt64> = []
        func fresh() -> UInt64 {
            count += 1
            switch self {
            case .dense: return count
            case .oneInFour: return 4 * count + 1
            case .scattered: return 1_021 * count
            case .random:
                while true {
                    let reference = 1 + random.below(1 << 30)
                    if taken.insert(reference).inserted { return reference }
                }
            }
        }
        return Self.rewriting(stream) { old in
            let new = mapped[old] ?? fresh()
            mapped[old] = new
            return new
        }
    }

    private static let types = [
        AddOrder.type, AddOrderWithAttribution.type, OrderExecuted.type, OrderExecutedWithPrice.type,
        OrderCancel.type, OrderDelete.type, OrderReplace.type,
    ]

    /// - Parameters:
    ///   - stream: a framed stream; what follows a torn message stays as it is.
    ///   - mapping: the new reference of an old one; to be one to one.
    package static func rewriting(_ stream: [UInt8], _ mapping: (UInt64) -> UInt64) -> [UInt8] {
        var bytes = stream
        func rewrite(at offset: Int) {
            let old = (0..<8).reduce(UInt64(0)) { $0 << 8 | UInt64(bytes[offset + $1]) }
            let new = mapping(old)
            for byte in 0..<8 { bytes[offset + byte] = UInt8(truncatingIfNeeded: new >> UInt64(56 - 8 * byte)) }
        }
        var position = 0
        while position + 2 <= bytes.count {
            let length = Int(bytes[position]) << 8 | Int(bytes[position + 1])
            guard length > 0, position + 2 + length <= bytes.count else { break }
            let message = position + 2
            let type = bytes[message]
            if types.contains(type), length >= (type == OrderReplace.type ? 27 : 19) {
                rewrite(at: message + 11)
                if type == OrderReplace.type { rewrite(at: message + 19) }
            }
            position = message + length
        }
        return bytes
    }
}
