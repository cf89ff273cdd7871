import Glibc
import ProfileModel
import Symbolization
import TestSupport
import Testing
import Unwinding

/// Every row of whole libraries that nobody here compiled, against `readelf`'s reading of the same bytes.
@Suite(.enabled(if: access("/usr/bin/readelf", X_OK) == 0, "readelf is not installed"))
struct CallFrameRowTests {
    struct Architecture: CustomTestStringConvertible, Sendable {
        var registers: CallFrameRegisters
        var stackPointer: String
        var framePointer: String
        var testDescription: String { stackPointer }

        static let x86_64 = Architecture(registers: .x86_64, stackPointer: "rsp", framePointer: "rbp")
        static let arm64 = Architecture(registers: .arm64, stackPointer: "sp", framePointer: "x29")
    }

    /// DWARF's order on x86-64.
    private static let registerNames = [
        "rax", "rdx", "rcx", "rbx", "rsi", "rdi", "rbp", "rsp", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
    ]

    private static func signed(_ value: Int32) -> String { value < 0 ? "\(value)" : "+\(value)" }

    /// A row in `readelf`'s words; nil where it can only say that there is an expression.
    private static func text(_ row: UnwindRow, _ architecture: Architecture) -> (
        cfa: String?, frame: String?, ra: String?
    ) {
        let cfa: String? =
            switch row.kind {
            case .stackPointer: architecture.stackPointer + signed(row.cfaOffset)
            case .framePointer: architecture.framePointer + signed(row.cfaOffset)
            case .interruptedRegister where architecture.stackPointer == "rsp":
                registerNames[Int(row.returnOffset)] + signed(row.cfaOffset)
            default: nil
            }
        let frame: String? =
            switch row.frameRule {
            case .unchanged, .unknown: "u"
            case .fromCFA: "c" + signed(row.frameOffset)
            case .fromStackPointer, .fromFramePointer: nil
            }
        let ra: String? =
            switch row.returnRule {
            case .fromCFA: "c" + signed(row.returnOffset)
            case .fromStackPointer: nil
            case .inRegister: architecture.stackPointer == "rsp" ? registerNames[Int(row.returnOffset)] : nil
            case .linkRegister: "u"
            }
        return (cfa, frame, ra)
    }

    /// Why a row is not followed, by `readelf`'s account of it.
    private static func reason(_ row: ReadelfFrames.Row, _ architecture: Architecture) -> String {
        let isPlain =
            row.cfa.hasPrefix(architecture.stackPointer + "+") || row.cfa.hasPrefix(architecture.framePointer + "+")
        if !isPlain { return row.cfa == "exp" ? "CFA by another expression" : "CFA by another register" }
        if !row.returnAddress.hasPrefix("c") { return "return address: \(row.returnAddress)" }
        return "frame pointer: \(row.framePointer)"
    }

    struct Comparison {
        var rows = 0
        var expressions = 0
        var outermost = 0
        var unsupported: [String: Int] = [:]
        var differing: [String] = []
    }

    static func compare(_ module: UnwindModule, _ frames: ReadelfFrames, _ architecture: Architecture) -> Comparison {
        var result = Comparison()
        for expected in frames.rows {
            result.rows += 1
            guard let row = module.row(at: ModuleRelativeAddress(expected.address), architecture.registers) else {
                result.differing.append("\(expected): no entry")
                continue
            }
            let (cfa, frame, ra) = text(row, architecture)
            var isEqual: Bool
            switch row.kind {
            case .unsupported:
                result.unsupported[reason(expected, architecture), default: 0] += 1
                continue
            case .outermost:
                result.outermost += 1
                isEqual = expected.returnAddress == "u"
            case .stackPointer, .framePointer:
                isEqual = cfa == expected.cfa && ra ?? "exp" == expected.returnAddress
            case .interruptedRegister:
                isEqual = cfa == expected.cfa && expected.returnAddress == "c-8"
            case .loadFromStackPointer, .loadFromFramePointer, .loadFromStackPointerPlusWord:
                result.expressions += 1
                isEqual = expected.cfa == "exp" && ra ?? "exp" == expected.returnAddress
            case .linkageStub:
                result.expressions += 1
                isEqual = expected.cfa == "exp" && expected.returnAddress == "c-8"
            default: isEqual = false
            }
            if row.kind != .outermost, row.kind != .linkageStub {
                isEqual = isEqual && frame ?? "exp" == expected.framePointer
            }
            if !isEqual { result.differing.append("\(expected): \(row)") }
        }
        return result
    }

