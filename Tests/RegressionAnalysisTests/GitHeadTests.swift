import Foundation
import RegressionAnalysis
import TestSupport
import Testing

@Suite struct GitHeadTests {
    private let one = String(repeating: "1a", count: 20)
    private let two = String(repeating: "2b", count: 20)

    private func write(_ text: String, _ path: String, in folder: TemporaryFolder) throws {
        let url = URL(fileURLWithPath: folder.file(path))
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: url, atomically: true, encoding: .utf8)
    }

    @Test func aBranchIsLooseOrPacked() throws {
        let folder = try TemporaryFolder()
        try write("ref: refs/heads/topic/x\n", ".git/HEAD", in: folder)
        try write("# pack-refs\n\(one) refs/heads/topic/x\n^\(two)\n", ".git/packed-refs", in: folder)
        try write("", "sub/folder/file", in: folder)
        #expect(GitHead.origin(in: folder.file("sub/folder")) == RunOrigin(commit: one, branch: "topic/x"))
        try write(two + "\n", ".git/refs/heads/topic/x", in: folder)
        #expect(GitHead.origin(in: folder.path) == RunOrigin(commit: two, branch: "topic/x"))
    }

    @Test func aDetachedHeadHasNoBranchAndALinkedTreeHasItsOwn() throws {
        let folder = try TemporaryFolder()
        try write(one + "\n", ".git/HEAD", in: folder)
        #expect(GitHead.origin(in: folder.path) == RunOrigin(commit: one))
        try write("gitdir: \(folder.path)/.git/worktrees/w\n", "tree/.git", in: folder)
        try write("ref: refs/heads/w\n", ".git/worktrees/w/HEAD", in: folder)
        try write("../..\n", ".git/worktrees/w/commondir", in: folder)
        try write(two + "\n", ".git/refs/heads/w", in: folder)
        #expect(GitHead.origin(in: folder.file("tree")) == RunOrigin(commit: two, branch: "w"))
    }

    @Test func nonsenseIsNoOrigin() throws {
        let folder = try TemporaryFolder()
        try write("ref: refs/heads/../../../etc/passwd\n", ".git/HEAD", in: folder)
        #expect(GitHead.origin(in: folder.path) == RunOrigin())
        try write("\u{0}\u{1}", ".git/HEAD", in: folder)
        #expect(GitHead.origin(in: folder.path) == RunOrigin())
    }
}
