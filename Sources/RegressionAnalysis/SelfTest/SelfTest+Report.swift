internal import Statistics

extension SelfTest {
    package func text() -> String {
        var lines = [
            "\(trials) series of \(length) values without a step on each kind of noise, and \(trials / 3) with one of "
                + "1, 2 and 3 deviations.",
            "Promised: false alarms in at most \(Self.percent(falseAlarmRate)) of series. Found: within five values.",
            "Intervals hold with 95 % confidence.", "",
        ]
        let head = ["noise", "false alarms", "found at 1 σ", "at 2 σ", "at 3 σ", "F1 at 2 σ"]
        let cells = rows.map { row in
            [row.family.name, Self.share(Double(row.falseAlarms) / Double(trials), row.falseAlarmInterval)]
                + row.detections.map { Self.share($0.power, $0.powerInterval) }
                + [Self.thousandths(row.detections[1].score.f1)]
        }
        let table = [head] + cells
        let widths = head.indices.map { column in table.map { $0[column].count }.max() ?? 0 }
        for row in table {
            let padded = row.indices.map { column in
                let space = String(repeating: " ", count: widths[column] - row[column].count)
                return column == 0 ? row[column] + space : space + row[column]
            }
            lines.append("  " + padded.joined(separator: "  "))
        }
        lines += ["", hasFailed ? "FAILED: more false alarms than promised" : "passed"]
        return lines.joined(separator: "\n") + "\n"
    }

    package func json() -> String {
        let entries = rows.map { row in
            let detections = row.detections.map {
                "{\"height\": \($0.height), \"power\": \($0.power), \"interval\": "
                    + "[\($0.powerInterval.lower), \($0.powerInterval.upper)], \"f1\": \($0.score.f1), "
                    + "\"coverage\": \($0.coverage)}"
            }
            return
                "    {\"noise\": \"\(row.family.name)\", \"falseAlarms\": \(Double(row.falseAlarms) / Double(trials)), "
                + "\"interval\": [\(row.falseAlarmInterval.lower), \(row.falseAlarmInterval.upper)], "
                + "\"detections\": [\(detections.joined(separator: ", "))]}"
        }
        return "{\n  \"trials\": \(trials),\n  \"length\": \(length),\n  \"promisedFalseAlarms\": \(falseAlarmRate),\n"
            + "  \"passed\": \(!hasFailed),\n  \"families\": [\n\(entries.joined(separator: ",\n"))\n  ]\n}\n"
    }

    private static func share(_ value: Double, _ interval: ConfidenceInterval) -> String {
        "\(percent(value)) (\(percent(interval.lower))…\(percent(interval.upper)))"
    }

    private static func percent(_ share: Double) -> String {
        let tenths = Int((share * 1000).rounded())
        return "\(tenths / 10).\(tenths % 10) %"
    }

    private static func thousandths(_ share: Double) -> String {
        let value = Int((share * 1000).rounded())
        return value >= 1000 ? "1.000" : "0." + "\(1000 + value)".dropFirst()
    }
}
