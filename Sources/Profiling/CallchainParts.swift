/// The kernel's and the user's addresses of a call chain, leaf first, without the markers between them.
struct CallchainParts {
    var kernel: UnsafeBufferPointer<UInt64>
    var user: UnsafeBufferPointer<UInt64>

    // PERF_CONTEXT_* of linux/perf_event.h: -32 hypervisor, -128 kernel, -512 user, guests below.
    private static let kernelMarker = UInt64(bitPattern: -128)
    private static let userMarker = UInt64(bitPattern: -512)
    private static let lowestMarker = UInt64(bitPattern: -4095)

    // hot: per sample
    init(_ chain: UnsafeBufferPointer<UInt64>) {
        kernel = UnsafeBufferPointer(start: nil, count: 0)
        user = kernel
        var index = 0
        while index < chain.count {
            let marker = chain[index]
            index += 1
            guard marker >= Self.lowestMarker else { continue }
            let start = index
            while index < chain.count, chain[index] < Self.lowestMarker { index += 1 }
            let part = UnsafeBufferPointer(rebasing: chain[start..<index])
            if marker == Self.kernelMarker, kernel.isEmpty { kernel = part }
            if marker == Self.userMarker, user.isEmpty { user = part }
        }
    }
}
