internal import BenchmarkSuites
internal import Glibc
internal import ProfileFormats

/// A work tree beside the user's, in a folder of its own for temporary files: commits are checked out in it one after
/// the other, so that a build goes on from the last one. Removed by ``remove()``.
struct CommitWorkTree {
    private let repository: GitRepository
    /// Holds the tree and result files.
    let folder: String
    var path: String { folder + "/tree" }

    /// - Throws: ``RegressionError`` when there can be none.
    init(_ repository: GitRepository, at commit: String) throws(RegressionError) {
        self.repository = repository
        let place = getenv("TMPDIR").map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
        var pattern = Array("\(place)/tickscope-bisect-XXXXXX".utf8CString)
        guard mkdtemp(&pattern) != nil else {
            throw RegressionError(
                .repository,
                "cannot make a folder in '\(PlainText.of(place, limit: 200))': \(String(cString: strerror(errno))); set "
                    + "TMPDIR")
        }
        folder = pattern.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
        let answer = try repository.run(["worktree", "add", "--detach", "--quiet", folder + "/tree", commit])
        guard answer.exitCode == 0 else {
            remove()
            throw RegressionError(.repository, "git worktree add: \(answer.firstErrorLine)")
        }
    }

    /// What the tree has of another commit is overwritten; what is in no commit stays.
    func checkOut(_ commit: String) throws(RegressionError) {
        let answer = try repository.run(["checkout", "--detach", "--force", "--quiet", commit], in: path)
        guard answer.exitCode == 0 else {
            throw RegressionError(
                .repository, "cannot check out \(HistoryWording.short(commit)): \(answer.firstErrorLine)")
        }
    }

    func remove() {
        _ = try? repository.run(["worktree", "remove", "--force", folder + "/tree"])
        _ = try? ChildProcess(words: ["rm", "-rf", "--", folder]).run()
        _ = try? repository.run(["worktree", "prune"])
    }
}
