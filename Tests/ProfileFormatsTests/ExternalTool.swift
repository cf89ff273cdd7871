import Foundation

/// A program of the machine that serves as an independent judge.
struct ExternalTool {
    let path: String

    /// nil when the machine does not have it.
    static func find(_ name: String, alsoAt places: [String] = []) -> ExternalTool? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin").split(separator: ":")
        let candidates = folders.map { "\($0)/\(name)" } + places
        return candidates.first { FileManager.default.isReadableFile(atPath: $0) }.map { ExternalTool(path: $0) }
    }

    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// Both outputs. Read to the end before waiting, so that a full pipe cannot block the tool.
    func run(_ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(description: output) }
        return output
    }
}

/// A folder that goes when the test does.
final class TemporaryFolder {
    let root: String

    init() {
        root = FileManager.default.temporaryDirectory.path + "/tickscope-\(UUID().uuidString)"
        try! FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    func path(_ name: String) -> String { root + "/" + name }

    var contents: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []).sorted() }
}
