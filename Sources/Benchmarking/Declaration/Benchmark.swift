/// A benchmark: a name, how to measure, and code that prepares an operation and has it measured.
///
/// ```swift
/// Benchmark("book.add", arguments: [1, 5, 20], .throughput(.messages(1))) { run, symbols in
///     var book = OrderBook(symbols: symbols)      // setup: not measured
///     run.measure { book.add(nextOrder()) }       // the operation, measured as often as it takes
///     book.close()                                // teardown: not measured
/// }
/// ```
///
/// The closure runs once in each fresh process that measures, and calls ``Measurement`` `measure` exactly once. The
/// operation inlines into the measuring loops; what it returns counts as used.
public struct Benchmark {
    package typealias Body = (Measurement) throws -> Void
    package typealias AsyncBody = (Measurement) async throws -> Void

    package enum Code {
        case synchronous(Body)
        case asynchronous(AsyncBody)
    }

    /// The benchmark with one of its arguments.
    package struct Case {
        package var id: BenchmarkID
        package var options: BenchmarkOptions
        package var code: Code
    }

    package let cases: [Case]

    /// A benchmark without argument.
    public init(
        _ name: String, _ options: BenchmarkOption..., body: @escaping (Measurement) throws -> Void
    ) {
        cases = [Case(id: BenchmarkID(name: name), options: BenchmarkOptions(options), code: .synchronous(body))]
    }

    /// A benchmark whose operation is asynchronous.
    public init(
        _ name: String, _ options: BenchmarkOption..., body: @escaping (Measurement) async throws -> Void
    ) {
        cases = [Case(id: BenchmarkID(name: name), options: BenchmarkOptions(options), code: .asynchronous(body))]
    }

    /// A benchmark that runs once for each argument. Arguments that are numbers are also sizes: reports show how the
    /// cost grows with them, and to which complexity class that belongs.
    public init<Argument: CustomStringConvertible>(
        _ name: String, arguments: some Sequence<Argument>, _ options: BenchmarkOption...,
        body: @escaping (Measurement, Argument) throws -> Void
    ) {
        let options = BenchmarkOptions(options)
        cases = arguments.map { argument in
            Case(
                id: BenchmarkID(name: name, argument: argument.description), options: options,
                code: .synchronous { try body($0, argument) })
        }
    }

    /// A benchmark whose operation is asynchronous and that runs once for each argument.
    public init<Argument: CustomStringConvertible>(
        _ name: String, arguments: some Sequence<Argument>, _ options: BenchmarkOption...,
        body: @escaping (Measurement, Argument) async throws -> Void
    ) {
        let options = BenchmarkOptions(options)
        cases = arguments.map { argument in
            Case(
                id: BenchmarkID(name: name, argument: argument.description), options: options,
                code: .asynchronous { try await body($0, argument) })
        }
    }

    /// A benchmark of code that was compiled elsewhere, with the same contract.
    package init(id: BenchmarkID, options: BenchmarkOptions, body: @escaping Body) {
        cases = [Case(id: id, options: options, code: .synchronous(body))]
    }
}

/// Lists benchmarks, with conditions and loops where needed.
@resultBuilder
public enum BenchmarkBuilder {
    /// One benchmark.
    public static func buildExpression(_ benchmark: Benchmark) -> [Benchmark] { [benchmark] }
    /// Benchmarks listed elsewhere.
    public static func buildExpression(_ benchmarks: [Benchmark]) -> [Benchmark] { benchmarks }
    /// Benchmarks one after the other.
    public static func buildBlock(_ parts: [Benchmark]...) -> [Benchmark] { parts.flatMap { $0 } }
    /// Benchmarks under a condition.
    public static func buildOptional(_ part: [Benchmark]?) -> [Benchmark] { part ?? [] }
    /// Either of two lists.
    public static func buildEither(first part: [Benchmark]) -> [Benchmark] { part }
    /// Either of two lists.
    public static func buildEither(second part: [Benchmark]) -> [Benchmark] { part }
    /// Benchmarks of a loop.
    public static func buildArray(_ parts: [[Benchmark]]) -> [Benchmark] { parts.flatMap { $0 } }
    /// Benchmarks under an availability condition.
    public static func buildLimitedAvailability(_ part: [Benchmark]) -> [Benchmark] { part }
}
