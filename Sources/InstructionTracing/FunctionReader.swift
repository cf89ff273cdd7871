internal import BenchmarkSuites
package import Benchmarking
internal import ProfileFormats
internal import ProfileModel
internal import Profiling
internal import Sampling
package import Symbolization

/// Names the functions of samples and of instruction paths, as a profile names them: by symbol, without what was inlined.
package struct FunctionReader: CodeReader {
    private let options: SymbolizationOptions

    package init(options: SymbolizationOptions = SymbolizationOptions()) {
        var options = options
        options.includesInlined = false
        self.options = options
    }

    package func samples(in path: String) throws -> [FunctionProfile.Function: Int64] {
        let most = SampledAddressFile.largestCount
        let bytes = try ProgramFile.bytes(
            path, most: 16 + 16 * most + ProgramFile.largestMappings, what: "the file of samples")
        func word(_ index: Int) -> UInt64 {
            bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self) }
        }
        guard bytes.count >= 16, word(0) == SampledAddressFile.magic, let count = Int(exactly: word(1)), count <= most,
            bytes.count >= 16 + 16 * count
        else {
            throw FormatError(.malformed, "what the program wrote are no samples; rebuild it with this version")
        }
        let counts = (0..<count).map { (word(2 + $0), Int64(clamping: min(word(2 + count + $0), 1 << 40))) }
        return try named(counts, ProgramFile.mappings(bytes[(16 + 16 * count)...]))
    }

    package func instructions(in path: String) throws -> [FunctionProfile.Function: Int64] {
        let path = try InstructionPath(file: path)
        var counts: [UInt64: Int64] = [:]
        for address in path.addresses { counts[address, default: 0] += 1 }
        return try named(counts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }, path.mappings)
    }

    private func named(_ counts: [(address: UInt64, count: Int64)], _ mappings: [Mapping]) throws
        -> [FunctionProfile.Function: Int64]
    {
        guard let code = ExecutedCode(mappings, process: 0, options: options) else {
            throw FormatError(.tooLarge, "there is no memory for the mappings of the program; free some")
        }
        var raw = RawProfile()
        raw.frames = counts.map { code.frame(at: $0.address) }
        raw.threads = [RawProfile.Thread(pid: 0, tid: 0, name: "", processName: "")]
        let named = code.name(
            raw, valueType: SampleType(name: "samples", unit: "count"), metadata: Profile.Metadata())
        var sums: [FunctionProfile.Function: Int64] = [:]
        for (index, entry) in counts.enumerated() {
            let frame = named.frames[index][0]
            let function = FunctionProfile.Function(
                name: Self.hot(named.profile.name(of: frame)),
                module: named.profile.module(of: frame).map { String($0.name) } ?? "")
            sums[function, default: 0] += entry.count
        }
        return sums
    }

    /// What GCC moved out of a function as rarely executed belongs to it.
    private static func hot(_ name: String) -> String { name.hasSuffix(".cold") ? String(name.dropLast(5)) : name }
}
