import Glibc

/// How many calls, and how many of them at once, come before the last stage.
package let footprintCalls = 20_000
package let footprintAtOnce = 64

/// Writes for each stage of coming up how many threads this process has, and its resident memory in bytes: before, with a
/// client, after a call, and after many.
func writeFootprint(_ target: Target, _ start: (Target) throws -> Call) async throws {
    var stages = [try now()]
    let lanes = Lanes(try start(target))
    stages.append(try now())
    try await lanes.mintFirst()
    stages.append(try now())
    let tally = try await lanes.run(footprintAtOnce) { $0 < footprintCalls / footprintAtOnce }
    stages.append(try now())
    guard tally.good == tally.calls else { throw Failure("\(tally.calls - tally.good) calls without a session") }
    print(stages.joined(separator: " "))
}

private func now() throws -> String {
    "\(try threads()) \(try residentMemory())"
}

/// Each is a folder, and so a link to the folder that they are in; that has two more.
private func threads() throws -> Int {
    var folder = stat()
    guard stat("/proc/self/task", &folder) == 0 else { throw Failure("no folder of threads") }
    return Int(folder.st_nlink) - 2
}

/// The second number in the file is that of resident pages.
private func residentMemory() throws -> Int {
    let file = open("/proc/self/statm", O_RDONLY)
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 256)
    let length = read(file, &bytes, bytes.count)
    let words = String(decoding: bytes.prefix(max(0, length)), as: UTF8.self).split(separator: " ")
    guard words.count > 1, let pages = Int(words[1]) else { throw Failure("no word of memory") }
    return pages * sysconf(Int32(_SC_PAGESIZE))
}
