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
    /// A position in `frames` at its hash slot, -1 where the slot is free.
    private var slots: [Int32]
    /// Empty where nothing is looked up by its program counter.
    private var cache: [Slot]

    /// - Parameters:
    ///   - cachesAddresses: whether frames are looked up by their program counters.
    ///   - capacity: number of frames that there is room for without growing.
    init(cachesAddresses: Bool = true, capacity: Int = 512) {
        var size = 1024
        while size < capacity * 2 { size *= 2 }
        slots = [Int32](repeating: -1, count: size)
        cache = cachesAddresses ? [Slot](repeating: Slot(), count: 1 << 15) : []
    }

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

    // hot: per frame that the cache does not have, as at the begin of each process
    mutating func intern(_ frame: RawFrame) -> FrameID {
        let place = place(of: frame)
        if slots[place] >= 0 { return FrameID(rawValue: slots[place]) }
        let id = Int32(frames.count)
        frames.append(frame)
        slots[place] = id
        if frames.count * 2 > slots.count { grow() }
        if case .kernel = frame.kind, let kernel {
            kernel.prepare()
            self.kernel = nil
        }
        return FrameID(rawValue: id)
    }

    private func place(of frame: RawFrame) -> Int {
        let mask = slots.count - 1
        var place = Self.hash(frame) & mask
        while slots[place] >= 0, frames[Int(slots[place])] != frame { place = (place + 1) & mask }
        return place
    }

    private mutating func grow() {
        slots = [Int32](repeating: -1, count: slots.count * 2)
        for index in frames.indices { slots[place(of: frames[index])] = Int32(index) }
    }

    /// Fibonacci hashing, as of all tables here. Markers have no address and lie side by side.
    private static func hash(_ frame: RawFrame) -> Int {
        var key = frame.address ^ UInt64(UInt32(bitPattern: frame.module)) << 40
        if case .marker(let marker) = frame.kind { key ^= UInt64(marker.rawValue) << 32 }
        let mixed = (key ^ (key >> 29)) &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: (mixed ^ (mixed >> 32)) & 0x7FFF_FFFF)
    }

    private static func slot(_ pc: UInt64, _ serial: UInt32, mask: Int) -> Int {
        let mixed = (pc ^ UInt64(serial) << 40) &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: mixed >> 40) & mask
    }
}
