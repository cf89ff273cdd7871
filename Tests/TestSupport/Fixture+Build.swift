import Foundation
import Synchronization

/// Where this run's compiled fixtures are: one folder, removed when the test process ends.
private enum FixtureCache {
    /// Also the lock that makes concurrent tests wait for one compiler run instead of starting a second.
    static let built = Mutex<[Fixture: Result<String, TestFailure>]>([:])

    static let folder: String = {
        var template = Array((NSTemporaryDirectory() + "tickscope-fixtures.XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { return NSTemporaryDirectory() }
        let path = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
        chmod(path, 0o755)  // other users run fixtures too
        atexit { try? FileManager.default.removeItem(atPath: FixtureCache.folder) }
        return path
    }()
}

extension Fixture {
    /// The folder with the sources.
    package static let sources = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Fixtures").path

    /// Compiles the fixture, once in a run, and returns the path of the binary. Thread-safe.
    package func build() throws -> String {
        try FixtureCache.built.withLock { built in
            if let result = built[self] { return try result.get() }
            let result = Result { () throws(TestFailure) in try compile() }
            built[self] = result
            return try result.get()
        }
    }

    /// For what not every toolchain can build, such as static PIEs.
    package var isBuildable: Bool { (try? build()) != nil }

    private func compile() throws(TestFailure) -> String {
        let source = Self.sources + "/" + source
        let command: [String]
        switch language {
        case .c: command = ["cc", "-std=gnu11"] + Self.commonFlags
        case .cxx: command = ["c++"] + Self.commonFlags
        case .swift: command = ["swiftc", "-O"]
        }
        do {
            let digest = try Self.digest(of: [source, Self.sources + "/split.h"], text: command + flags)
            let folder = FixtureCache.folder + "/" + digest
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let binary = folder + "/" + name
            let compiler = try Program.run(command + [source, "-o", binary] + flags, timeout: 120)
            guard try compiler.wait() == .exited(0) else {
                throw TestFailure("\(compiler.arguments.joined(separator: " ")): \(compiler.errors.text)")
            }
            return binary
        } catch let failure as TestFailure {
            throw failure
        } catch {
            throw TestFailure("\(source): \(error)")
        }
    }

    /// FNV-1a, 64 bits, of files and flags. A name, not a proof.
    private static func digest(of files: [String], text: [String]) throws -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        func add(_ bytes: some Sequence<UInt8>) {
            for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        }
        for file in files { add(try Data(contentsOf: URL(fileURLWithPath: file))) }
        for word in text { add(Array(word.utf8) + [0]) }
        return String(hash, radix: 16)
    }
}
