internal import ArgumentParser
internal import Glibc
internal import TradingHotPath

@main
struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tickscope-replay",
        abstract: "Replays market data through decoding and order books in a loop: a process to profile.",
        discussion: """
            Every thread replays the whole stream again and again into books of its own. A line a second says how fast; \
            SIGTERM, SIGINT or --seconds end it with the digest of the books after one pass, which does not depend on \
            the number of threads.
            """)

    @Option(help: "An ITCH 5.0 file: 2-byte length, message, and so on.")
    var data: String?

    @Flag(help: "Generate a stream (the default without --data).")
    var generate = false

    @Option(help: "Seed of the generated stream.")
    var seed: UInt64 = 1

    @Option(help: "Messages of the generated stream.")
    var messages = 1_000_000

    @Option(help: "Symbols of the generated stream.")
    var symbols = 20

    @Option(help: "Threads, named replay-0 and so on.")
    var threads = 1

    @Option(help: "End after so many seconds.")
    var seconds: Double?

    func validate() throws {
        if data != nil, generate { throw ValidationError("--data and --generate exclude each other") }
        guard (1...1_024).contains(threads) else { throw ValidationError("--threads must be between 1 and 1024") }
        if let seconds, !(seconds > 0 && seconds <= 1e9) {
            throw ValidationError("--seconds must be above 0 and at most 1e9")
        }
        let configuration = MarketGenerator.Configuration(seed: seed, messages: messages, symbols: symbols)
        if data == nil, !configuration.isValid {
            throw ValidationError(
                """
                --symbols must be between 1 and \(MarketGenerator.Configuration.maximumSymbols), and --messages above \
                --symbols + 6 and at most \(MarketGenerator.Configuration.maximumMessages)
                """)
        }
    }

    func run() throws {
        let signals = StopSignals()
        let name = data ?? "generated stream"
        let input = try loadInput()
        let plan = try ReplayPlan(stream: input.stream, name: name)
        describe(plan, name)
        let workers = (0..<threads).map { ReplayWorker(index: $0, plan: plan, stream: input.stream) }
        let handles = try workers.map { try $0.start() }
        report(workers, until: signals)
        for worker in workers { worker.stop() }
        for handle in handles { pthread_join(handle, nil) }
        print("digest \(plan.digest)")
        print("total \(workers.reduce(0) { $0 + $1.messages }) messages")
        fflush(nil)
        // The threads read these bytes until here.
        withExtendedLifetime(input) {}
        if workers.contains(where: \.hasWrongDigest) {
            throw InputError(description: "a thread's books differ from those of the first pass: this is a defect")
        }
    }

    private func loadInput() throws(InputError) -> InputBytes {
        if let data { return try InputBytes(file: data) }
        let configuration = MarketGenerator.Configuration(seed: seed, messages: messages, symbols: symbols)
        return InputBytes(copying: MarketGenerator.generate(configuration))
    }

    private func describe(_ plan: ReplayPlan, _ name: String) {
        print(
            """
            replaying \(name): \(plan.framing.messages) messages a pass, \(threads) \
            \(threads == 1 ? "thread" : "threads"), \(plan.capacity.bytes) bytes of books each; a pass leaves \
            \(plan.liveOrders) orders on \(plan.liveLevels) levels
            """)
        if plan.framing.tornBytes > 0 {
            printError("warning: \(name) ends inside a message: its last \(plan.framing.tornBytes) bytes are left out")
        }
        if plan.framing.unknownTypes > 0 {
            printError("warning: \(plan.framing.unknownTypes) messages of unknown types are skipped")
        }
        if plan.counters.anomalies > 0 {
            printError(
                """
                warning: \(plan.counters.anomalies) messages contradict the books and are left out of them: \
                \(plan.counters.unknownReferences) of unknown orders, \(plan.counters.duplicateReferences) repeated \
                references, \(plan.counters.invalidOrders) invalid, \(plan.counters.excessiveQuantities) of too many \
                shares, \(plan.counters.capacityRejections) beyond the capacity
                """)
        }
        fflush(nil)
    }

    /// Prints a line a second until a signal or the end of the time.
    private func report(_ workers: [ReplayWorker], until signals: StopSignals) {
        let start = monotonicNanoseconds()
        let end = seconds.map { start + UInt64($0 * 1e9) } ?? .max
        var previous: (time: UInt64, messages: UInt64) = (start, 0)
        var next = start
        while true {
            next += 1_000_000_000
            if signals.wait(until: min(next, end)) { return }
            let now = monotonicNanoseconds()
            let total = workers.reduce(0) { $0 + $1.messages }
            let rate = Double(total - previous.messages) / (Double(now - previous.time) / 1e9)
            print("\(UInt64(rate)) messages/s")
            fflush(nil)
            previous = (now, total)
            if now >= end { return }
        }
    }

    /// Usage errors exit 2, everything else that goes wrong exits 1.
    static func main() {
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch let error as InputError {
            printError("\(error)")
            Glibc.exit(1)
        } catch {
            let code = exitCode(for: error)
            guard !code.isSuccess else { exit(withError: error) }
            printError(fullMessage(for: error))
            Glibc.exit(code == .validationFailure ? 2 : 1)
        }
    }
}
