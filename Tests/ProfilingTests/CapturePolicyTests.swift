import Profiling
import Testing

/// The capture follows what stacks need.
@Suite struct CapturePolicyTests {
    private static let largest: UInt32 = CapturePolicy.sizes.last ?? 0

    private func bytes(_ policy: CapturePolicy) -> UInt32 { CapturePolicy.sizes[policy.level] }

    /// Samples whose stacks need so many bytes, until the policy changes something.
    private func run(_ policy: inout CapturePolicy, needing need: UInt32, samples: Int) -> UInt32? {
        for _ in 0..<samples {
            switch policy.note(isShort: need > bytes(policy)) {
            case .stay: break
            case .change(let bytes): return bytes
            case .tryBytes(let trial):
                if case .change(let bytes) = policy.didTry(isComplete: need <= trial) { return bytes }
            }
        }
        return nil
    }

    @Test func aShortStackRaisesTheCaptureAtOnce() {
        var policy = CapturePolicy(startingWith: 16_384, largest: Self.largest)
        #expect(policy.note(isShort: true) == .change(Self.largest))
    }

    @Test func theLargestIsWhatTheMachineCanDo() {
        var policy = CapturePolicy(startingWith: 16_384, largest: 65_528)
        #expect(policy.note(isShort: true) == .change(65_528))
        #expect(policy.note(isShort: true) == .stay)
    }

    @Test func shallowStacksEndWithTheSmallestCapture() {
        var policy = CapturePolicy(startingWith: 65_528, largest: Self.largest)
        var sizes: [UInt32] = []
        while let size = run(&policy, needing: 600, samples: 1000) { sizes.append(size) }
        #expect(sizes == [16_384, 4096, 1024])
    }

    @Test func aSizeThatWasTooSmallIsNotTriedAgain() {
        var policy = CapturePolicy(startingWith: 1024, largest: Self.largest)
        #expect(run(&policy, needing: 3000, samples: 1) == Self.largest)
        var sizes: [UInt32] = []
        while let size = run(&policy, needing: 500, samples: 20_000) { sizes.append(size) }
        #expect(sizes == [65_528, 16_384, 4096])
        #expect(run(&policy, needing: 500, samples: 20_000) == nil)
    }

    @Test func aTrialThatFailsKeepsTheSize() {
        var policy = CapturePolicy(startingWith: 65_528, largest: Self.largest)
        #expect(run(&policy, needing: 20_000, samples: 100_000) == nil)
    }

    @Test func fewShortStacksAreTolerated() {
        var policy = CapturePolicy(startingWith: 16_384, largest: Self.largest)
        // Every trial fails, so the size stays; then one stack in a thousand is short.
        #expect(run(&policy, needing: 16_384, samples: 2000) == nil)
        for _ in 0..<5 {
            #expect(policy.note(isShort: true) == .stay)
            #expect(run(&policy, needing: 16_384, samples: 999) == nil)
        }
    }

    @Test func fastSamplingBeginsSmallerAndStaysSmaller() {
        #expect(CapturePolicy.initialBytes(frequency: 999) == 65_528)
        #expect(CapturePolicy.initialBytes(frequency: 4999) == 16_384)
        #expect(CapturePolicy.initialBytes(frequency: 9999) == 4096)
        #expect(CapturePolicy.initialBytes(frequency: 1_000_000) == 1024)
        #expect(CapturePolicy.largestBytes(frequency: 999) == Self.largest)
        #expect(CapturePolicy.largestBytes(frequency: 9999) == 16_384)
        #expect(CapturePolicy.largestBytes(frequency: nil) == Self.largest)
    }
}
