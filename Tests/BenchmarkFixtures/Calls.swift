import Tickscope

/// Operations whose calls are known.
enum Calls {
    struct Refusal: Error {}

    struct Book: Decodable {
        struct Level: Decodable {
            var price: Int
            var size: Int
        }
        var symbol: String
        var bids: [Level]
    }

    @inline(never)
    static func outer(_ value: UInt64) -> UInt64 {
        var sum = value
        for _ in 0..<3 { sum = middle(sum) }
        return descend(5, sum) &+ 1
    }

    @inline(never)
    static func middle(_ value: UInt64) -> UInt64 { leaf(value) ^ leaf(value &+ 1) }

    @inline(never)
    static func leaf(_ value: UInt64) -> UInt64 { hidden(value &* 3) &+ inlined(value) }

    @inline(__always)
    static func inlined(_ value: UInt64) -> UInt64 { hidden(value ^ 0x5555) &* 7 }

    @inline(never)
    static func descend(_ levels: Int, _ value: UInt64) -> UInt64 {
        levels == 0 ? hidden(value) : hidden(descend(levels - 1, hidden(value))) &+ 1
    }

    @inline(never)
    static func recovering(_ value: UInt64) -> UInt64 {
        do { return try passing(value) } catch { return 3 }
    }

    @inline(never)
    static func passing(_ value: UInt64) throws -> UInt64 { try refusing(value) &+ 1 }

    @inline(never)
    static func refusing(_ value: UInt64) throws -> UInt64 {
        if hidden(value) == 7 { throw Refusal() }
        return value
    }
}
