public import CCycles

// Barriers against the optimizer. None of them is an instruction: a value in a register stays there.

/// Uses a value, so that computing it cannot be left out.
@inlinable @inline(__always)
public func keep<Value: FixedWidthInteger>(_ value: Value) { ts_keep_word(UInt64(truncatingIfNeeded: value)) }

/// Uses a value, so that computing it cannot be left out.
@inlinable @inline(__always)
public func keep(_ value: Bool) { ts_keep_word(value ? 1 : 0) }

/// Uses a value, so that computing it cannot be left out.
@inlinable @inline(__always)
public func keep(_ value: Double) { ts_keep_double(value) }

/// Uses a value, so that computing it cannot be left out.
@inlinable @inline(__always)
public func keep(_ value: UnsafeRawPointer?) { ts_keep_pointer(value) }

/// Nothing to keep: what an operation without a result returns.
@inlinable @inline(__always)
public func keep(_ value: Void) {}

/// Uses a value of any type, so that computing it cannot be left out. The value is stored, but not copied or retained.
@inlinable @inline(__always)
public func keep<Value: ~Copyable>(_ value: borrowing Value) {
    withUnsafePointer(to: value) { ts_keep_pointer(UnsafeRawPointer($0)) }
}

/// The same value, of which the optimizer knows nothing: an input that it cannot compute with in advance.
@inlinable @inline(__always)
public func hidden<Value: FixedWidthInteger>(_ value: Value) -> Value {
    Value(truncatingIfNeeded: ts_hide_word(UInt64(truncatingIfNeeded: value)))
}
