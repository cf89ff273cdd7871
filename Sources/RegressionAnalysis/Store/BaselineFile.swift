package import Benchmarking
internal import BenchmarkSuites
internal import FoundationEssentials
internal import ProfileFormats

/// A baseline as a file, to carry to another store: one line of JSON with sorted keys.
package struct BaselineFile: Hashable, Sendable {
    package static let schemaVersion = 1

    package var name: BaselineName
    package var origin: RunOrigin
    package var isPinned: Bool
    package var run: BenchmarkRun

    package init(name: BaselineName, origin: RunOrigin, isPinned: Bool, run: BenchmarkRun) {
        self.name = name
        self.origin = origin
        self.isPinned = isPinned
        self.run = run
    }

    private struct Head: Decodable {
        var baselineVersion: Int
    }

    private struct Content: Codable {
        var baselineVersion: Int
        var name: String
        var commit: String?
        var branch: String?
        var isPinned: Bool
        var run: BenchmarkRun
    }

    /// - Throws: ``RegressionError`` for bytes that are no such file, or of a newer version.
    package init(_ bytes: [UInt8]) throws(RegressionError) {
        do {
            let head = try HostileJSON.decode(Head.self, from: bytes, as: "an exported baseline")
            guard (1...Self.schemaVersion).contains(head.baselineVersion) else {
                throw RegressionError(.malformed, "written by a newer tickscope, or damaged: update tickscope")
            }
            let content = try HostileJSON.decode(Content.self, from: bytes, as: "an exported baseline")
            // The same checks as for a file of results.
            let run = try BenchmarkRunFile.decode(BenchmarkRunFormat().encode(content.run))
            self.init(
                name: try BaselineName(content.name),
                origin: RunOrigin(commit: content.commit, branch: content.branch), isPinned: content.isPinned, run: run)
        } catch let error as RegressionError {
            throw error
        } catch {
            throw RegressionError(.malformed, "\(error); 'tickscope baseline save' keeps results of 'bench run'")
        }
    }

    package func encoded() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let content = Content(
            baselineVersion: Self.schemaVersion, name: name.description, commit: origin.commit, branch: origin.branch,
            isPinned: isPinned, run: run)
        return Array(try encoder.encode(content)) + Array("\n".utf8)
    }
}
