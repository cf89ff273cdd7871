import Foundation
import ProfileModel
import TestSupport
import Testing

extension EndToEnd {
    /// Attached to a running program, every kind of code shows the shares it was designed to have, on whole stacks.
    @Suite struct Shares {
        @Test func optimizedCodeWithoutFramePointers() throws {
            let target = try Fixture.split.start("30")
            defer { target.kill() }
            let before = try ProcessFacts.processorSeconds(target.pid)
            let recording = try Tickscope.record(target.pid, seconds: 3)
            let used = try ProcessFacts.processorSeconds(target.pid) - before
            let stacks = try recording.stacks()
            expectSplit(stacks)
            // Of the processor time that passed while the recorder ran, its start and its end were not recorded.
            #expect(Double(stacks.total) <= used * 3999 * 1.02)
            #expect(Double(stacks.total) >= used * 3999 * 0.6, "\(stacks.total) samples in \(used) s")
            let quality = try recording.quality()
            #expect(quality.received == Int64(stacks.total))
            #expect(quality.lost == 0)
        }

        @Test func kernelFramesAreOnTheLeafSide() throws {
            let target = try Fixture.vdso.start("30")
            defer { target.kill() }
            let stacks = try Tickscope.record(target.pid, seconds: 2, ["-e", "cpu-clock"]).stacks(["--annotate"])
            for stack in stacks.stacks {
                let kernel = stack.frames.map { $0.hasSuffix("_[k]") }
                if let first = kernel.firstIndex(of: true) {
                    #expect(kernel[first...].allSatisfy { $0 }, "\(stack.frames)")
                }
            }
        }

        @Test(.enabled(if: Fixture.splitStaticPIE.isBuildable, "this toolchain makes no static PIEs"))
        func staticPIE() throws { try attachAndExpectSplit(.splitStaticPIE) }

        @Test func strippedBinaryWithExportedNames() throws { try attachAndExpectSplit(.splitExported) }

        @Test(arguments: [Fixture.debugFrame, .debugFrameCompressed], ["table", "libunwind"])
        func functionsDescribedForDebuggersOnly(fixture: Fixture, unwinder: String) throws {
            let target = try fixture.start("30")
            defer { target.kill() }
            expectSplit(try Tickscope.record(target.pid, ["--no-kernel", "--unwinder", unwinder]).stacks())
        }

        /// The file that runs has no tables for its functions; the debug file of its build-id has them.
        @Test(
            .enabled(if: Capability.isRoot && Capability.hasTool("objcopy"), "needs root and objcopy"))
        func functionsDescribedInTheDebugFileOnly() throws {
            let binary = try Fixture.debugFrameCompressed.build()
            let notes = try Program.run(["readelf", "--notes", binary]).output.lines
            let id = try #require(notes.first { $0.contains("Build ID: ") }?.split(separator: " ").last)
            let folder = "/usr/lib/debug/.build-id/\(id.prefix(2))"
            let debug = "\(folder)/\(id.dropFirst(2)).debug"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(atPath: debug) }
            let own = try TemporaryFolder()
            let stripped = own.file("stripped")
            for command in [["--only-keep-debug", binary, debug], ["--strip-all", binary, stripped]] {
                #expect(try Program.run(["objcopy"] + command).wait() == .exited(0))
            }
            let target = try Program([stripped, "30"])
            defer { target.kill() }
            try target.waitForLine("ready")
            expectSplit(try Tickscope.record(target.pid).stacks())
        }

        /// No name is left, so its shape is tested: one chain from one root, as deep as the recursion, with the two
        /// leaves told apart or not.
        @Test func strippedBinaryWithOnlyUnwindTables() throws {
            let target = try Fixture.splitStripped.start("30")
            defer { target.kill() }
            let recording = try Tickscope.record(target.pid)
            let stacks = try recording.stacks()
            #expect(stacks.total >= 1000)
            #expect(!stacks.stacks.contains { $0.contains("split_heavy") })
            // _start, two of the C library, main, run_split, 20 × descend, split_rounds; mostly a leaf.
            #expect(stacks.share { $0.frames.count >= 26 } >= 0.99, "\(stacks.summary)")
            #expect(try #require(try recording.quality().share(of: .truncated)) <= 0.01)
        }

