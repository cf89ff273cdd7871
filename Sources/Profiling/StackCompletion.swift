internal import PerfEvents
internal import ProfileModel
internal import Sampling
internal import Unwinding

/// Completes stacks that are deeper than the captured bytes, with outer frames that are proved to stand.
///
/// The rule. Let `A` be the address of a return address on a thread's own stack.
///
/// 1. A debug register watches the thread for writes to `A` from time `a` on.
/// 2. After `a`, the memory from `A` upward is read from the running process, and unwinds to the thread's entry: this
///    gives the chain of `A`, read by time `r`.
/// 3. A sample of the thread at a time `t > r` shows, by its own registers and captured bytes, that the return address
///    of one of its frames is at `A`.
/// 4. The thread has not written `A` by time `t`.
/// 5. The caller's frame pointer is the same in the sample as at the start of the chain, or the chain does not use it.
///
/// Then the chain's frames are the sample's outer frames. For by 3 the call that put a return address at `A` is in
/// progress at `t`; a call writes that word, so by 4 it was made before `a`; so it was in progress all the time from `a`
/// to `t`, all its callers waited for it, and what they keep on the stack was at `r` what it is at `t`.
///
/// What the rule assumes: a thread's stack is its own. Coroutines that move between threads break that, so an address
/// that two threads claim is watched for neither.
///
/// Each watch interrupts its thread at most once, and a thread whose frames do not stand is left alone for longer each
/// time.
final class StackCompletion {
    /// Frames that were won, and the samples that they completed.
    private(set) var completedSamples: Int64 = 0
    private(set) var completedFrames: Int64 = 0

    private var threads: [Int32: WatchedThread] = [:]
    private let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: StackCompletion.deepestRead, alignment: 16)
    private let chain = UnsafeMutableBufferPointer<UInt64>.allocate(capacity: 4096)
    private var chainTrace = UnwindTrace(capacity: 4096)

    /// Most stack that is read at a time. Linux gives a main thread 8 MiB at most by default; of those that are deeper
    /// than this little is known to stand.
    private static let deepestRead = 1 << 20
    /// Threads that are watched at a time.
    private static let mostThreads = 64
    /// Nanoseconds from one arming of a thread's watches to the next, at least.
    private static let shortestPause: UInt64 = 10_000_000
    private static let longestPause: UInt64 = 1_280_000_000

    /// Nil where debug registers cannot be had, or do not work.
    init?() {
        chain.initialize(repeating: 0)
        guard WriteWatch.isReliable else { return nil }
    }

    deinit {
        memory.deallocate()
        chain.deallocate()
    }

    /// Whether a thread waits for ``arm(engine:space:)``.
    var isWaiting: Bool { threads.values.contains { $0.wish != nil } }

    /// Forgets a thread: it ended, or runs another program.
    func forget(thread tid: Int32) { if !threads.isEmpty { threads[tid] = nil } }

    /// The frames beyond the captured bytes.
    /// - Parameters:
    ///   - trace: the steps of the sample's own unwind.
    ///   - output: the sample's frames; receives the outer ones behind those that stay.
    /// - Returns: number of frames of the complete stack; nil when nothing is proved. The thread then waits to be watched.
    func complete(
        _ trace: borrowing UnwindTrace, process pid: Int32, thread tid: Int32, time: UInt64, stackPointer: UInt64,
        output: UnsafeMutableBufferPointer<UInt64>
    ) -> Int? {
        let thread: WatchedThread
        if let known = threads[tid] {
            thread = known
        } else {
            guard threads.count < Self.mostThreads else { return nil }
            thread = WatchedThread(process: pid, thread: tid)
            threads[tid] = thread
        }
        if let (step, frames) = thread.proved(by: trace, time: time), step + 1 + frames.count <= output.count {
            for (index, frame) in frames.enumerated() { output[step + 1 + index] = frame }
            completedSamples += 1
            // The sample's own frames reach as far as its return addresses were captured.
            let own = trace[trace.count - 1].returnAddress == 0 ? trace.count : trace.count + 1
            completedFrames += Int64(max(0, step + 1 + frames.count - own))
            thread.pause = Self.shortestPause
            // The watch stands close to the sample: nothing better to wish for.
            return step + 1 + frames.count
        }
        thread.wish = WatchWish(trace, stackPointer: stackPointer)
        return nil
    }

    /// Watches the threads whose stacks could not be completed. Call when there are no records to read.
    /// - Parameter space: the mappings of a process; nil when it is gone.
    func arm(engine: inout TableEngine, space: (Int32) -> UnwindSpace?) {
        guard !threads.isEmpty else { return }
        let now = MonotonicClock.now()
        for thread in threads.values {
            guard let wish = thread.wish, now >= thread.nextArming else { continue }
            thread.wish = nil
            thread.nextArming = now + thread.pause
            thread.pause = min(thread.pause * 2, Self.longestPause)
            guard let space = space(thread.pid) else { continue }
            thread.watch(wish.slots.filter { !isClaimed($0.address, byOtherThan: thread) })
            chains(of: thread, engine: &engine, space: space)
        }
    }

    private func isClaimed(_ address: UInt64, byOtherThan thread: WatchedThread) -> Bool {
        for other in threads.values where other !== thread && other.pid == thread.pid {
            if other.watches.contains(where: { $0.slot.address == address }) {
                other.watches.removeAll()
                return true
            }
        }
        return false
    }

    /// Reads the thread's stack above its watches and unwinds it from each of them.
    private func chains(of thread: WatchedThread, engine: inout TableEngine, space: UnwindSpace) {
        let fresh = thread.watches.filter { $0.chain == nil }
        guard let low = fresh.map(\.slot.address).min() else { return }
        var size = 64 << 10
        while true {
            let bytes = LiveMemory.read(process: thread.pid, at: low, into: .init(rebasing: memory[..<size]))
            let readTime = MonotonicClock.now()
            let stack = StackBytes(UnsafeRawBufferPointer(rebasing: memory[..<bytes]), at: low)
            let needsMore = fresh.contains { watch in
                !makeChain(watch, stack: stack, readTime: readTime, engine: &engine, space: space)
            }
            guard needsMore, bytes == size, size < Self.deepestRead else { break }
            size *= 4
        }
        thread.watches.removeAll { $0.chain == nil }
    }

    /// - Returns: false when the bytes did not last.
    private func makeChain(
        _ watch: StackWatch, stack: StackBytes, readTime: UInt64, engine: inout TableEngine, space: UnwindSpace
    ) -> Bool {
        let slot = watch.slot
        guard let address = stack.load(slot.address), address != 0,
            slot.returnAddress == 0 || slot.returnAddress == address
        else { return true }
        // Without the frame pointer first: a chain that does not use it holds for every sample.
        for framePointer in slot.framePointer == nil ? [nil] : [nil, slot.framePointer] {
            let result = engine.unwind(
                returnAddress: address, stackPointer: slot.address &+ 8, framePointer: framePointer, stack: stack,
                space: space, output: chain, into: &chainTrace)
            if result.end == .stackBytes { return false }
            guard result.end == .root else { continue }
            watch.chain = Array(chain[..<result.frameCount])
            watch.returnAddress = address
            watch.framePointer = framePointer
            watch.readTime = readTime
            return true
        }
        return true
    }
}
