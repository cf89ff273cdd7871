import Foundation
import TestSupport
import Testing

@Suite(
    "Counting retains and releases of Swift programs", .enabled(if: Capability.swiftCompiler && Capability.cCompiler))
struct CountedSwiftTests {
    /// One hundred operations each: retains, releases, objects, allocations.
    static let expected: KeyValuePairs = [
        "instance": [0, 100, 100, 100], "array": [0, 100, 100, 100], "closure": [0, 200, 200, 200],
        "boxes": [0, 100, 100, 100], "copy": [1100, 1200, 100, 100], "weak": [100, 100, 0, 0],
        "unowned": [100, 100, 0, 0], "string": [0, 100, 100, 100], "small-strings": [100, 200, 100, 100],
        "nothing": [0, 0, 0, 0],
    ]
    static let keys = ["retains", "releases", "objects", "allocations"]

    static func dynamic() throws -> Fixture { try .countedSwift(name: "counted-swift", linking: .countingLibrary) }

    private func check(_ lines: CountedLines, except: [String] = []) {
        for (name, values) in Self.expected where !except.contains(name) {
            #expect(lines[name, "swift-gap"] == 0)
            #expect(Self.keys.map { lines[name, $0] } == values, "\(name)")
        }
    }

    @Test("Retains, releases and objects are exact, those inside the runtime too")
    func exact() throws { check(try Self.dynamic().counted([])) }

    @Test("Code without atomic counts is counted the same")
    func nonatomic() throws {
        check(
            try Fixture.countedSwift(
                name: "counted-swift-nonatomic", linking: .countingLibrary, flags: ["-assume-single-threaded"]
            ).counted([]))
    }

    @Test("A statically linked runtime is counted, but for what weak and unowned references give")
    func staticRuntime() throws {
        let program = try Fixture.countedSwift(
            name: "counted-swift-static", linking: .countingObject, flags: ["-static-stdlib"])
        guard program.isBuildable else { return }
        let lines = try program.counted([])
        check(lines, except: ["weak", "unowned"])
        #expect(lines["weak", "retains"] == 0)
        #expect(lines["weak", "releases"] == 100)
    }

    @Test("A runtime whose symbols cannot be seen is said not to be there")
    func hiddenRuntime() throws {
        let program = try Fixture.countedSwift(
            name: "counted-swift-hidden", linking: .countingLibrary, flags: ["-static-stdlib"])
        guard program.isBuildable else { return }
        let lines = try program.counted([])
        #expect(lines["instance", "swift-gap"] == 4)
        #expect(lines["instance", "allocations"] == 100)
    }

    /// Callgrind counts calls, those with nothing to retain or release included: these operations have none.
    @Test(
        "Valgrind sees as many calls", .enabled(if: Valgrind.isInstalled),
        arguments: ["instance", "array", "closure", "boxes", "copy"])
    func callgrind(operation: String) throws {
        let program = try Self.dynamic()
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tickscope-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let output = folder.appendingPathComponent("callgrind").path
        let idle = try Valgrind.calls([program.build(), "plain", operation, "0"], output: output)
        let busy = try Valgrind.calls([program.build(), "plain", operation, "100"], output: output)
        let values = try #require(Self.expected.first { $0.key == operation }?.value)
        for (function, value) in zip(["swift_retain", "swift_release", "swift_allocObject", "malloc"], values) {
            #expect((busy[function] ?? 0) - (idle[function] ?? 0) == value, "\(function)")
        }
    }
}
