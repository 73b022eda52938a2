import Foundation

/// A process under way, with what it reads and the first line of what it says.
///
/// Its pipes are closed as soon as nobody needs them, since Foundation keeps a process and its pipes alive. Threads read them to
/// the end: a full pipe would hold the process up.
final class ChildProcess: Sendable {
    /// The first line of what it says, if there is one.
    let firstOutputLine: AsyncStream<String>
    /// The first line of its complaints, if there is one.
    let firstErrorLine: AsyncStream<String>
    private let processId: Int32
    private let input: FileHandle
    private let exitTask: Task<Void, Never>
    private let hasExited = OnceFlag()

    init(_ command: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: command)
        process.arguments = arguments
        let (input, output, errors) = (Pipe(), Pipe(), Pipe())
        // Another child that held it would keep this one alive, which ends with its input.
        _ = fcntl(input.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        (process.standardInput, process.standardOutput, process.standardError) = (input, output, errors)
        let (exitSignal, exitContinuation) = AsyncStream.makeStream(of: Never.self)
        process.terminationHandler = { [hasExited] _ in
            hasExited.set()
            exitContinuation.finish()
        }
        do {
            try process.run()
        } catch {
            for pipe in [input, output, errors] {
                try? pipe.fileHandleForReading.close()
                try? pipe.fileHandleForWriting.close()
            }
            throw SandboxError(description: "the command \(command) cannot be run: \(error.localizedDescription)")
        }
        processId = process.processIdentifier
        self.input = input.fileHandleForWriting
        exitTask = Task { for await _ in exitSignal {} }
        firstOutputLine = ChildProcess.firstLine(of: output.fileHandleForReading)
        firstErrorLine = ChildProcess.firstLine(of: errors.fileHandleForReading)
    }

    deinit { try? input.close() }

    private static func firstLine(of handle: FileHandle) -> AsyncStream<String> {
        let (lines, continuation) = AsyncStream.makeStream(of: String.self)
        Thread.detachNewThread {
            var line = Data()
            while let byte = try? handle.read(upToCount: 1), !byte.isEmpty, byte != Data("\n".utf8) { line += byte }
            if !line.isEmpty { continuation.yield(String(decoding: line, as: UTF8.self)) }
            continuation.finish()
            while let rest = try? handle.read(upToCount: 4096), !rest.isEmpty {}
            try? handle.close()
        }
        return lines
    }

    /// Not once it has ended: its number may be another process's then.
    func kill() {
        if !hasExited.isSet { _ = Foundation.kill(processId, SIGKILL) }
    }

    /// Ends its input, and waits for its end; it is killed where it does not take the hint.
    func shutDown() async {
        try? input.close()
        let killTask = Task {
            try await Task.sleep(for: .seconds(3))
            kill()
        }
        await exitTask.value
        killTask.cancel()
    }
}

extension AsyncStream where Element: Sendable {
    /// The first element, or none: where there is none, or none so soon, or where the task is cancelled.
    func first(within timeout: Duration) async -> Element? {
        await withTaskGroup(of: Element?.self) { group in
            group.addTask {
                for await element in self { return element }
                return nil
            }
            group.addTask {
                try? await Task.sleep(for: timeout)
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
    }
}
