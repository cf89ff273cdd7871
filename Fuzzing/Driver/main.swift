// Feeds one target to libFuzzer: TICKSCOPE_FUZZ_TARGET names it, the arguments are libFuzzer's own.
// Built by scripts/fuzz.sh only.
import FuzzTargets
import Glibc

private let name = getenv("TICKSCOPE_FUZZ_TARGET").map { String(cString: $0) } ?? ""

guard let target = FuzzTarget.all.first(where: { $0.name == name }) else {
    print(FuzzTarget.all.map(\.name).joined(separator: "\n"))
    exit(name.isEmpty ? 0 : 2)
}

/// libFuzzer without a main of its own; declared in compiler-rt's FuzzerInterface.h.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<Int32>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ run: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

private let entry = target.run
private var count = CommandLine.argc + 1
private var arguments: [UnsafeMutablePointer<CChar>?] =
    Array(UnsafeBufferPointer(start: CommandLine.unsafeArgv, count: Int(CommandLine.argc)))
    + [strdup("-max_len=\(target.largestInput)"), nil]

exit(
    arguments.withUnsafeMutableBufferPointer { buffer in
        var start = buffer.baseAddress!
        return runDriver(&count, &start) { bytes, size in
            entry(UnsafeRawBufferPointer(start: bytes, count: size))
            return 0
        }
    })
