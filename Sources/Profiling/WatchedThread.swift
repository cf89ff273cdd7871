internal import PerfEvents
internal import Unwinding

/// A return address on a thread's stack.
struct ReturnSlot {
    var address: UInt64
    /// What is there; 0 when it was not captured.
    var returnAddress: UInt64
    /// The caller's frame pointer; nil when it is not known.
    var framePointer: UInt64?
}

/// The return addresses that a stack without an end would have watched: the outermost that it knows, which stands
/// longest, and two further in, which samples with shorter stacks still show.
struct WatchWish {
    var slots: [ReturnSlot]

    init(_ trace: borrowing UnwindTrace, stackPointer: UInt64) {
        slots = []
        guard trace.count > 0 else { return }
        let last = trace.count - 1
        let depth = trace[last].returnSlot &- stackPointer
        var wanted = [last]
        // Numerators over 8 of the captured depth.
        for part in [6, 4] as [UInt64] {
            let limit = stackPointer &+ depth / 8 &* part
            if let index = (0...last).last(where: { trace[$0].returnSlot <= limit }), !wanted.contains(index) {
                wanted.append(index)
            }
        }
        for index in wanted {
            let step = trace[index]
            guard step.returnSlot & 7 == 0, step.returnSlot > 0 else { continue }
            slots.append(
                ReturnSlot(
                    address: step.returnSlot, returnAddress: step.returnAddress, framePointer: step.framePointer))
        }
    }
}

/// One watched return address with the frames above it.
final class StackWatch {
    let slot: ReturnSlot
    private let watch: WriteWatch
    /// Addresses of the frames from the caller outward; nil until they are known.
    var chain: [UInt64]?
    var returnAddress: UInt64 = 0
    /// The frame pointer that the chain starts with; nil when it needs none.
    var framePointer: UInt64?
    /// When the chain had been read.
    var readTime: UInt64 = 0

    /// Opens and arms; nil when that cannot be had.
    init?(_ slot: ReturnSlot, thread tid: Int32) {
        guard let watch = WriteWatch.open(thread: tid, address: slot.address), watch.arm() else { return nil }
        self.slot = slot
        self.watch = watch
    }

    var firedTime: UInt64? { watch.firedTime }

    /// Whether the word has stood from the arming to a moment.
    func stands(until time: UInt64) -> Bool { watch.firedTime.map { $0 > time } ?? true }
}

/// A thread with deep stacks and what is watched of them.
final class WatchedThread {
    let pid: Int32
    let tid: Int32
    var watches: [StackWatch] = []
    var wish: WatchWish?
    var nextArming: UInt64 = 0
    var pause: UInt64 = 10_000_000

    /// Processors have four debug registers; one is left to debuggers.
    private static let mostWatches = 3

    init(process pid: Int32, thread tid: Int32) {
        self.pid = pid
        self.tid = tid
    }

    /// The outer frames of a sample, by the rule in ``StackCompletion``.
    /// - Returns: the step that leads to the first of them.
    func proved(by trace: borrowing UnwindTrace, time: UInt64) -> (step: Int, frames: [UInt64])? {
        for watch in watches {
            guard let frames = watch.chain, time > watch.readTime else { continue }
            for index in 0..<trace.count where trace[index].returnSlot == watch.slot.address {
                let step = trace[index]
                guard step.returnAddress == 0 || step.returnAddress == watch.returnAddress else { continue }
                guard watch.framePointer == nil || step.framePointer == watch.framePointer else { continue }
                guard watch.stands(until: time) else { continue }
                return (index, frames)
            }
        }
        return nil
    }

    /// Watches these addresses, as far as debug registers go; those that have fired give way first, then the innermost:
    /// the outermost stands longest.
    func watch(_ slots: [ReturnSlot]) {
        watches.removeAll { !isGood($0) }
        let missing = slots.filter { slot in !watches.contains { $0.slot.address == slot.address } }
        while watches.count + missing.count > Self.mostWatches,
            let index = watches.indices.filter({ index in
                !slots.contains { $0.address == watches[index].slot.address }
            }).min(by: { watches[$0].slot.address < watches[$1].slot.address })
        {
            watches.remove(at: index)
        }
        for slot in missing where watches.count < Self.mostWatches {
            if let watch = StackWatch(slot, thread: tid) { watches.append(watch) }
        }
    }

    private func isGood(_ watch: StackWatch) -> Bool { watch.chain != nil && watch.firedTime == nil }
}
