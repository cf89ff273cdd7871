internal import FoundationEssentials
internal import Glibc

/// The main program of an executable with benchmarks: does what its environment asks for and exits.
package enum BenchmarkProgram {
    package static func run(_ benchmarks: [Benchmark]) {
        let cases = benchmarks.flatMap(\.cases)
        guard let request = takeRequest() else { return StandaloneProgram.run(cases) }
        let answer = WorkerChannel(descriptor: request.descriptor)
        switch request.value.action {
        case .list:
            answer.send(
                .benchmarks(
                    cases.map { DeclaredBenchmark(id: $0.id, options: $0.options) },
                    protocolVersion: WorkerRequest.protocolVersion))
        case .measure, .step, .lockstep:
            guard let id = request.value.id, let found = cases.first(where: { $0.id == id }) else {
                answer.send(.failed(BenchmarkFailure("protocol", "the program has no benchmark of this name")))
                exit(1)
            }
            var benchmark = found
            if let options = request.value.options { benchmark.options = options }
            let worker = Worker(benchmark: benchmark, request: request.value)
            answer.send(worker.run())
        }
        exit(0)
    }

    /// The request in the environment, out of which it is taken: what the benchmark starts is not asked again.
    private static func takeRequest() -> (value: WorkerRequest, descriptor: Int32)? {
        guard let text = getenv(WorkerRequest.variable).map({ String(cString: $0) }),
            let descriptor = getenv(WorkerRequest.descriptorVariable).flatMap({ Int32(String(cString: $0)) })
        else { return nil }
        unsetenv(WorkerRequest.variable)
        unsetenv(WorkerRequest.descriptorVariable)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        guard let value = try? JSONDecoder().decode(WorkerRequest.self, from: Data(text.utf8)),
            value.protocolVersion == WorkerRequest.protocolVersion
        else {
            let text =
                "the benchmark program was built with another version of Tickscope than the tool; rebuild it"
            WorkerChannel(descriptor: descriptor).send(.failed(BenchmarkFailure("protocol", text)))
            exit(1)
        }
        return (value, descriptor)
    }
}

/// Where a benchmark program's answer goes.
struct WorkerChannel {
    let descriptor: Int32
    /// A benchmark that forks has not become two programs that answer.
    private let owner = getpid()

    init(descriptor: Int32) { self.descriptor = descriptor }

    func send(_ answer: WorkerAnswer) {
        guard getpid() == owner else { _exit(0) }
        let encoder = JSONEncoder()
        encoder.nonConformingFloatEncodingStrategy = .throw
        let bytes: [UInt8]
        do {
            bytes = [UInt8](try encoder.encode(answer))
        } catch {
            let failure = BenchmarkFailure("protocol", "the measured values cannot be written: \(error)")
            bytes = (try? encoder.encode(WorkerAnswer.failed(failure))).map { [UInt8]($0) } ?? []
        }
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress! + offset, $0.count - offset) }
            if count > 0 { offset += count } else if errno != EINTR { break }
        }
        close(descriptor)
    }
}
