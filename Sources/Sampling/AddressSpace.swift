package import ProfileModel

/// A file as the kernel tells it apart from all others.
package struct FileIdentity: Hashable, Sendable {
    package var deviceMajor: UInt32
    package var deviceMinor: UInt32
    package var inode: UInt64

    package init(deviceMajor: UInt32, deviceMinor: UInt32, inode: UInt64) {
        self.deviceMajor = deviceMajor
        self.deviceMinor = deviceMinor
        self.inode = inode
    }
}

/// One executable mapping of a process.
package struct Mapping: Hashable, Sendable {
    package var addresses: Range<VirtualAddress>
    package var fileOffset: FileOffset
    /// Inode 0 for memory without a file.
    package var identity: FileIdentity
    /// Of the file, when the record told it; empty otherwise.
    package var buildID: String
    /// As the process sees it; a bracketed name or empty for memory without a file.
    package var path: String

    package init(
        addresses: Range<VirtualAddress>, fileOffset: FileOffset, identity: FileIdentity, buildID: String = "",
        path: String
    ) {
        self.buildID = buildID
        self.addresses = addresses
        self.fileOffset = fileOffset
        self.identity = identity
        self.path = path
    }
}

/// The executable mappings of one process, sorted, none overlapping another: later ones cut earlier ones, as the
/// kernel does.
package struct AddressSpace: Sendable {
    package private(set) var mappings: [Mapping] = []
    /// Grows with every change, so that whatever is derived from the mappings knows when it is stale.
    package private(set) var version: UInt64 = 0

    /// A process cannot have more by default (vm.max_map_count); what comes beyond is not recorded.
    private static let largestCount = 65_536

    package init() {}

    package init(_ mappings: [Mapping]) {
        for mapping in mappings { insert(mapping) }
    }

    /// Adds a mapping. O(n) in the worst case, O(log n) for one that is there already.
    package mutating func insert(_ mapping: Mapping) {
        guard !mapping.addresses.isEmpty, mappings.count < Self.largestCount else { return }
        let new = mapping.addresses
        let first = firstIndex(endingAfter: new.lowerBound)
        if first < mappings.count, mappings[first] == mapping { return }
        var last = first
        var kept: [Mapping] = []
        while last < mappings.count, mappings[last].addresses.lowerBound < new.upperBound {
            kept.append(contentsOf: Self.rest(of: mappings[last], without: new))
            last += 1
        }
        kept.insert(mapping, at: kept.firstIndex { $0.addresses.lowerBound > new.lowerBound } ?? kept.count)
        mappings.replaceSubrange(first..<last, with: kept)
        version += 1
    }

    /// The mapping that holds an address. O(log n).
    package func mapping(at address: VirtualAddress) -> Mapping? {
        let index = firstIndex(endingAfter: address)
        guard index < mappings.count, mappings[index].addresses.contains(address) else { return nil }
        return mappings[index]
    }

    private func firstIndex(endingAfter address: VirtualAddress) -> Int {
        var low = 0
        var high = mappings.count
        while low < high {
            let middle = (low + high) / 2
            if mappings[middle].addresses.upperBound <= address { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private static func rest(of old: Mapping, without new: Range<VirtualAddress>) -> [Mapping] {
        var parts: [Mapping] = []
        if old.addresses.lowerBound < new.lowerBound {
            var left = old
            left.addresses = old.addresses.lowerBound..<new.lowerBound
            parts.append(left)
        }
        if old.addresses.upperBound > new.upperBound {
            var right = old
            right.addresses = new.upperBound..<old.addresses.upperBound
            let skipped = new.upperBound.rawValue - old.addresses.lowerBound.rawValue
            right.fileOffset = FileOffset(old.fileOffset.rawValue &+ skipped)
            parts.append(right)
        }
        return parts
    }
}