    static func module(
        _ path: String, _ architecture: Architecture, debugFrame: [UInt8]? = nil, keepsEhFrame: Bool = true
    ) throws -> UnwindModule {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        try #require(file >= 0)
        // Stays open: the module reads from it.
        let elf = try ElfReader(file: file)
        let section = { (extent: ElfReader.Extent) in
            UnwindModule.Section(
                fileOffset: extent.fileOffset, size: extent.size, address: ModuleRelativeAddress(extent.address))
        }
        let high = elf.segments.map { $0.address + $0.memorySize }.max() ?? 0
        return UnwindModule(
            ehFrame: keepsEhFrame ? elf.ehFrameExtent.map(section) : nil,
            ehFrameHeader: keepsEhFrame ? elf.ehFrameHeaderExtent.map(section) : nil,
            layout: UnwindModule.Layout(
                entryPoint: ModuleRelativeAddress(0),
                addresses: ModuleRelativeAddress(0)..<ModuleRelativeAddress(high), file: file),
            registers: architecture.registers, debugFrame: { debugFrame })
    }

    /// Large, small, C, C++, Swift, hand-written assembly; for other machines as well.
    static let files: [(path: String, architecture: Architecture)] =
        [
            ("/lib/x86_64-linux-gnu/libc.so.6", .x86_64),
            ("/usr/lib/x86_64-linux-gnu/libstdc++.so.6", .x86_64),
            ("/usr/lib/x86_64-linux-gnu/libcrypto.so.3", .x86_64),
            ("/usr/bin/python3", .x86_64),
            ("/proc/self/exe", .x86_64),
            ("/usr/aarch64-linux-gnu/lib/libc.so.6", .arm64),
            ("/usr/aarch64-linux-gnu/lib/libstdc++.so.6", .arm64),
        ].filter { access($0.0, R_OK) == 0 }
        + ["libswiftCore.so", "libswift_Concurrency.so"].compactMap { name in
            loadedLibrary(name).map { ($0, .x86_64) }
        }

    /// The path of a library that this process runs on.
    private static func loadedLibrary(_ name: String) -> String? {
        guard let maps = fopen("/proc/self/maps", "r") else { return nil }
        defer { fclose(maps) }
        var line = [CChar](repeating: 0, count: 4352)
        while fgets(&line, Int32(line.count), maps) != nil {
            let text = line.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
            if let path = text.split(whereSeparator: \.isWhitespace).last, path.hasSuffix("/" + name) {
                return String(path)
            }
        }
        return nil
    }

    @Test(arguments: files)
    func everyRowOfALibraryIsReadelfs(path: String, architecture: Architecture) throws {
        let path = String(cString: realpath(path, nil))
        let frames = try ReadelfFrames(of: path, framePointer: architecture.framePointer)
        let result = Self.compare(try Self.module(path, architecture), frames, architecture)
        print(
            "\(path): \(result.rows) rows, \(result.expressions) by expression, \(result.outermost) outermost,",
            "not followed: \(result.unsupported), differing: \(result.differing.count)")
        #expect(result.rows > 500)
        #expect(result.differing.isEmpty, "\(result.differing.prefix(5))")
        let unsupported = result.unsupported.values.reduce(0, +)
        #expect(unsupported * 50 <= result.rows, "\(result.unsupported)")
    }

    /// The same functions described for debuggers only, as compilers and assemblers of several ages write it.
    @Test(
        .enabled(if: Capability.cCompiler, "no C compiler to build the fixtures with"),
        arguments: [Fixture.debugFrame, .debugFrameCompressed])
    func everyRowOfDebugFrameIsReadelfs(fixture: Fixture) throws {
        let path = try fixture.build()
        let file = open(path, O_RDONLY | O_CLOEXEC)
        defer { close(file) }
        let section = try #require(try ElfReader(file: file).section(named: ".debug_frame"))
        let frames = try ReadelfFrames(of: path, section: ".debug_frame", framePointer: "rbp")
        let module = try Self.module(path, .x86_64, debugFrame: section.bytes, keepsEhFrame: false)
        let result = Self.compare(module, frames, .x86_64)
        #expect(result.rows > 30)
        #expect(result.differing.isEmpty, "\(result.differing.prefix(5))")
        #expect(result.unsupported.isEmpty)
    }
}
