import Glibc
import ProfileModel
import Testing
import Unwinding

/// The linker's table of functions shortens the way to an entry; whatever is in it, the answers stay those of the entries.
@Suite struct FrameTableTests {
    private static let headerAddress: UInt64 = 0xF000
    private static let starts: [UInt64] = [0x1000, 0x2000, 0x2400, 0x5000, 0x9000]

    private func frames() -> EhFrameBuilder {
        var frames = EhFrameBuilder(address: 0x10000)
        frames.addCommon()
        for start in Self.starts.reversed() { frames.addFunction(start: start, length: 0x100) }
        return frames
    }

    /// A module in a file that holds the table and then the entries.
    /// - Parameter change: is done to the file after it was opened, before anything is asked.
    private func module(
        header: [UInt8], frames: [UInt8], size: Int? = nil, change: (Int32) -> Void = { _ in }
    ) throws -> UnwindModule {
        var path = Array("/tmp/tickscope-frames.XXXXXX".utf8CString)
        let file = mkstemp(&path)
        try #require(file >= 0)
        unlink(path)
        let bytes = header + frames
        #expect(write(file, bytes, bytes.count) == bytes.count)
        let module = UnwindModule(
            ehFrame: .init(
                fileOffset: UInt64(header.count), size: UInt64(size ?? frames.count),
                address: ModuleRelativeAddress(0x10000)),
            ehFrameHeader: header.isEmpty
                ? nil
                : .init(fileOffset: 0, size: UInt64(header.count), address: ModuleRelativeAddress(Self.headerAddress)),
            layout: UnwindModule.Layout(
                entryPoint: ModuleRelativeAddress(0),
                addresses: ModuleRelativeAddress(0)..<ModuleRelativeAddress(0x20000), file: file))
        change(file)
        return module
    }

