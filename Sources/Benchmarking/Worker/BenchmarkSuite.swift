/// A program of benchmarks. Conform one type of an executable to it and mark that type `@main`:
///
/// ```swift
/// import Tickscope
///
/// @main struct EngineBenchmarks: BenchmarkSuite {
///     static var benchmarks: [Benchmark] {
///         Benchmark("parse price") { run in
///             let text = Array("101.25".utf8)
///             run.measure { parsePrice(text) }
///         }
///     }
/// }
/// ```
///
/// `tickscope bench run .build/release/engine-benchmarks` measures them in fresh processes. Started by itself, the
/// program measures each of them once.
public protocol BenchmarkSuite {
    /// The benchmarks of the program. Asked for once in each process; nothing expensive belongs here.
    @BenchmarkBuilder static var benchmarks: [Benchmark] { get }
}

extension BenchmarkSuite {
    /// Does what the process was started for.
    public static func main() { BenchmarkProgram.run(benchmarks) }
}
