/// Sorts the positions of addresses by address, positions of equal ones as they came.
///
/// Radix sort with digits of 11 bits over the span of the addresses: three passes for a module, whatever the order.
enum AddressOrder {
    static func sorted(_ addresses: [UInt64]) -> [UInt32] {
        guard let low = addresses.min(), let high = addresses.max(), addresses.count <= Int(UInt32.max) else {
            return []
        }
        var order = [UInt32](unsafeUninitializedCapacity: addresses.count) { buffer, count in
            for index in addresses.indices { buffer[index] = UInt32(index) }
            count = addresses.count
        }
        var other = order
        var shift: UInt64 = 0
        while shift < 64, (high - low) >> shift != 0 {
            pass(addresses, low, shift, from: order, to: &other)
            swap(&order, &other)
            shift += 11
        }
        return order
    }

    private static func pass(
        _ addresses: [UInt64], _ low: UInt64, _ shift: UInt64, from source: [UInt32], to target: inout [UInt32]
    ) {
        var next = [Int](repeating: 0, count: 1 << 11)
        for address in addresses { next[Int(((address &- low) >> shift) & 0x7FF)] += 1 }
        var total = 0
        for digit in next.indices {
            let count = next[digit]
            next[digit] = total
            total += count
        }
        for index in source {
            let digit = Int(((addresses[Int(index)] &- low) >> shift) & 0x7FF)
            target[next[digit]] = index
            next[digit] += 1
        }
    }
}
