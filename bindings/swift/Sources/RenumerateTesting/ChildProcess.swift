import Foundation

/// A running child process, with a pipe to its standard input and the first line of each of its outputs.
///
/// Foundation does not free the objects of a process and its pipes, so this class itself closes each pipe as soon as
/// the pipe is no longer needed. Two threads read the outputs to the end, because a full pipe would block the process.
final class ChildProcess: Sendable {
    /// The first line of standard output. The stream is empty if there is none.
    let firstOutputLine: AsyncStream<String>
    /// The first line of standard error. The stream is empty if there is none.
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
        // The process exits when its standard input is closed. `FD_CLOEXEC` prevents later child processes from
        // inheriting the write end of the pipe: each copy would keep the standard input open.
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
            let remedy = "run \"chmod +x \(command)\", or move it to a folder that is not mounted noexec"
            throw SandboxError(
                startProblem: "the command \(command) cannot be executed: \(error.localizedDescription); \(remedy)")
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

    /// Sends SIGKILL unless the process has exited, because its id could then belong to another process.
    func kill() {
        if !hasExited.isSet { _ = Foundation.kill(processId, SIGKILL) }
    }

    /// Closes standard input and waits for the process to exit. Kills the process if it is still running after three seconds.
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
    /// Returns the first element. Returns `nil` if the stream ends, the timeout elapses or the task is cancelled first.
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
