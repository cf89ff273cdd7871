import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite struct Regress {
        /// Google Benchmark's JSON: ten repetitions around a level.
        private func write(_ level: Double, _ name: String, in folder: TemporaryFolder) throws -> String {
            let rows = (0..<10).map { index in
                let time = level * (1 + 0.001 * Double(index))
                return """
                    {"name": "book", "run_name": "book", "run_type": "iteration", "repetitions": 10, \
                    "repetition_index": \(index), "threads": 1, "iterations": 1000, "real_time": \(time), \
                    "cpu_time": \(time), "time_unit": "ns"}
                    """
            }
            let text = "{\"context\": {\"num_cpus\": 2}, \"benchmarks\": [\(rows.joined(separator: ","))]}"
            try text.write(toFile: folder.file(name), atomically: true, encoding: .utf8)
            return folder.file(name)
        }

        @Test func aBaselineIsSavedJudgedAgainstAndCarriedAway() throws {
            let folder = try TemporaryFolder()
            let (before, now) = (try write(100, "a.json", in: folder), try write(120, "b.json", in: folder))
            let store = ["--store", folder.file("s")]
            #expect(try Tickscope.run(["baseline", "save", "main", before] + store).wait() == .exited(0))
            #expect(try Tickscope.run(["regress", before, "--baseline", "main"] + store).wait() == .exited(0))
            let worse = try Tickscope.run(["regress", now, "--baseline", "main"] + store)
            #expect(try worse.wait() == .exited(1) && worse.output.text.contains("REGRESSED against main"))
            #expect(try Tickscope.run(["regress", now, "--against", before]).wait() == .exited(1))
            let wide = ["regress", now, "--baseline", "main", "--tolerance", "50%", "--strict"]
            #expect(try Tickscope.run(wide + store).wait() == .exited(0))
            let fine = ["regress", before, "--baseline", "main", "--tolerance", "0.01%"]
            #expect(try Tickscope.run(fine + store).wait() == .exited(2))

            let file = folder.file("main.baseline.json")
            #expect(try Tickscope.run(["baseline", "export", "main", "-o", file] + store).wait() == .exited(0))
            let other = ["--store", folder.file("t")]
            #expect(try Tickscope.run(["baseline", "import", file, "--name", "up/main"] + other).wait() == .exited(0))
            #expect(try Tickscope.run(["baseline", "pin", "up/main"] + other).wait() == .exited(0))
            expectOneError(try Tickscope.run(["baseline", "delete", "up/main"] + other), mentions: ["--force"])
            let list = try Tickscope.run(["baseline", "list"] + other)
            #expect(try list.wait() == .exited(0) && list.output.text.contains("up/main"))
            #expect(try Tickscope.run(["baseline", "show", "up/main"] + other).wait() == .exited(0))
            #expect(try Tickscope.run(["baseline", "delete", "up/main", "--force"] + other).wait() == .exited(0))
        }

        @Test func whatCannotBeJudgedIsNoRegression() throws {
            let folder = try TemporaryFolder()
            let result = try write(100, "a.json", in: folder)
            let store = ["--store", folder.file("none")]
            let missing = try Tickscope.run(["regress", result, "--baseline", "main"] + store)
            expectOneError(missing, code: 2, mentions: ["save a baseline"])
            expectOneError(try Tickscope.run(["regress", result]), code: 2, mentions: ["--baseline"])
            expectOneError(try Tickscope.run(["regress", folder.file("x"), "--against", result]), code: 2)
            let wrong = try Tickscope.run(["regress", result, "--against", result, "--tolerance", "5"])
            expectOneError(wrong, code: 2, mentions: ["--tolerance"])
            expectOneError(try Tickscope.run(["baseline", "save", "../x", result] + store), code: 2)
        }

        /// Another user, who may only read the folder, still judges; saving says what is in the way.
        @Test(.enabled(if: geteuid() == 0)) func aFolderThatIsOnlyReadServesReaders() throws {
            let folder = try TemporaryFolder()
            let result = try write(100, "a.json", in: folder)
            let store = folder.file("ro/s")
            #expect(try Tickscope.run(["baseline", "save", "main", result, "--store", store]).wait() == .exited(0))
            for path in [folder.file("ro"), store, result] { chmod(path, path == folder.file("ro") ? 0o555 : 0o444) }
            func asNobody(_ arguments: [String]) throws -> Program {
                let user = ["/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
                return try Program.run(user + [Tickscope.path] + arguments)
            }
            let judged = try asNobody(["regress", result, "--baseline", "main", "--store", store])
            #expect(try judged.wait() == .exited(0), "\(judged.errors.text)")
            let saved = try asNobody(["baseline", "save", "main", result, "--store", store])
            expectOneError(saved, mentions: ["cannot write the store"])
        }
    }
}
