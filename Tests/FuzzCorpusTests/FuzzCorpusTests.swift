import Foundation
import FuzzTargets
import Testing

/// Every input that fuzzing found worth keeping goes through its reader again, without the fuzzer: the process survives.
@Suite struct FuzzCorpusTests {
    private static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("FuzzCorpus")

    @Test(arguments: FuzzTarget.all.map(\.name))
    func corpusIsRead(name: String) throws {
        let target = try #require(FuzzTarget.all.first { $0.name == name })
        let files = try FileManager.default.contentsOfDirectory(
            at: Self.folder.appendingPathComponent(name), includingPropertiesForKeys: nil)
        #expect(!files.isEmpty)
        for file in files {
            try Data(contentsOf: file).withUnsafeBytes { target.run($0) }
        }
        target.run(UnsafeRawBufferPointer(start: nil, count: 0))
    }
}
