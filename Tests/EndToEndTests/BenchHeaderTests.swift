import Foundation
import TestSupport
import Testing

extension BenchEndToEnd {
    /// The public header, in C and in C++: compiled by the system's compiler, linked against the library, measured.
    @Suite struct Header {
        @Test(.enabled(if: Capability.cCompiler, "no C compiler"), arguments: ["-O2", "-O3"])
        func benchmarksInC(optimization: String) throws {
            let folder = try TemporaryFolder()
            let program = try build(
                folder, "bench.c", ["cc", "-std=c11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", optimization])
            try expectKnownAnswers(program, folder, setups: true)
        }

        @Test(.enabled(if: Capability.cxxCompiler, "no C++ compiler"), arguments: ["c++17", "c++20"])
        func benchmarksInCPlusPlus(standard: String) throws {
            let folder = try TemporaryFolder()
            let program = try build(
                folder, "bench.cpp", ["c++", "-std=\(standard)", "-Wall", "-Wextra", "-Werror", "-O2"])
            try expectKnownAnswers(program, folder, setups: false)
        }

        /// Without the tool, each benchmark runs once, in this process.
        @Test(.enabled(if: Capability.cCompiler, "no C compiler"))
        func aProgramByItself() throws {
            let folder = try TemporaryFolder()
            let path = try build(folder, "bench.c", ["cc", "-std=c11", "-D_GNU_SOURCE", "-O2"])
            let program = try Program.run([path, "imul"])
            #expect(try program.wait() == .exited(0), "\(program.errors.text)")
            #expect(program.output.lines.contains { $0.hasPrefix("imul/3") && $0.contains("cycles") })
        }

        /// A library of Debian's own compiler, the header of this checkout.
        private func build(_ folder: TemporaryFolder, _ source: String, _ compiler: [String]) throws -> String {
            let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().path
            let library = BuiltProgram.path("libtickscope-bench.so")
            let program = folder.file("program")
            let paths = ["-I\(root)/include", "\(root)/Tests/Fixtures/header/\(source)", "-o", program, library]
            let compilation = try Program.run(
                compiler + paths + ["-Wl,-rpath,\(URL(fileURLWithPath: library).deletingLastPathComponent().path)"])
            guard try compilation.wait(timeout: 120) == .exited(0) else {
                throw TestFailure("\(source) does not compile: \(compilation.errors.text)")
            }
            return program
        }

        private func expectKnownAnswers(_ program: String, _ folder: TemporaryFolder, setups: Bool) throws {
            let list = try Tickscope.run(["bench", "list", program])
            #expect(
                list.output.lines == [
                    "imul/1  throughput", "imul/3  throughput", "empty  throughput", "sorted  latency",
                ], "\(list.errors.text)")
            let log = folder.file("log")
            setenv("HEADER_TEST_LOG", log, 1)
            defer { unsetenv("HEADER_TEST_LOG") }
            let run = try BenchEndToEnd.run(
                [program, "--processes", "6", "--seconds", "0.3", "--format", "json", "--instructions"])
            #expect(try run.wait() == .exited(0), "\(run.errors.text)")
            let results = try #require(try object(run.output.text)["results"] as? [[String: Any]])
            func median(_ name: String, _ argument: String?, _ metric: String) throws -> Double {
                let result = try #require(
                    results.first {
                        let id = $0["id"] as? [String: String]
                        return id?["name"] == name && id?["argument"] == argument
                    })
                let series = try #require(result["series"] as? [[String: Any]])
                let values = try #require(series.first { $0["metric"] as? String == metric }?["values"] as? [Double])
                return try #require(values.isEmpty ? nil : values.sorted()[values.count / 2])
            }
            // Three cycles: Agner Fog, *Instruction tables*, IMUL r64,r64 of every Zen and of Intel since Nehalem.
            for count in [1, 3] {
                let cycles = try median("imul", "\(count)", "cycles")
                #expect(abs(cycles - 3 * Double(count)) < 0.15 * Double(count), "\(count) imuls: \(cycles)")
            }
            #expect(try abs(median("empty", nil, "cycles")) < 0.1)
            #expect(try median("empty", nil, "instructions") == 0)
            let sorted = try #require(results.last)
            #expect(sorted["mode"] as? String == "latency" && sorted["failure"] == nil)
            // As declared: 2,000 operations in each of six processes, of eight numbers each.
            #expect(sorted["operations"] as? Int == 12_000)
            let units = try #require(sorted["throughputUnits"] as? [[String: Any]])
            #expect(units.first?["name"] as? String == "numbers" && units.first?["countPerOperation"] as? Double == 8)
            // Setup and teardown once in every process: six that measured, one that counted instructions.
            if setups {
                let lines = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
                #expect(lines.count { $0 == "setup" } == 7 && lines.count { $0 == "teardown" } == 7, "\(lines)")
            }
        }
    }
}
