import InstructionTracing
import ProfileModel
import TestSupport
import Testing

#if arch(x86_64)
    @Suite("Calls of compiled programs", .serialized, .enabled(if: Capability.cxxCompiler))
    struct RealProgramTests {
        private let library: SteppedLibrary

        init() throws { library = try SteppedLibrary() }

        /// Names of the library's own functions only.
        private func own(_ function: OperationTrace.Function) -> Bool { !function.module.hasPrefix("libcalls") }

        @Test("nested calls")
        func nested() throws {
            let (trace, count) = try library.trace("nested", 5)
            #expect(trace.tree(of: "nested") == ["nested", " middle", "  leaf", "  leaf", " leaf"])
            #expect(trace.recorded == count && trace.own.reduce(0, +) == count)
            // A store, an addition and a multiplication or less, and the return.
            #expect((3...5).contains(try #require(trace.total(of: "leaf"))))
        }

        @Test("recursion", arguments: [0, 1, 200, 3_000] as [UInt32])
        func recursion(levels: UInt32) throws {
            let (trace, _) = try library.trace("recursive", levels)
            #expect(trace.calls.indices.filter { trace.name($0) == "descend" }.count == Int(levels) + 1)
            // One below the other, each with one call.
            let descents = trace.calls.indices.filter { trace.name($0) == "descend" }
            for (outer, inner) in zip(descents, descents.dropFirst()) {
                #expect(trace.calls[inner].parent == Int32(outer))
            }
            #expect(trace.profile.total(column: 0) == trace.recorded)
            #expect((trace.profile.metadata.quality?.truncated ?? 0 > 0) == (levels >= 1_000))
        }

        @Test("tail calls")
        func tailCalls() throws {
            let (trace, _) = try library.trace("tail_calls", 5)
            #expect(
                trace.tree(of: "tail_calls") == ["tail_calls", " forwarding", "  >leaf", " forwarding", "  >leaf"])
        }

        @Test("functions that jump to each other")
        func pingPong() throws {
            let (trace, _) = try library.trace("ping_pong", 4)
            #expect(
                trace.tree(of: "ping_pong") == ["ping_pong", " ping", "  >pong", " >ping", "  >pong", " >ping"])
        }

        @Test("the first call of another library's function, through the dynamic linker")
        func lazyBinding() throws {
            let (first, _) = try library.trace("lazily_bound", text: "seven")
            let (second, _) = try library.trace("lazily_bound", text: "seven")
            let tree = second.tree(of: "lazily_bound")
            try #require(tree.count == 4 && tree[1] == " strlen@plt" && tree[3] == " leaf", "\(tree)")
            // The stub, the linker below it and the function that it found below the stub as well, then the next call.
            let firstTree = first.tree(of: "lazily_bound")
            try #require(firstTree.count > 10)
            #expect(firstTree[1] == " strlen@plt" && firstTree.last == " leaf", "\(firstTree)")
            #expect(firstTree.filter { $0.prefix { $0 == " " }.count == 1 }.count == 2, "\(firstTree)")
            let last = try #require(firstTree.dropLast().last)
            #expect(last == tree[2], "\(firstTree)")
        }

        @Test("longjmp", arguments: [0, 1, 20] as [UInt32])
        func longJump(levels: UInt32) throws {
            let (trace, count) = try library.trace("long_jump", levels)
            let tree = trace.tree(of: "long_jump", hiding: own).filter { !$0.contains("@plt") && !$0.contains("[") }
            let descent = (0...Int(levels)).map { String(repeating: " ", count: $0 + 1) + "jump_far" }
            #expect(tree == ["long_jump"] + descent + [" leaf"], "\(tree)")
            #expect(trace.own.reduce(0, +) == count)
        }

        enum Refusal: Error { case refused }

        @inline(never)
        static func refusing(_ levels: Int) throws -> Int {
            if levels == 0 { throw Refusal.refused }
            return try refusing(levels - 1) &* 3
        }

        @inline(never)
        static func recovering(_ levels: Int) -> Int {
            do { return try refusing(levels) } catch { return Capability.isRoot ? 1 : 2 }
        }

        @Test("Swift errors")
        func swiftErrors() throws {
            let (trace, count) = try SteppedLibrary.trace("errors") { _ = Self.recovering(3) }
            let names = trace.calls.indices.map { trace.name($0) }
            let refusals = names.indices.filter { names[$0].contains("refusing(") }
            #expect(refusals.count == 4)
            for (outer, inner) in zip(refusals, refusals.dropFirst()) {
                #expect(trace.calls[inner].parent == Int32(outer))
            }
            let recovering = try #require(names.firstIndex { $0.contains("recovering(") })
            #expect(trace.calls[refusals[0]].parent == Int32(recovering))
            #expect(names.contains("swift_allocError"))
            #expect(trace.own.reduce(0, +) == count)
        }
    }
#endif
