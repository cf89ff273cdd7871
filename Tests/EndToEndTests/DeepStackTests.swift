import Foundation
import ProfileModel
import TestSupport
import Testing

extension EndToEnd {
    /// Captures grow and shrink with what stacks need, and frame pointers are followed as far as they are proved.
    @Suite struct DeepStacks {
        /// 190 KiB of stack: three times what a sample record has room for.
        @Test(.enabled(if: Capability.watchesMemory, "no debug registers to watch memory with"))
        func deeperThanAnySample() throws {
            let target = try Fixture.deep.start("30")
            defer { target.kill() }
            let recording = try Tickscope.record(target.pid, frequency: 999)
            let stacks = try recording.stacks()
            #expect(stacks.shareFromStart >= 0.9, "\(stacks.summary)")
            for stack in stacks.stacks where stack.root == "_start" {
                #expect(stack.frames.count { $0 == "deep_descend" } == 2000)
            }
        }

        /// 28 KiB that change all the time: more bytes are the only way, and no frame may be made up.
        @Test(arguments: ["auto", "hybrid"])
        func changingFramesNeedLargerCaptures(mode: String) throws {
            let target = try Fixture.alternating.start("30", "2")
            defer { target.kill() }
            let stacks = try Tickscope.record(
                target.pid, frequency: 999, ["--no-kernel", "--call-graph", mode]
            ).stacks()
            #expect(stacks.shareFromStart >= 0.95, "\(stacks.summary)")
            let wrong = stacks.filter { stack in
                stack.contains("leaf_first") && stack.contains("outer_second")
                    || stack.contains("leaf_second") && stack.contains("outer_first")
            }
            #expect(wrong.total == 0)
        }

        @Test func aFixedCaptureEndsStacksThatAreDeeper() throws {
            let target = try Fixture.alternating.start("30", "2")
            defer { target.kill() }
            let stacks = try Tickscope.record(
                target.pid, seconds: 1, ["--no-kernel", "--call-graph", "dwarf", "--stack-size", "8192"]
            ).stacks()
            #expect(stacks.share { $0.root == "[truncated: stack bytes]" } >= 0.98, "\(stacks.summary)")
        }

        /// Every function but the leaf keeps a frame pointer: half a KiB tells the leaf's caller, the chain the rest.
        @Test func framePointersLeadToTheEntry() throws {
            let target = try Fixture.chainedFrames.start("30")
            defer { target.kill() }
            let stacks = try Tickscope.record(
                target.pid, ["--no-kernel", "--call-graph", "hybrid", "--stack-size", "512"]
            ).stacks()
            #expect(stacks.shareFromStart >= 0.999, "\(stacks.summary)")
            // The ten and ten functions, what lies between them, and nothing left out where the leaf was entered.
            #expect(stacks.share { $0.frames.count { $0.hasPrefix("mixed_") } == 20 } >= 0.999, "\(stacks.summary)")
        }

        /// The engine that believes frame pointers is right where they are kept, and says so where they are not.
        @Test func framePointerEngine() throws {
            let chained = try Fixture.chainedFrames.start("30")
            defer { chained.kill() }
            let complete = try Tickscope.record(
                chained.pid, seconds: 1,
                ["--no-kernel", "--call-graph", "dwarf", "--stack-size", "65528"]
                    + ["--unwinder", "fp", "-F", "999"]
            ).stacks()
            #expect(complete.shareFromStart >= 0.999, "\(complete.summary)")
            let split = try Fixture.split.start("30")
            defer { split.kill() }
            let broken = try Tickscope.record(
                split.pid, seconds: 1, ["--no-kernel", "--call-graph", "dwarf", "--unwinder", "fp"]
            ).stacks()
            #expect(broken.share { $0.root.hasPrefix("[truncated") } >= 0.99, "\(broken.summary)")
        }

        /// One function in the middle keeps none: from there on the chain is not believed.
        @Test func aFunctionWithoutFramePointerIsNotSkipped() throws {
            let target = try Fixture.mixedFrames.start("30")
            defer { target.kill() }
            let stacks = try Tickscope.record(
                target.pid, frequency: 999, ["--no-kernel", "--call-graph", "hybrid"]
            ).stacks()
            #expect(stacks.shareFromStart >= 0.95, "\(stacks.summary)")
            for stack in stacks.stacks {
                guard let place = stack.frames.firstIndex(of: "without"), place > 0 else { continue }
                let caller = stack.frames[place - 1]
                #expect(caller == "around" || caller.hasPrefix("[truncated"), "\(stack.frames)")
            }
        }
    }
}
