import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite(.enabled(if: BenchmarkedRepository.isPossible, "git is not installed")) struct History {
        @Test func aRegressionIsShownAcknowledgedAndResolved() throws {
            let made = try BenchmarkedRepository(costs: (0..<24).map { $0 < 12 ? 100 : 110 })
            try made.measure(0..<24)
            let shown = try made.run(["history"])
            #expect(try shown.wait() == .exited(0), "\(shown.errors.text)")
            let text = shown.output.text
            #expect(text.contains("work · time · on main") && text.contains("█") && text.contains("no trend"))
            #expect(text.contains("between \(made.short(11)) and \(made.short(12)), 1 commit on main"))
            let id = try made.alert()
            #expect(try made.run(["history", "--fail"]).wait() == .exited(1))
            let acknowledged = try made.run(["history", "acknowledge", id, "--reason", "known", "--expires", "1s"])
            #expect(try acknowledged.wait() == .exited(0), "\(acknowledged.errors.text)")
            // Runs that are measured meanwhile do not make it another alert.
            try made.save(23)
            sleep(2)
            let expired = try made.run(["history", "--fail"])
            #expect(try expired.wait() == .exited(1) && expired.output.text.contains("acknowledged until"))
            #expect(try made.alert() == id)
            let later = ["history", "acknowledge", String(id.prefix(4)), "--reason", "known", "--expires", "30d"]
            #expect(try made.run(later).wait() == .exited(0))
            #expect(try made.run(["history", "--fail"]).wait() == .exited(0))
            #expect(try made.run(["history", "reopen", id]).wait() == .exited(0))
            #expect(try made.run(["history", "work", "--metric", "time", "--fail"]).wait() == .exited(1))
            #expect(try made.run(["history", "resolve", id, "--reason", "reverted"]).wait() == .exited(0))
            #expect(try made.run(["history", "--fail"]).wait() == .exited(0))
        }

        @Test func pagesAndJSONSayTheSame() throws {
            let made = try BenchmarkedRepository(costs: (0..<24).map { $0 < 12 ? 100 : 110 })
            try made.measure(0..<24)
            let file = made.folder.file("h.html")
            let written = try made.run(["history", "--format", "html", "-o", file])
            #expect(try written.wait() == .exited(0) && written.errors.text.contains("1 open regression"))
            let page = try String(contentsOfFile: file, encoding: .utf8)
            let json = try made.run(["history", "--format", "json", "--since", made.commits[6]])
            let report = try #require(
                try JSONSerialization.jsonObject(with: Data(json.output.text.utf8)) as? [String: Any])
            let alert = try #require((report["alerts"] as? [[String: Any]])?.first)
            let id = try #require(alert["id"] as? String)
            #expect(page.contains(id) && page.contains("prefers-color-scheme:dark") && page.contains("<svg"))
            #expect((alert["after"] as? [String: Any])?["commit"] as? String == made.commits[11])
            #expect((alert["through"] as? [String: Any])?["commit"] as? String == made.commits[12])
            let series = try #require((report["series"] as? [[String: Any]])?.first)
            #expect((series["values"] as? [Double])?.count == 18)
        }

        @Test func whatCannotBeShownIsOneError() throws {
            let folder = try TemporaryFolder()
            let missing = ["--store", folder.file("none")]
            expectOneError(try Tickscope.run(["history"] + missing), code: 2, mentions: ["save a baseline"])
            expectOneError(try Tickscope.run(["history", "bisect", "abc"] + missing), code: 2)
            expectOneError(try Tickscope.run(["history", "--format", "xml"]), code: 2)
            expectOneError(try Tickscope.run(["history", "--limit", "0"]), code: 2, mentions: ["--limit"])
            expectOneError(try Tickscope.run(["history", "acknowledge", "abc"]), code: 2, mentions: ["--reason"])
            let wrong = ["history", "acknowledge", "abc", "--reason", "x", "--expires", "2001-01-01"]
            expectOneError(try Tickscope.run(wrong), code: 2, mentions: ["--expires"])
            let damaged = folder.file("damaged")
            try String(repeating: "no database ", count: 1000).write(
                toFile: damaged, atomically: true, encoding: .utf8)
            expectOneError(try Tickscope.run(["history", "--store", damaged]), code: 2, mentions: ["damaged"])

            let made = try BenchmarkedRepository(costs: [100, 100])
            try made.measure(0..<2)
            #expect(try made.run(["history"]).output.text.contains("too few runs"))
            expectOneError(try made.run(["history", "other*"]), code: 2, mentions: ["work"])
            expectOneError(try made.run(["history", "--since", "2099-01-01"]), code: 2, mentions: ["--since"])
            expectOneError(try made.run(["history", "--since", "feed"]), code: 2, mentions: ["feed"])
            expectOneError(try made.run(["history", "resolve", "abc"]), code: 2, mentions: ["no alert"])
        }

        /// A user who may only read is served in place, without a copy: there is no folder for one.
        @Test(.enabled(if: geteuid() == 0 && FileManager.default.isExecutableFile(atPath: "/usr/bin/sqlite3")))
        func aStoreThatIsOnlyReadIsReadInPlace() throws {
            let made = try BenchmarkedRepository(costs: (0..<24).map { $0 < 12 ? 100 : 110 })
            try made.measure(0..<24)
            let inner = made.folder.file("ro %?#")
            mkdir(inner, 0o755)
            let store = inner + "/s"
            try FileManager.default.copyItem(atPath: made.store, toPath: store)
            chmod(store, 0o444)
            chmod(inner, 0o555)
            func asNobody(_ temporary: String) throws -> Program {
                let user = ["/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
                let program = try Program(
                    user + [Tickscope.path, "history", "--store", store], environment: ["TMPDIR": temporary])
                _ = try program.wait()
                return program
            }
            let read = try asNobody("/nonexistent")
            #expect(try read.wait() == .exited(0), "\(read.errors.text)")
            #expect(read.output.text.contains("1 open regression") && read.output.text.contains("not remembered"))

            // With pages in a log it takes a copy, in TMPDIR.
            chmod(inner, 0o755)
            try Self.leaveLog(made, at: store)
            chmod(inner, 0o555)
            let refused = try asNobody("/nonexistent")
            expectOneError(refused, code: 2, mentions: ["TMPDIR"])
            let place = made.folder.file("tmp")
            mkdir(place, 0o755)
            chmod(place, 0o777)
            let copied = try asNobody(place)
            #expect(try copied.wait() == .exited(0), "\(copied.errors.text)")
            #expect(copied.output.text.contains("24 runs"))
            #expect(try FileManager.default.contentsOfDirectory(atPath: place).isEmpty)
        }

        /// A store and a log, as a writer that died leaves them.
        private static func leaveLog(_ made: BenchmarkedRepository, at store: String) throws {
            try? FileManager.default.removeItem(atPath: store)
            let script = """
                PRAGMA wal_autocheckpoint=0; UPDATE run SET savedAt = savedAt + 1;
                .shell cp '\(made.store)' '\(store)'; cp '\(made.store)-wal' '\(store)-wal'
                """
            let file = made.folder.file("log.sql")
            try script.write(toFile: file, atomically: true, encoding: .utf8)
            let shell = try Program.run(["sh", "-c", "sqlite3 \"$0\" < \"$1\"", made.store, file])
            #expect(try shell.wait() == .exited(0), "\(shell.errors.text)")
            for name in [store, store + "-wal"] { chmod(name, 0o444) }
            let size = try FileManager.default.attributesOfItem(atPath: store + "-wal")[.size] as? Int
            #expect((size ?? 0) > 0, "there is no log")
        }
    }
}
