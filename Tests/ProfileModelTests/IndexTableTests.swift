import ProfileModel
import Testing

@Suite struct IndexTableTests {
    @Test func agreesWithADictionaryWhileItGrows() {
        var table = IndexTable()
        var reference: [UInt64: Int32] = [:]
        var random = SystemRandomNumberGenerator()
        // Zero, the largest, neighbors, equal low halves: what a bad hash would pile up.
        var keys: [UInt64] = [0, .max] + (0..<3000).map { $0 << 32 } + (0..<3000).map { $0 }
        keys += (0..<3000).map { _ in random.next() }
        for key in keys + keys.reversed() {
            #expect(table[key] == reference[key])
            let expected = reference[key] ?? Int32(reference.count)
            reference[key] = expected
            #expect(table.insert(key, Int32(table.count)) == expected)
        }
        #expect(table.count == reference.count)
        for key in keys { #expect(table[key] == reference[key]) }
        #expect(table[1 << 63 | 12345] == nil)
    }
}
