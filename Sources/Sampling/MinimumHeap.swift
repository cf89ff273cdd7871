/// The smallest of a few keys, with what it stands for. Storage is reused: no allocation once it has grown.
struct MinimumHeap {
    struct Element {
        var key: UInt64
        var value: Int32
    }

    private var elements: [Element] = []

    var isEmpty: Bool { elements.isEmpty }
    var first: Element? { elements.first }

    mutating func reserve(_ count: Int) { elements.reserveCapacity(count) }

    mutating func removeAll() { elements.removeAll(keepingCapacity: true) }

    mutating func insert(_ element: Element) {
        elements.append(element)
        var child = elements.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            if elements[parent].key <= elements[child].key { return }
            elements.swapAt(parent, child)
            child = parent
        }
    }

    /// Gives the first element a new key. O(log n).
    mutating func replaceFirst(key: UInt64) {
        elements[0].key = key
        sink()
    }

    mutating func removeFirst() {
        elements.swapAt(0, elements.count - 1)
        elements.removeLast()
        if !elements.isEmpty { sink() }
    }

    private mutating func sink() {
        var parent = 0
        while true {
            var smallest = parent
            let left = 2 * parent + 1
            let right = left + 1
            if left < elements.count, elements[left].key < elements[smallest].key { smallest = left }
            if right < elements.count, elements[right].key < elements[smallest].key { smallest = right }
            if smallest == parent { return }
            elements.swapAt(parent, smallest)
            parent = smallest
        }
    }
}
