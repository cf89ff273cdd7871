/// A reader of untrusted bytes, as something that can be fed any bytes.
///
/// It returns whatever the bytes are; a trap, a sanitizer's report, an endless loop or unbounded memory is a finding.
package struct FuzzTarget: Sendable {
    /// Names the folder of its corpus.
    package var name: String
    /// Larger inputs are not tried.
    package var largestInput: Int
    package var run: @Sendable (UnsafeRawBufferPointer) -> Void

    init(_ name: String, largestInput: Int = 4096, run: @escaping @Sendable (UnsafeRawBufferPointer) -> Void) {
        self.name = name
        self.largestInput = largestInput
        self.run = run
    }

    /// Every target; a new one is a file with an extension like those beside this one, and its name here.
    package static let all: [FuzzTarget] = [
        .ehFrame, .ehFrameHeader, .debugFrame, .unwind, .elf, .module, .perfMap, .kallsyms, .record, .demangle,
        .pprof, .gzip, .collapsed, .perfData, .importing,
        .formattedRecord, .jitDump, .miniDebugInfo, .dwarf, .rustName, .debugLinks,
        .itch, .mold, .soup, .depthJSON,
    ]
}

/// Takes an input apart into the parameters that a target needs.
struct FuzzInput {
    private(set) var rest: UnsafeRawBufferPointer

    init(_ bytes: UnsafeRawBufferPointer) { rest = bytes }

    /// The next bytes, as many as there are of those asked for.
    mutating func take(_ count: Int) -> UnsafeRawBufferPointer {
        let part = UnsafeRawBufferPointer(rebasing: rest.prefix(count))
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(part.count))
        return part
    }

    mutating func byte() -> UInt8 { take(1).first ?? 0 }

    /// The next two bytes.
    mutating func small() -> Int { Int(byte()) | Int(byte()) << 8 }

    /// The next eight bytes.
    mutating func word() -> UInt64 {
        take(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
