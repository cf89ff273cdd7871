internal import ProfileModel
internal import Sampling
internal import Synchronization

/// Threads that unwind and count the samples of a recording side by side.
///
/// One finds the records and hands them on in batches; each of the others, and it too when it has found all, takes the
/// next batch that nobody has. A stack can be unwound when the mappings of its process are known as they were then, so
/// everybody reads the records about tasks and mappings of every batch, in order, and the samples of his own only.
/// What comes out depends on no accident of timing: the parts are merged in the order of the samples.
final class ImportCrew: Sendable {
    private struct State {
        /// Batches from number `first` on; those that were taken have lost their samples.
        var batches: [PerfDataBatch] = []
        var first = 0
        var next = 0
        var isComplete = false
        /// For each member the number of batches that it has seen.
        var seen: [Int]
    }

    /// How far ahead records are found: what bounds the memory.
    private static let mostWaiting = 256

    private let state: Mutex<State>
    private let ready = Semaphore()

    init(memberCount: Int) { state = Mutex(State(seen: [Int](repeating: 0, count: memberCount))) }

    /// A batch, and what was not seen before it.
    struct Work {
        var number: Int
        var skipped: ArraySlice<PerfDataBatch>
        /// Nil when there is no further one.
        var batch: PerfDataBatch?
    }

    /// Adds a batch.
    /// - Returns: whether many wait to be taken, so that whoever finds them had better take one.
    func add(_ batch: PerfDataBatch) -> Bool {
        let isFar = state.withLock { state in
            state.batches.append(batch)
            return state.first + state.batches.count - state.next > Self.mostWaiting
        }
        ready.signal()
        return isFar
    }

    /// Says that no batch will be added.
    func complete() {
        let members = state.withLock { state in
            state.isComplete = true
            return state.seen.count
        }
        for _ in 0..<members { ready.signal() }
    }

    /// The next batch that nobody has taken; waits for one.
    func take(member: Int) -> Work {
        ready.wait()
        return state.withLock { state in
            let seen = state.seen[member]
            let end = state.first + state.batches.count
            let number = min(state.next, end)
            let skipped = state.batches[(seen - state.first)..<(number - state.first)]
            var work = Work(number: number, skipped: skipped)
            state.seen[member] = number
            if number < end {
                let index = number - state.first
                work.batch = state.batches[index]
                state.batches[index] = state.batches[index].withoutSamples
                state.next = number + 1
                state.seen[member] = number + 1
            }
            let passed = (state.seen.min() ?? 0) - state.first
            if passed > 0 {
                state.batches.removeFirst(passed)
                state.first += passed
            }
            return work
        }
    }
}

/// One thread's part of an import. Used by one thread at a time: by its own, and after that by who joined it.
final class ImportMember: @unchecked Sendable {
    var aggregator: SampleAggregator
    let loader: PerfDataLoader
    private let number: Int

    init(_ number: Int, _ aggregator: consuming SampleAggregator, _ loader: PerfDataLoader) {
        self.number = number
        self.aggregator = aggregator
        self.loader = loader
    }

    /// Takes one batch.
    /// - Returns: false when there is none.
    func work(for crew: ImportCrew) -> Bool {
        let work = crew.take(member: number)
        for batch in work.skipped { loader.hand(batch, to: &aggregator) }
        guard let batch = work.batch else { return false }
        // Samples are counted within their batch, which has far fewer than 2^32.
        aggregator.ordinal = UInt64(work.number) << 32
        loader.hand(batch, to: &aggregator)
        return true
    }
}
