import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite(.enabled(if: BenchmarkedRepository.isPossible, "git is not installed")) struct Bisect {
        /// 40 commits, of which the one of index 23 is dearer; measured are the first 16 and the last 10.
        private func made(_ step: Double = 110) throws -> BenchmarkedRepository {
            let made = try BenchmarkedRepository(costs: (0..<40).map { $0 < 23 ? 100 : step })
            try made.measure(0..<16)
            try made.measure(30..<40)
            return made
        }

        @Test func theCommitIsFoundWithoutTouchingTheWorkTree() throws {
            let made = try made()
            let id = try made.alert()
            try made.write("my own work", to: "title")
            let (head, status) = (try made.git(["rev-parse", "HEAD"]), try made.git(["status", "--porcelain"]))

            let proposed = try made.run(["history", "bisect", id])
            #expect(try proposed.wait() == .exited(0), "\(proposed.errors.text)")
            #expect(proposed.output.text.contains("one of 15 commits") && proposed.output.text.contains("cost 22"))

            let found = try made.run(["history", "bisect", id, "--command", "sh bench.sh"])
            #expect(try found.wait() == .exited(0), "\(found.errors.text)")
            #expect(found.output.text.contains("is of \(made.short(23)) cost 23"), "\(found.output.text)")
            #expect(try made.git(["rev-parse", "HEAD"]) == head && made.git(["status", "--porcelain"]) == status)
            #expect(try made.git(["worktree", "list"]).split(separator: "\n").count == 1)

            // What was measured stands where it belongs, so the history knows as well, under the same name.
            let shown = try made.run(["history"])
            #expect(
                shown.output.text.contains("between \(made.short(22)) and \(made.short(23)), 1 commit"),
                "\(shown.output.text)")
            #expect(try made.alert() == id)
            let again = try made.run(["history", "bisect", id])
            #expect(again.output.text.contains("is of \(made.short(23))"))
        }

        @Test func commitsThatFailAreSkipped() throws {
            let made = try made()
            let id = try made.alert()
            // From 21 to 24 it does not build.
            let command = "case $(cat title) in 'cost 21'|'cost 22'|'cost 23'|'cost 24') exit 1;; esac; sh bench.sh"
            let bisected = try made.run(["history", "bisect", id, "--command", command])
            #expect(try bisected.wait() == .exited(3), "\(bisected.errors.text)")
            #expect(bisected.errors.text.contains("skipped, the command exited with status 1"))
            #expect(bisected.output.text.contains("one of 5 commits") && bisected.output.text.contains("cost 25"))
        }

        @Test func aBudgetEndsIt() throws {
            let made = try made()
            let id = try made.alert()
            let bisected = try made.run(["history", "bisect", id, "--command", "sh bench.sh", "--budget", "3"])
            #expect(try bisected.wait() == .exited(3) && bisected.output.text.contains("budget of 3 runs is spent"))
        }

        /// A value halfway is on neither side, however often it is measured.
        @Test func whatIsNotClearIsSaid() throws {
            let made = try made()
            let id = try made.alert()
            let command = "case $(cat title) in 'cost 2'[0-9]|'cost 1'[6-9]) echo 105 > cost;; esac; sh bench.sh"
            let bisected = try made.run(
                ["history", "bisect", id, "--command", command, "--budget", "50"], timeout: 120)
            #expect(try bisected.wait() == .exited(3), "\(bisected.output.text)")
            #expect(bisected.output.text.contains("not resolved"))
        }

        /// Today everything takes longer: nothing is blamed for that.
        @Test func aMachineThatChangedIsNoticed() throws {
            let made = try made()
            let id = try made.alert()
            let command = "awk '{ print $1 * 1.1 }' cost > c && mv c cost && sh bench.sh"
            let bisected = try made.run(["history", "bisect", id, "--command", command])
            #expect(try bisected.wait() == .exited(3), "\(bisected.errors.text)")
            #expect(bisected.output.text.contains("is not where the history has it"))
        }

        @Test func anInterruptionLeavesNothingBehind() throws {
            let made = try made()
            let place = made.folder.file("tmp")
            mkdir(place, 0o755)
            let bisecting = try Program(
                [
                    Tickscope.path, "history", "bisect", try made.alert(), "--store", made.store, "--repository",
                    made.path, "--command", "sleep 100",
                ], environment: ["TMPDIR": place])
            // Once the command runs there is a tree.
            for _ in 0..<500 where (try made.git(["worktree", "list"])).split(separator: "\n").count == 1 {
                usleep(20_000)
            }
            usleep(300_000)
            bisecting.signal(SIGINT)
            #expect(try bisecting.wait() == .exited(3), "\(bisecting.errors.text)")
            #expect(bisecting.output.text.contains("interrupted"))
            #expect(try made.git(["worktree", "list"]).split(separator: "\n").count == 1)
            #expect(try FileManager.default.contentsOfDirectory(atPath: place).isEmpty)
        }

        @Test func whatCannotBeBisectedIsOneError() throws {
            let made = try made()
            let id = try made.alert()
            func expectError(_ arguments: [String], in folder: String? = nil, _ mention: String) throws {
                expectOneError(
                    try made.run(["history", "bisect"] + arguments, in: folder), code: 2, mentions: [mention])
            }
            try expectError(["none"], "no alert")
            try expectError([id], in: made.folder.path, "no git repository")
            try expectError([id, "--repository", made.folder.path], "no git repository")
            try expectError([id, "--result", "x"], "--command")
            try expectError([id, "--command", " "], "--command")
            let unknown = try made.run(["history", "bisect", id, "--command", "no-such-program-here"])
            #expect(try unknown.wait() == .exited(2) && unknown.errors.text.contains("correct --command"))
            try expectError([id, "--command", "true"], "wrote no results")
            try expectError([id, "--command", "echo x > r.json", "--result", "r.json"], "no results")
            let shallow = made.folder.file("shallow")
            try made.git(["clone", "--quiet", "--depth", "3", "file://\(made.path)", shallow])
            try expectError([id], in: shallow, "--unshallow")
            let other = made.folder.file("other")
            try made.git(["init", "--quiet", other])
            try expectError([id], in: other, "not in the repository")
            #expect(try made.git(["worktree", "list"]).split(separator: "\n").count == 1)
        }
    }
}
