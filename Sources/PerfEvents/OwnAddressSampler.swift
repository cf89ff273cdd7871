/// Samples where the calling thread is, in user mode, and nothing else: some ten microseconds a sample where the kernel's
/// timer is a virtual one, and far less on bare metal.
///
/// Used on the thread that made it. Records wait in a ring until ``drain(_:)``; what does not fit is lost, from the end.
package final class OwnAddressSampler {
    /// Nanoseconds between two samples below which the kernel's timer does nothing else (20 kHz).
    package static let shortestPeriod: UInt64 = 50_000
    /// Samples that fit between two calls of ``drain(_:)``: a quarter of a mebibyte, which any user may lock.
    package static let capacity = ringBytes / 16

    private static let ringBytes = 1 << 18
    private let event: PerfEvent
    private var ring: RingBuffer
    /// Times that the kernel said that samples were lost, or the timer held back.
    package private(set) var losses = 0

    /// - Throws: ``PerfError``.
    package init() throws {
        event = try PerfEvent.ownAddresses(.cpuClock, period: Self.shortestPeriod)
        ring = try RingBuffer(owner: event, bytes: Self.ringBytes)
    }

    /// - Parameter period: nanoseconds of this thread's time between two samples.
    package func start(period: UInt64) {
        event.setPeriod(max(Self.shortestPeriod / 2, period))
        event.enable()
    }

    package func stop() { event.disable() }

    /// Hands over the samples that wait.
    package func drain(_ body: (UInt64) -> Void) {
        ring.refresh()
        while let (header, bytes) = ring.peek() {
            if header.kind == .sample, bytes.count >= 16 {
                body(bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            } else {
                losses += 1
            }
            ring.advance(header)
        }
        ring.release()
    }
}