    private func expectEveryFunction(_ module: UnwindModule, sourceLocation: SourceLocation = #_sourceLocation) {
        for round in 0..<2 {
            for start in Self.starts {
                for (offset, isInside) in [(0, true), (0xFF, true), (0x100, false)] as [(UInt64, Bool)] {
                    let found = module.functionStart(of: ModuleRelativeAddress(start + offset))
                    #expect(
                        found == (isInside ? ModuleRelativeAddress(start) : nil),
                        "\(String(start + offset, radix: 16)) in round \(round)", sourceLocation: sourceLocation)
                }
            }
            #expect(module.functionStart(of: ModuleRelativeAddress(0)) == nil, sourceLocation: sourceLocation)
            #expect(module.functionStart(of: ModuleRelativeAddress(.max)) == nil, sourceLocation: sourceLocation)
        }
    }

    @Test func functionsAreFoundThroughTheTable() throws {
        let frames = frames()
        let module = try module(header: frames.header(address: Self.headerAddress), frames: frames.bytes)
        #expect(module.functionCount == Self.starts.count)
        expectEveryFunction(module)
    }

    @Test func functionsAreFoundWithoutATable() throws {
        expectEveryFunction(try module(header: [], frames: frames().bytes))
    }

    @Test func aTableThatContradictsTheEntriesIsNotBelieved() throws {
        let frames = frames()
        let edits: [(String, (inout [(start: UInt32, entry: UInt32)]) -> Void)] = [
            ("not in order", { $0.swapAt(0, 3) }),
            ("one start twice", { $0[1].start = $0[0].start }),
            ("a function left out", { $0.remove(at: 2) }),
            ("no function", { $0.removeAll() }),
            ("starts that are not the entries'", { rows in rows.indices.forEach { rows[$0].start &+= 8 } }),
            ("a start that comes later", { $0[4].start &+= 0x40 }),
            ("entries exchanged", { rows in (rows[0].entry, rows[4].entry) = (rows[4].entry, rows[0].entry) }),
            ("into the middle of an entry", { rows in rows.indices.forEach { rows[$0].entry &+= 4 } }),
            ("at the common entry", { rows in rows.indices.forEach { rows[$0].entry = 0x1000 } }),
            ("in front of the section", { rows in rows.indices.forEach { rows[$0].entry = 0 } }),
            ("behind the section", { rows in rows.indices.forEach { rows[$0].entry = 0x7000_0000 } }),
        ]
        for (what, edit) in edits {
            let header = frames.header(address: Self.headerAddress, edit: edit)
            let module = try module(header: header, frames: frames.bytes)
            for start in Self.starts {
                #expect(
                    module.functionStart(of: ModuleRelativeAddress(start + 0x50)) == ModuleRelativeAddress(start),
                    "\(what)")
            }
            expectEveryFunction(module)
        }
    }

    @Test func aTableInAnotherShapeIsNotRead() throws {
        let frames = frames()
        let header = frames.header(address: Self.headerAddress)
        for (index, value) in [(0, 2), (2, 0x1B), (2, 0xFF), (3, 0xFF), (3, 0x1B), (8, 0xFF), (11, 0xFF)] {
            var damaged = header
            damaged[index] = UInt8(value)
            expectEveryFunction(try module(header: damaged, frames: frames.bytes))
        }
        for length in 1..<header.count {
            expectEveryFunction(try module(header: Array(header.prefix(length)), frames: frames.bytes))
        }
    }

    /// What was read stays, the rest is as if the file had never had it.
    @Test func aFileThatShrinksLosesWhatWasNotRead() throws {
        let frames = frames()
        let header = frames.header(address: Self.headerAddress)
        for length in stride(from: 0, through: header.count + frames.bytes.count, by: 7) {
            let module = try module(header: header, frames: frames.bytes) { #expect(ftruncate($0, length) == 0) }
            for start in Self.starts {
                let found = module.functionStart(of: ModuleRelativeAddress(start + 1))
                #expect(found == nil || found == ModuleRelativeAddress(start))
            }
        }
        let whole = try module(header: header, frames: frames.bytes) { file in _ = ftruncate(file, 1 << 20) }
        expectEveryFunction(whole)
    }

    @Test func aSectionThatClaimsMoreThanTheFileHasEndsWithTheFile() throws {
        let frames = frames()
        for size in [1 << 20, 1 << 40, Int.max] {
            expectEveryFunction(
                try module(header: frames.header(address: Self.headerAddress), frames: frames.bytes, size: size))
        }
    }

    /// More than is read at once: entries lie across the pieces' edges.
    @Test func sectionsLargerThanAPieceAreReadWherePeopleAsk() throws {
        var frames = EhFrameBuilder(address: 0x100_0000)
        frames.addCommon()
        let count: UInt64 = 12_000
        for index in 0..<count { frames.addFunction(start: 0x1000 + index * 0x40, length: 0x30) }
        let headerAddress: UInt64 = 0x200_0000
        let header = frames.header(address: headerAddress)
        var path = Array("/tmp/tickscope-frames.XXXXXX".utf8CString)
        let file = mkstemp(&path)
        unlink(path)
        defer { close(file) }
        #expect(
            write(file, header + frames.bytes, header.count + frames.bytes.count) == header.count + frames.bytes.count)
        let module = UnwindModule(
            ehFrame: .init(
                fileOffset: UInt64(header.count), size: UInt64(frames.bytes.count),
                address: ModuleRelativeAddress(0x100_0000)),
            ehFrameHeader: .init(
                fileOffset: 0, size: UInt64(header.count), address: ModuleRelativeAddress(headerAddress)),
            layout: UnwindModule.Layout(
                entryPoint: ModuleRelativeAddress(0),
                addresses: ModuleRelativeAddress(0)..<ModuleRelativeAddress(0x300_0000), file: file))
        for index in stride(from: count - 1, through: 0, by: -7) {
            let start = ModuleRelativeAddress(0x1000 + index * 0x40)
            #expect(module.functionStart(of: ModuleRelativeAddress(start.rawValue + 0x2F)) == start)
            #expect(module.functionStart(of: ModuleRelativeAddress(start.rawValue + 0x30)) == nil)
        }
    }

    @Test func severalThreadsMayAsk() async throws {
        let frames = frames()
        for _ in 0..<50 {
            let module = try module(header: frames.header(address: Self.headerAddress), frames: frames.bytes)
            await withTaskGroup(of: Int.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        Self.starts.count { module.functionStart(of: ModuleRelativeAddress($0)) != nil }
                    }
                }
                for await found in group { #expect(found == Self.starts.count) }
            }
        }
    }
}
