internal import ProfileFormats

/// A trace in the Trace Event Format that chrome://tracing and Perfetto read: every call, none folded, as one complete
/// event (`"ph":"X"`). A microsecond there is an instruction here.
///
/// Source: "Trace Event Format", Google 2016.
package struct TraceEventFormat: Sendable {
    package init() {}

    package func encode(_ trace: OperationTrace) -> [UInt8] {
        // Rendered once each: there may be millions of calls.
        let heads = trace.functions.map { function in
            Array(
                "{\"name\":\(JSONValue.text(function.name).rendered()),\"cat\":\(JSONValue.text(function.module).rendered())"
                    .utf8)
        }
        let process = name("process_name", trace.subject.program)
        let thread = name("thread_name", "\(trace.subject.benchmark): 1 µs is 1 instruction")
        var bytes = Array("{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n\(process),\n\(thread)".utf8)
        for (record, own) in zip(trace.calls, trace.own) {
            bytes += ",\n".utf8
            bytes += heads[Int(record.function)]
            bytes += ",\"ph\":\"X\",\"pid\":1,\"tid\":1,\"ts\":\(record.begin),\"dur\":\(record.total)".utf8
            bytes += ",\"args\":{\"self\":\(own)\(record.entry == .jump ? ",\"entered\":\"jump\"" : "")}}".utf8
        }
        bytes += "\n]}\n".utf8
        return bytes
    }

    private func name(_ kind: String, _ text: String) -> String {
        "{\"name\":\"\(kind)\",\"ph\":\"M\",\"pid\":1,\"tid\":1,\"args\":{\"name\":\(JSONValue.text(text).rendered())}}"
    }
}
