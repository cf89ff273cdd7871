import Foundation
import ProfileModel
import TestSupport
import Testing

extension EndToEnd {
    /// Programs that nobody here wrote, under load, attached while they run.
    @Suite struct RealPrograms {
        @Test(
            .enabled(
                if: redisServer != nil && Capability.hasTool("redis-benchmark"), "redis-tools is not installed"))
        func redis() throws {
            let folder = try TemporaryFolder()
            let program = folder.file("redis-server")
            symlink(try #require(Self.redisServer), program)
            let port = "\(try Self.freePort())"
            let server = try Program(
                [program, "--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
            defer { server.kill() }
            try Self.waitUntil("redis listens") { server.output.text.contains("eady to accept connections") }
            let load = try Program(
                ["redis-benchmark", "-p", port, "-n", "100000000", "-c", "20", "-q", "-t", "set,get"])
            defer { load.kill() }
            sleep(1)
            try check(Tickscope.record(server.pid, []), named: 0.5, expecting: "aeMain")
        }

        @Test(.enabled(if: Capability.hasTool("python3"), "python3 is not installed"))
        func python() throws {
            let script = """
                import json, time
                print("ready", flush=True)
                end = time.time() + 30
                table = {str(n): [n, str(n)] for n in range(2000)}
                while time.time() < end:
                    table = json.loads(json.dumps(sorted(table.items()))) and table
                    sum(len(k) * v[0] for k, v in table.items())
                """
            let target = try Program(["python3", "-c", script])
            defer { target.kill() }
            try target.waitForLine("ready")
            try check(Tickscope.record(target.pid, []), named: 0.7, expecting: "PyEval")
        }

        @Test(.enabled(if: Capability.hasTool("xz"), "xz is not installed"))
        func xz() throws {
            let target = try Program(["sh", "-c", "exec xz -T1 -9 --force --keep --stdout /usr/bin/* > /dev/null"])
            defer { target.kill() }
            sleep(1)
            // Debian's liblzma has no symbol for its inner loops.
            try check(Tickscope.record(target.pid, []), named: 0.1, expecting: "lzma_code")
        }

        /// Code that is written at run time: its frames have no unwind tables, and their names are in node's own map.
        @Test(.enabled(if: Capability.hasTool("node"), "node is not installed"))
        func node() throws {
            let script = """
                function fibonacci(n) { return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2) }
                console.log('ready')
                const end = Date.now() + 30000
                while (Date.now() < end) fibonacci(20)
                """
            // node leaves a log where it starts.
            let folder = try TemporaryFolder()
            let target = try Program([
                "sh", "-c", "cd \"$0\" && exec node --perf-basic-prof -e \"$1\"", folder.path, script,
            ])
            defer {
                target.kill()
                unlink("/tmp/perf-\(target.pid).map")
            }
            try target.waitForLine("ready")
            sleep(1)
            try check(Tickscope.record(target.pid, []), named: 0.9, expecting: "fibonacci")
        }

        /// ≥ 95 % whole stacks, some names, and every output of it non-empty.
        private func check(_ recording: Recording, named: Double, expecting function: String) throws {
            let quality = try recording.quality()
            #expect(quality.received >= 500)
            #expect(quality.lost == 0)
            let truncated = try #require(quality.share(of: .truncated))
            #expect(truncated <= 0.05, "truncated: \(truncated)")
            let share = try #require(quality.namedShare)
            #expect(share >= named, "named frames: \(share)")
            let stacks = try recording.stacks()
            #expect(stacks.share { $0.root.hasPrefix("[truncated") } <= 0.05, "\(stacks.summary)")
            #expect(stacks.share { $0.contains(function) } >= 0.5, "\(function); \(stacks.summary)")
            try expectOutputs(of: recording, toName: function)
        }

        /// The server goes by its name: in Debian's redis-tools, which starts no service, it is called redis-check-rdb.
        private static let redisServer = ["redis-server", "redis-check-rdb"].lazy.map { "/usr/bin/\($0)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }

        private static func freePort() throws -> Int {
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(descriptor) }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            var size = socklen_t(MemoryLayout<sockaddr_in>.size)
            let status = withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, size) == 0 ? getsockname(descriptor, $0, &size) : -1
                }
            }
            guard status == 0 else { throw TestFailure("no free port") }
            return Int(UInt16(bigEndian: address.sin_port))
        }

        private static func waitUntil(_ what: String, _ condition: () -> Bool) throws {
            let deadline = Date(timeIntervalSinceNow: 10)
            while !condition() {
                guard Date() < deadline else { throw TestFailure("not within 10 s: \(what)") }
                usleep(20_000)
            }
        }
    }
}
