internal import ProfileModel

/// Gives each raw frame a small number, with a direct-mapped cache in front for program counters.
struct FrameInterner {
    private struct Slot {
        var pc: UInt64 = .max
        var serial: UInt32 = 0
        var frame: Int32 = 0
    }

    /// Serial of addresses that mean the same in every process.
    static let kernelSerial: UInt32 = 0

    private(set) var frames: [RawFrame] = []
    /// Told once when the first frame in the kernel is met.
    var kernel: KernelNames?
    private var ids: [RawFrame: Int32] = [:]
    private var cache = [Slot](repeating: Slot(), count: 1 << 15)

    /// Program counter → frame number; nil when it is not cached.
    // hot: per frame
    func cached(_ pc: UInt64, serial: UInt32) -> FrameID? {
        let slot = cache[Self.slot(pc, serial, mask: cache.count - 1)]
        return slot.pc == pc && slot.serial == serial ? FrameID(rawValue: slot.frame) : nil
    }

    /// Numbers a frame and remembers it for this program counter.
    mutating func intern(_ frame: RawFrame, pc: UInt64, serial: UInt32) -> FrameID {
        let id = intern(frame)
        cache[Self.slot(pc, serial, mask: cache.count - 1)] = Slot(pc: pc, serial: serial, frame: id.rawValue)
        return id
    }

    mutating func intern(_ frame: RawFrame) -> FrameID {
        if let id = ids[frame] { return FrameID(rawValue: id) }
        let id = Int32(frames.count)
        frames.append(frame)
        ids[frame] = id
        if case .kernel = frame.kind, let kernel {
            kernel.prepare()
            self.kernel = nil
        }
        return FrameID(rawValue: id)
    }

    private static func slot(_ pc: UInt64, _ serial: UInt32, mask: Int) -> Int {
        let mixed = (pc ^ UInt64(serial) << 40) &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: mixed >> 40) & mask
    }
}