        @Test(
            .enabled(if: Capability.cxxCompiler, "no C++ compiler"),
            .enabled(if: Capability.dereferencedCFA, "no AVX2, or the compiler gives the function another CFA"))
        func canonicalFrameAddressThatReadsMemory() throws {
            let target = try Fixture.aligned.start("30")
            defer { target.kill() }
            let stacks = try Tickscope.record(target.pid).stacks()
            expectSplit(stacks)
            #expect(stacks.share { $0.contains("fixture::realigned") } >= 0.99, "\(stacks.summary)")
        }

        @Test(.enabled(if: Capability.swiftCompiler, "no Swift compiler"))
        func swiftClosuresAndWitnesses() throws {
            let target = try Fixture.closures.start("30")
            defer { target.kill() }
            let stacks = try Tickscope.record(target.pid).stacks()
            expectSplit(stacks, heavy: "heavy(unit", light: "light(unit")
            #expect(!stacks.stacks.contains { $0.contains("$s8closures") }, "mangled; \(stacks.summary)")
        }

        @Test(.enabled(if: Capability.swiftCompiler, "no Swift compiler"))
        func swiftCodeThatCannotBeSpecialized() throws {
            let target = try Fixture.unspecialized.start("30")
            defer { target.kill() }
            let stacks = try Tickscope.record(target.pid).stacks()
            expectSplit(stacks, heavy: "heavy(unit", light: "light(unit")
        }

        @Test func codeInsideASignalHandler() throws {
            let target = try Fixture.signalHandler.start("30")
            defer { target.kill() }
            let stacks = try Tickscope.record(target.pid).stacks()
            expectSplit(stacks)
            // Through the signal frame to the function that was interrupted, and to main.
            let handled = stacks.containing("split_rounds")
            let through = handled.share { stack in
                guard let main = stack.frames.firstIndex(of: "main"),
                    let handler = stack.frames.firstIndex(of: "on_alarm")
                else { return false }
                return main < handler
            }
            #expect(through >= 0.99, "\(handled.summary)")
        }

        @Test func leafInTheVDSO() throws {
            let target = try Fixture.vdso.start("30")
            defer { target.kill() }
            let stacks = try Tickscope.record(target.pid, seconds: 2).stacks()
            #expect(stacks.shareFromStart >= 0.99, "\(stacks.summary)")
            #expect(stacks.share { $0.contains("read_clock") } >= 0.95)
            #expect(stacks.share { $0.leaf.contains("clock_gettime") } >= 0.3, "\(stacks.summary)")
        }

        /// Cut off, counted, and marked at the root; a stack that claims to start at _start has all its frames.
        @Test func stackDeeperThanWhatIsCaptured() throws {
            let target = try Fixture.deep.start("30")
            defer { target.kill() }
            let recording = try Tickscope.record(target.pid, seconds: 2, ["--no-kernel", "--call-graph", "dwarf"])
            let stacks = try recording.stacks()
            #expect(stacks.total >= 1000)
            let truncated = stacks.filter { $0.root.hasPrefix("[truncated") }
            for stack in stacks.stacks where !stack.root.hasPrefix("[truncated") {
                #expect(
                    stack.frames.count { $0 == "deep_descend" } == 2000, "rooted wrongly: \(stack.frames.prefix(5))")
            }
            #expect(truncated.stacks.allSatisfy { stack in !stack.frames.dropFirst().contains { $0 == "main" } })
            #expect(try recording.quality().truncated == Int64(truncated.total))
            #expect(abs(stacks.split("split_heavy", "split_light") - 0.75) <= stacks.tolerance(of: 0.75))
        }

        private func attachAndExpectSplit(_ fixture: Fixture) throws {
            let target = try fixture.start("30")
            defer { target.kill() }
            expectSplit(try Tickscope.record(target.pid).stacks())
        }
    }
}
