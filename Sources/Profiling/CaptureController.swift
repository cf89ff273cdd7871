internal import PerfEvents
internal import Sampling

/// Keeps a ``CapturePolicy`` for each group of threads that share events, and collects what they decide.
struct CaptureController {
    private struct Group {
        var policy: CapturePolicy
        /// Its events are about to be replaced: what they still say is about the old size.
        var isChanging = false
    }

    /// A group's events to replace.
    struct Request {
        var owner: Int32
        var bytes: UInt32
    }

    private(set) var requests: [Request] = []
    private var groups: [Group] = []
    private var indexes: [Int32: Int] = [:]
    /// Event number → group, -1 for events that were replaced. Direct-mapped in front of the dictionaries.
    private var cache = [(event: UInt64, group: Int)](repeating: (.max, -1), count: 256)
    private let startBytes: UInt32
    private let largestBytes: UInt32
    private let attachment: Attachment

    /// - Parameter frequency: samples a second; nil when unknown.
    init(startingWith bytes: UInt32, frequency: UInt64?, attachment: Attachment) {
        startBytes = bytes
        let largest = CapturePolicy.largestBytes(frequency: frequency)
        largestBytes =
            largest > SampleLayout.maximumStackBytes ? min(largest, attachment.findLargestCapture()) : largest
        self.attachment = attachment
    }

    /// Whether a group's stacks are deep: a size that turns out too small should be found out soon.
    private(set) var hasDeepGroups = false

    /// Takes note of one sample.
    // hot: per sample
    mutating func note(eventID: UInt64, isShort: Bool) -> CapturePolicy.Decision {
        let group = group(ofEvent: eventID)
        guard group >= 0, !groups[group].isChanging else { return .stay }
        return settle(groups[group].policy.note(isShort: isShort), group: group)
    }

    /// Takes note of a trial's outcome.
    mutating func didTry(eventID: UInt64, isComplete: Bool) {
        let group = group(ofEvent: eventID)
        guard group >= 0 else { return }
        _ = settle(groups[group].policy.didTry(isComplete: isComplete), group: group)
    }

    private mutating func settle(_ decision: CapturePolicy.Decision, group: Int) -> CapturePolicy.Decision {
        guard case .change(let bytes) = decision, let owner = indexes.first(where: { $0.value == group })?.key else {
            return decision
        }
        groups[group].isChanging = true
        requests.append(Request(owner: owner, bytes: bytes))
        return decision
    }

    private mutating func group(ofEvent id: UInt64) -> Int {
        let slot = Int(id & 255)
        if cache[slot].event == id { return cache[slot].group }
        var group = -1
        if !attachment.isRetired(eventID: id), let owner = attachment.owner(ofEvent: id) {
            if let known = indexes[owner] {
                group = known
            } else {
                group = groups.count
                groups.append(Group(policy: CapturePolicy(startingWith: startBytes, largest: largestBytes)))
                indexes[owner] = group
            }
        }
        cache[slot] = (id, group)
        return group
    }

    /// Replaces the events of the groups that asked for it.
    mutating func settleRequests() {
        _ = attachment.adoptOrphans()
        guard !requests.isEmpty else { return }
        for request in requests {
            guard let index = indexes[request.owner] else { continue }
            let policy = groups[index].policy
            for tid in attachment.recapture(owner: request.owner, bytes: request.bytes) {
                indexes[tid] = groups.count
                groups.append(Group(policy: policy))
            }
        }
        requests.removeAll()
        hasDeepGroups = groups.contains { $0.policy.isDeep && !$0.isChanging }
        for slot in cache.indices { cache[slot].event = .max }
    }
}
