import BenchmarkSuites
import Benchmarking
import Foundation
import InstructionTracing
import ProfileFormats
import ProfileModel
import Symbolization
import TestSupport
import Testing

#if arch(x86_64)
    @Suite("Operations of real benchmark programs, traced", .serialized)
    struct TracedBenchmarkTests {
        private static func tracer(_ name: String, options: SymbolizationOptions = .init()) throws -> OperationTracer {
            let program = try BenchmarkProgramFile(BuiltProgram.path("benchmark-fixtures"))
            let selection = try BenchmarkSelection(filters: [name])
            return try OperationTracer(
                program, try selection.apply(to: program.benchmarks), filters: [name], options: options)
        }

        /// What `bench run --instructions` says.
        private static func count(_ name: String) throws -> Int64 {
            let path = BuiltProgram.path("benchmark-fixtures")
            let program = try BenchmarkProgramFile(path)
            let declared = try #require(program.benchmarks.first { $0.id.description == name })
            let request = WorkerRequest(action: .step, id: declared.id, options: declared.options)
            let answer = try WorkerProcess(path, request: request, timeoutSeconds: 60).result()
            guard case .stepped(let operation) = answer, operation.unavailable == nil else {
                throw TestFailure("\(answer)")
            }
            return Int64(operation.instructions)
        }

        private static func checkSums(_ trace: OperationTrace, _ where: String = "") {
            #expect(trace.recorded == trace.subject.instructions)
            #expect(trace.own.reduce(0, +) == trace.recorded)
            #expect(trace.profile.total(column: 0) == trace.recorded)
            var own = trace.calls.map(\.total)
            for call in trace.calls.dropFirst() { own[Int(call.parent)] -= call.total }
            #expect(own == trace.own)
            let rows = FoldedTrace(trace).rows
            for (index, row) in rows.enumerated() {
                let below = rows[(index + 1)...].prefix { $0.depth > row.depth }
                let sum = below.lazy.filter { $0.depth == row.depth + 1 }.reduce(0) { $0 + $1.total }
                #expect(row.own + sum == row.total)
            }
        }

        @Test("every call of integer functions, with names and exact counts")
        func calls() throws {
            let trace = try Self.tracer("calls").trace()
            #expect(trace.subject.instructions == (try Self.count("calls")))
            #expect(trace.subject.isRepeatable && trace.beyond == 0)
            Self.checkSums(trace)
            let prefix = "static benchmark_fixtures.Calls."
            let names = trace.calls.indices.map { index in
                let name = trace.name(index)
                return name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count).prefix { $0 != "(" }) : "?"
            }
            let middle = ["middle", "leaf", "leaf"]
            #expect(
                names == ["?", "outer"] + middle + middle + middle + [String](repeating: "descend", count: 6),
                "\(names)")
            // Nested calls of one function are its recursion, all others lie side by side.
            let depths = FoldedTrace(trace).rows.map(\.depth)
            #expect(depths == [0, 1, 2, 3] + Array(2...7))
            // Equal calls execute as many instructions.
            let leaves = trace.calls.indices.filter { names[$0] == "leaf" }.map { trace.calls[$0].total }
            #expect(Set(leaves).count == 1 && leaves.count == 6)
        }

        @Test("the profile has inlined functions, and none when told so")
        func inlined() throws {
            let trace = try Self.tracer("calls").trace()
            let isThere = { (trace: OperationTrace) in trace.profile.frames.contains { $0.isInlined } }
            #expect(isThere(trace))
            let names = Set(trace.profile.functions.map(\.name))
            #expect(names.contains { $0.contains("Calls.inlined(") })
            var options = SymbolizationOptions()
            options.includesInlined = false
            let plain = try Self.tracer("calls", options: options).trace()
            #expect(!isThere(plain))
            #expect(plain.calls.count == trace.calls.count && plain.own == trace.own)
        }

        @Test("the profile survives its file and gives the same sums as the calls")
        func profile() throws {
            let trace = try Self.tracer("decodes-json").trace()
            let profile = try PprofFormat().decode(try PprofFormat().encode(trace.profile))
            #expect(profile.sampleTypes == [SampleType(name: "instructions", unit: "count")])
            #expect(profile.total(column: 0) == trace.recorded)
            #expect(profile.metadata.quality?.received == trace.recorded)
            let tree = CallTree(profile, column: 0)
            #expect(tree.total.value == trace.recorded)
            // The same function in both: all that JSONDecoder.decode takes.
            let name = "FoundationEssentials.JSONDecoder.decode<A where A: Swift.Decodable>"
            let node = try #require(tree.nodes.indices.first { tree.symbol(of: $0)?.name.hasPrefix(name) == true })
            let call = try #require(trace.calls.indices.first { trace.name($0).hasPrefix(name) })
            #expect(tree.nodes[node].total.value == trace.calls[call].total)
        }

        @Test("an operation with Foundation, allocations and errors", arguments: ["decodes-json", "calls-and-throws"])
        func real(name: String) throws {
            let trace = try Self.tracer(name).trace()
            Self.checkSums(trace)
            let names = trace.calls.indices.map { trace.name($0) }
            #expect(names.contains("malloc"))
            #expect(names.contains { $0.hasPrefix("swift_alloc") })
            // All that was entered is left: the last instruction is the operation's own.
            #expect(trace.calls.allSatisfy { $0.end <= trace.calls[0].end })
            #expect(trace.warnings.isEmpty)
        }

        /// Not in this process, where libunwind's unwinder comes before the one that C++ was compiled for.
        @Test("C++ exceptions, through destructors", .enabled(if: Capability.cxxCompiler))
        func exceptions() throws {
            setenv("TICKSCOPE_FIXTURE_LIBRARY", try Fixture.calls.build(), 1)
            setenv("TICKSCOPE_FIXTURE_FUNCTION", "catching", 1)
            defer {
                unsetenv("TICKSCOPE_FIXTURE_LIBRARY")
                unsetenv("TICKSCOPE_FIXTURE_FUNCTION")
            }
            let trace = try Self.tracer("library").trace()
            Self.checkSums(trace)
            let tree = trace.tree(of: "catching", hiding: { $0.module != "libcalls.so" })
                .filter { !$0.contains("@plt") && !$0.contains("[") }
            // The destructor of each frame is called while the unwinder has left those below it.
            #expect(
                tree == [
                    "catching", " throwing", "  throwing", "   throwing", "    Cleanup::~Cleanup",
                    "   Cleanup::~Cleanup", "  Cleanup::~Cleanup", " >leaf",
                ], "\(tree)")
            let names = Set(trace.calls.indices.map { trace.name($0) })
            #expect(names.isSuperset(of: ["__cxa_throw", "_Unwind_RaiseException", "_Unwind_Resume"]))
        }

        @Test("JSON and events say the same as the trace")
        func formats() throws {
            let trace = try Self.tracer("calls-and-throws").trace()
            let json = try JSONSerialization.jsonObject(with: Data(TraceJSONFormat().encode(trace)))
            let document = try #require(json as? [String: Any])
            #expect(document["schema"] as? String == "tickscope-instruction-trace/1")
            #expect(document["instructions"] as? Int64 == trace.subject.instructions)
            let rows = try #require(document["rows"] as? [[String: Any]])
            #expect(rows.reduce(0) { $0 + ($1["self"] as? Int64 ?? 0) } == trace.recorded)
            #expect(rows.contains { ($0["function"] as? String)?.contains("Calls.refusing") == true })
            #expect(rows.contains { ($0["file"] as? String)?.hasSuffix("Calls.swift") == true })

            let events = try JSONSerialization.jsonObject(with: Data(TraceEventFormat().encode(trace)))
            let list = try #require((events as? [String: Any])?["traceEvents"] as? [[String: Any]])
            let calls = list.filter { $0["ph"] as? String == "X" }
            #expect(calls.count == trace.calls.count)
            #expect(calls.map { $0["dur"] as? Int64 } == trace.calls.map(\.total))
            #expect(calls.map { ($0["args"] as? [String: Any])?["self"] as? Int64 } == trace.own)
            #expect(list.count == calls.count + 2)
        }

        @Test("the text leaves linkage stubs out, and nothing else")
        func text() throws {
            let trace = try Self.tracer("calls-and-throws").trace()
            let lines = String(decoding: TraceTextFormat().encode(trace), as: UTF8.self).split(separator: "\n")
            #expect(!lines.contains { $0.contains("@plt") })
            let own = lines.dropFirst(2).compactMap { line in
                Int64(line.split(separator: " ")[1].filter { $0 != "," })
            }
            #expect(own.reduce(0, +) == trace.recorded)
            var short = TraceTextFormat()
            short.depth = 1
            short.least = 1_000_000
            let shortened = String(decoding: short.encode(trace), as: UTF8.self)
            #expect(shortened.contains("… 1 call not shown") && shortened.split(separator: "\n").count == 4)
        }

        @Test("what cannot be traced is said in one line")
        func refusals() throws {
            for (name, words) in [
                ("asynchronous", "asynchronous"), ("throws", "threw"), ("exits", "exited"), ("crashes", "crashed"),
            ] {
                let error = #expect(throws: SuiteError.self) { try Self.tracer("^\(name)$").trace() }
                #expect(error?.description.contains(words) == true, "\(name): \(error?.description ?? "")")
                #expect(error?.description.contains("\n") == false)
            }
            // Several match, and none is called just so; then one is.
            let several = #expect(throws: SuiteError.self) { try Self.tracer("call") }
            #expect(several?.description.contains("calls-and-throws") == true)
            #expect(throws: Never.self) { try Self.tracer("calls") }
            #expect(throws: SuiteError.self) { try Self.tracer("no such") }
        }
    }
#endif
