/// A binary heap of the moments at which something happens to an order, earliest first; ties by reference, so that
/// the order is total and a stream is reproducible.
struct EventQueue {
    struct Event {
        var time: UInt64
        var reference: UInt64

        func precedes(_ other: Event) -> Bool {
            time != other.time ? time < other.time : reference < other.reference
        }
    }

    private var heap: [Event] = []

    var first: Event? { heap.first }

    mutating func insert(_ event: Event) {
        heap.append(event)
        var child = heap.count - 1
        while child > 0, heap[child].precedes(heap[(child - 1) / 2]) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func removeFirst() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
                if heap[child].precedes(heap[least]) { least = child }
            }
            guard least != parent else { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
