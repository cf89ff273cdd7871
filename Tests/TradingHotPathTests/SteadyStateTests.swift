import Glibc
import Testing
import TradingHotPath

@Suite("Steady state")
struct SteadyStateTests {
    /// The heap's bytes in use and the thread's page faults, before and after, in a process of its own: the tests beside
    /// this one use the heap too. The least of a few tries counts, since the runtime may settle something late.
    @Test("400,000 messages neither allocate nor fault")
    func noAllocationAfterStart() async {
        await #expect(processExitsWith: .success) {
            let least = Self.measure()
            #expect(least == (0, 0))
            if least != (0, 0) { exit(1) }
        }
    }

    @Test("400,000 messages through the whole path neither allocate nor fault")
    func noAllocationInPipeline() async {
        await #expect(processExitsWith: .success) {
            let least = Self.measurePipeline()
            #expect(least == (0, 0))
            if least != (0, 0) { exit(1) }
        }
    }

    /// Two halves of a stream: the second is measured.
    private static func measurePipeline() -> (heap: Int, faults: Int) {
        var least = (heap: Int.max, faults: Int.max)
        let bytes = MarketGenerator.generate(.init(seed: 8, messages: 400_000, symbols: 20))
        bytes.withUnsafeBytes { stream in
            let (survey, _) = StreamSurvey.survey(stream)
            var books = BookSet(capacity: survey.capacity(), prefault: false)
            var reader = ITCHStreamReader(stream)
            reader.replay(into: &books)
            for _ in 0..<5 {
                var pipeline = Pipeline(
                    TradingCore(capacity: books.usedCapacity, openOrders: 1 << 17), marker: NoMarks())
                reader = ITCHStreamReader(stream)
                reader.replay(upTo: 100_000, into: &pipeline)
                let heap = heapBytes()
                let faults = threadFaults()
                reader.replay(into: &pipeline)
                least.faults = min(least.faults, threadFaults() - faults)
                least.heap = min(least.heap, abs(heapBytes() - heap))
                if reader.counts.messages != 400_000 || pipeline.core.counts.orders < 1_000 { exit(2) }
            }
        }
        return least
    }

    private static func measure() -> (heap: Int, faults: Int) {
        let bytes = MarketGenerator.generate(.init(seed: 8, messages: 400_000, symbols: 20))
        return bytes.withUnsafeBytes { stream in
            let (survey, _) = StreamSurvey.survey(stream)
            var first = BookSet(capacity: survey.capacity(), prefault: false)
            var reader = ITCHStreamReader(stream)
            reader.replay(into: &first)
            var books = BookSet(capacity: first.usedCapacity)
            var least = (heap: Int.max, faults: Int.max)
            for _ in 0..<5 {
                books.reset()
                reader = ITCHStreamReader(stream)
                let heap = heapBytes()
                let faults = threadFaults()
                reader.replay(into: &books)
                least.faults = min(least.faults, threadFaults() - faults)
                least.heap = min(least.heap, abs(heapBytes() - heap))
                if reader.counts.messages != 400_000 { exit(2) }
            }
            return least
        }
    }

    /// Bytes of the C heap in use: what it has from the system less what is free, from `malloc_info`.
    private static func heapBytes() -> Int {
        typealias MallocInfo = @convention(c) (Int32, UnsafeMutablePointer<FILE>) -> Int32
        let mallocInfo = unsafeBitCast(dlsym(nil, "malloc_info"), to: MallocInfo.self)
        var text: UnsafeMutablePointer<CChar>?
        var length = 0
        let stream = open_memstream(&text, &length)!
        _ = mallocInfo(0, stream)
        fclose(stream)
        defer { free(text) }
        // The totals over all arenas come last: fast, rest, mmap, current …
        var sizes: [Substring: Int] = [:]
        for line in String(cString: text!).split(separator: "\n") {
            let words = line.split(separator: "\"")
            if words.count > 1, let size = words.last(where: { Int($0) != nil }) { sizes[words[1]] = Int(size) }
        }
        return (sizes["current"] ?? 0) + (sizes["mmap"] ?? 0) - (sizes["fast"] ?? 0) - (sizes["rest"] ?? 0)
    }

    private static func threadFaults() -> Int {
        var usage = rusage()
        // RUSAGE_THREAD
        getrusage(1, &usage)
        return usage.ru_minflt + usage.ru_majflt
    }
}
