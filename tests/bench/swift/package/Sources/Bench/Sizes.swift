// The table of sizes: what an application takes on.

import ContenderSupport
import Foundation

/// Its program has all of the benchmark that the others have, and no library.
private let bare = Contender.rawSocket

func printSizes(home: String) throws {
    let without = try Executable(bare, home)
    let rows: [(key: String, value: Row)] = try [Contender.renumerate, .urlSession].map { contender in
        let with = try Executable(contender, home)
        let libraries = with.libraries.filter { without.libraries[$0.key] == nil }
        let cells = [
            megabytes(with.size - without.size), megabytes(with.stripped - without.stripped), "\(libraries.count)",
            megabytes(libraries.values.reduce(0, +)),
        ]
        return (contender.title, .figures(cells))
    }
    printTable(
        "what it adds to an executable, which is \(megabytes(without.stripped)) without it, stripped, and which shared "
            + "libraries are loaded besides",
        ["executable", "stripped", "libraries", "of them in all"], rows)
    let library = try fileSize("\(home)/prefix/lib/librenumerate.a")
    print("of \(Contender.renumerate.title), the static library, whole: \(megabytes(library))")
}

private struct Executable {
    let size: Double
    let stripped: Double
    /// The sizes of all that is loaded with it, by path.
    let libraries: [String: Double]

    init(_ contender: Contender, _ home: String) throws {
        let path = program(contender.rawValue)
        let copy = "\(home)/stripped"
        defer { unlink(copy) }
        guard try ChildProcess(["strip", "-o", copy, path]).end() == 0 else { throw Failure("\(path): not stripped") }
        size = try fileSize(path)
        stripped = try fileSize(copy)
        libraries = try sharedLibraries(of: path)
    }
}

/// `ldd` writes a line for each: `libm.so.6 => /lib/libm.so.6 (0x00007f0000000000)`.
private func sharedLibraries(of path: String) throws -> [String: Double] {
    let ldd = try ChildProcess(["ldd", path])
    var sizes: [String: Double] = [:]
    while let line = ldd.line() {
        let words = line.components(separatedBy: " => ")
        guard words.count == 2, let end = words[1].range(of: " (0x") else { continue }
        let library = String(words[1][..<end.lowerBound])
        sizes[library] = try fileSize(library)
    }
    return sizes
}

private func fileSize(_ path: String) throws -> Double {
    var file = stat()
    guard stat(path, &file) == 0 else { throw Failure("there is no \(path)") }
    return Double(file.st_size)
}
