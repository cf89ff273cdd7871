internal import CPerfEvents
internal import Glibc

/// Captures the user stack beyond the 64 KiB that a sample record has room for, in records in front of the sample.
///
/// The kernel runs a small program of ours for each sample of the events that it is attached to. Needs root, or CAP_BPF
/// and CAP_PERFMON.
package final class StackTail {
    private var tail = ts_tail()
    /// One a CPU, kept open; their records go to the rings of the samples.
    private var outputs: [Output] = []
    /// The numbers of the outputs, and between which they lie: other events' are mostly outside.
    private var ids: [UInt64] = []
    private var lowestID = UInt64.max
    private var highestID: UInt64 = 0

    private final class Output {
        let event: PerfEvent

        init(_ event: consuming PerfEvent) { self.event = event }
    }

    /// Stack bytes that a sample and its tail hold at least, where the stack is that deep.
    package static let reach =
        UInt32(TS_TAIL_SKIPPED) - 4096 + UInt32(TS_TAIL_RECORDS) * UInt32(TS_TAIL_PAGES) * 4096

    /// Loads the program.
    /// - Parameter cpus: numbers of the CPUs.
    /// - Returns: nil when this user may not, or the kernel cannot.
    package init?(cpus: [Int32]) {
        guard let last = cpus.max(), ts_tail_create(UInt32(last) + 1, &tail) == 0 else { return nil }
    }

    deinit { ts_tail_destroy(&tail) }

    /// Opens the output of a CPU.
    /// - Parameter redirect: sends an event's records to a ring.
    package func addOutput(cpu: Int32, redirect: (borrowing PerfEvent) throws -> Void) throws {
        let event = try PerfEvent.programOutput(cpu: cpu)
        try redirect(event)
        let result = ts_tail_set_output(&tail, UInt32(cpu), event.descriptor)
        guard result == 0 else {
            throw PerfError(.other, errno: -result, "cannot name a program's output: \(PerfError.text(-result))")
        }
        let id = event.reading()?.id ?? 0
        ids.append(id)
        lowestID = min(lowestID, id)
        highestID = max(highestID, id)
        outputs.append(Output(event))
    }

    /// Captures tails for the samples of an event.
    package func attach(to event: borrowing PerfEvent) -> Bool { ts_tail_attach(&tail, event.descriptor) == 0 }

    /// Whether records with this number are tails.
    // hot: per sample
    package func isTail(eventID: UInt64) -> Bool {
        eventID >= lowestID && eventID <= highestID && ids.contains(eventID)
    }
}

/// One record of a stack's tail; its bytes are valid as long as the record is.
package struct StackTailView {
    package var tid: Int32
    package var time: UInt64
    /// Where the bytes were on the stack.
    package var address: UInt64
    package var bytes: UnsafeRawBufferPointer
}

extension RecordDecoder {
    /// Decodes a record that a ``StackTail`` wrote: the common fields, the payload's size in 4 bytes, the payload.
    // hot: per sample
    package static func stackTail(_ record: UnsafeRawBufferPointer) -> StackTailView? {
        let payload = 60
        let header = Int(TS_TAIL_HEADER)
        guard record.count >= payload + header else { return nil }
        let size = Int(record.loadUnaligned(fromByteOffset: payload - 4, as: UInt32.self))
        guard size >= header, size <= record.count - payload else { return nil }
        // The payload is padded; pages are whole.
        let count = (size - header) & ~4095
        let start = payload + header
        return StackTailView(
            tid: record.loadUnaligned(fromByteOffset: 28, as: Int32.self),
            time: record.loadUnaligned(fromByteOffset: 32, as: UInt64.self),
            address: record.loadUnaligned(fromByteOffset: payload, as: UInt64.self),
            bytes: UnsafeRawBufferPointer(rebasing: record[start..<(start + count)]))
    }

    /// The number of the event that wrote a sample record.
    // hot: per sample
    package static func eventID(ofSample record: UnsafeRawBufferPointer) -> UInt64? {
        record.count >= 16 ? record.loadUnaligned(fromByteOffset: 8, as: UInt64.self) : nil
    }
}
