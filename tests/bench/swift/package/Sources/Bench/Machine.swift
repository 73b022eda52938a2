// Where this runs.

import Foundation

/// The processors that the servers keep to.
let processors = [0, 1]

/// Keeps a process that runs, with all its threads, to this processor, or lets it have all that are ours.
func pin(_ process: ChildProcess, _ processor: Int?) {
    guard canPin else { return }
    let list = processor.map(String.init) ?? ours
    let taskset = ["taskset", "--all-tasks", "--pid", "--cpu-list", list, "\(process.id)"]
    _ = try? ChildProcess(taskset).end()
}

/// As the kernel lists them: `0-3,6`.
private let ours = fact("/proc/self/status", "Cpus_allowed_list") ?? ""

/// Whether the servers' processors are ours.
let canPin = processors.allSatisfy { processor in
    ours.split(separator: ",").contains { range in
        let ends = range.split(separator: "-").compactMap { Int($0) }
        guard let first = ends.first, let last = ends.last else { return false }
        return (first...last).contains(processor)
    }
}

/// One line.
func facts() -> String {
    let processor = fact("/proc/cpuinfo", "model name") ?? "an unnamed processor"
    let load = (try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8))?.split(separator: " ").prefix(3) ?? []
    return "\(swiftVersion()), \(ProcessInfo.processInfo.operatingSystemVersionString), \(processor), "
        + "\(ProcessInfo.processInfo.activeProcessorCount) processors; load before: \(load.joined(separator: ", "))"
}

/// URLSession is of the same version.
private func swiftVersion() -> String {
    let line = try? ChildProcess.answer(of: ["swift", "--version"])
    return line ?? "an unnamed Swift"
}

/// What the kernel says under this name.
private func fact(_ file: String, _ name: String) -> String? {
    let lines = (try? String(contentsOfFile: file, encoding: .utf8))?.components(separatedBy: "\n")
    return lines?.first { $0.hasPrefix(name) }?.components(separatedBy: ":").last?.trimmingCharacters(in: .whitespaces)
}
