package import Benchmarking

internal import Glibc

/// A fresh process of a benchmark program that measures on command.
package final class LockstepProcess: LockstepWorker {
    package private(set) var operationTicks = 1.0
    private let arm: ComparisonArm
    private let timeoutSeconds: Double
    private let commands: Int32
    private let answers: Int32
    private var process: WorkerProcess?

    /// Starts a program and waits until it is ready to measure.
    /// - Parameter timeoutSeconds: for each answer.
    /// - Throws: ``SuiteError`` when it cannot be started, ``ComparisonFailure`` when it is not ready in time.
    package init(
        _ program: String, benchmark: DeclaredBenchmark, arm: ComparisonArm, timeoutSeconds: Double
    ) throws {
        self.arm = arm
        self.timeoutSeconds = timeoutSeconds
        let commandSocket = try WorkerProcess.makeSocket()
        let answerPipe = try WorkerProcess.makePipe(isBlocking: false)
        commands = commandSocket.write
        answers = answerPipe.read
        let request = WorkerRequest(action: .lockstep, id: benchmark.id, options: benchmark.options, seconds: 0.1)
        do {
            // As long as this process held the worker's ends, too, it would not hear of its end.
            defer {
                close(commandSocket.read)
                close(answerPipe.write)
            }
            process = try WorkerProcess(
                program, request: request, commands: (commandSocket.read, answerPipe.write),
                timeoutSeconds: timeoutSeconds)
        }
        operationTicks = max(0.01, Double(bitPattern: try receive()))
        if !operationTicks.isFinite {
            throw failed(BenchmarkFailure("protocol", "the program answered something else"))
        }
    }

    deinit {
        process?.end()
        if let process { _ = process.result(withinSeconds: 0) }
        close(commands)
        close(answers)
    }

    package func measure(_ epoch: LockstepEpoch) throws(ComparisonFailure) -> UInt64 {
        send(WorkerRequest.lockstepCommand(count: epoch.count, isSingle: epoch.isSingle))
        let ticks = try receive()
        guard ticks > 0 else { throw failed(BenchmarkFailure("protocol", "an epoch took no time at all")) }
        return ticks
    }

    package func finish() throws(ComparisonFailure) {
        guard let process else { return }
        send(0)
        self.process = nil
        if case .failed(let failure) = process.result(withinSeconds: timeoutSeconds) { throw failed(failure) }
    }

    private func failed(_ failure: BenchmarkFailure) -> ComparisonFailure { ComparisonFailure(arm, failure) }

    private func send(_ word: UInt64) {
        var word = word
        // Of a worker that is gone the answer is missing, too.
        while Glibc.send(commands, &word, 8, Int32(MSG_NOSIGNAL)) < 0 && errno == EINTR {}
    }

    /// The next word. The worker is asked why when it does not come.
    private func receive() throws(ComparisonFailure) -> UInt64 {
        var word: UInt64 = 0
        let deadline = WorkerProcess.now() + timeoutSeconds
        while true {
            let count = read(answers, &word, 8)
            if count == 8 { return word }
            if count >= 0 { break }
            guard errno == EAGAIN || errno == EINTR else { break }
            // What it says on standard error must not fill the pipe, nor may a child of it that lives on hide its end.
            let hasNews = process?.waitForNews(answers, seconds: 0.2) ?? false
            if !hasNews, process?.hasExited ?? true, read(answers, &word, 8) != 8 { break }
            if Interruption.isRequested {
                process?.end()
                throw failed(BenchmarkFailure(Interruption.code, "was interrupted"))
            }
            if WorkerProcess.now() > deadline {
                process?.end()
                if let process { _ = process.result(withinSeconds: 0) }
                process = nil
                throw failed(
                    BenchmarkFailure("timed-out", "gave no answer for \(Int(timeoutSeconds.rounded())) s and was ended")
                )
            }
        }
        guard let process else { throw failed(BenchmarkFailure("protocol", "is gone")) }
        self.process = nil
        guard case .failed(let failure) = process.result(withinSeconds: 5) else {
            throw failed(BenchmarkFailure("protocol", "ended before the comparison was over"))
        }
        throw failed(failure)
    }
}
