/// Runs work that uses a whole processor, such as builds, one at a time. Other tests would exceed their time limits.
actor Exclusive {
    private static let shared = Exclusive()

    private var isBusy = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    static func run<Value: Sendable>(_ work: () async throws -> Value) async throws -> Value {
        await shared.enter()
        do {
            let value = try await work()
            await shared.leave()
            return value
        } catch {
            await shared.leave()
            throw error
        }
    }

    private func enter() async {
        if isBusy {
            await withCheckedContinuation { waiting.append($0) }
        } else {
            isBusy = true
        }
    }

    private func leave() {
        if waiting.isEmpty {
            isBusy = false
        } else {
            waiting.removeFirst().resume()
        }
    }
}
