// Lower bound: writes and reads bytes on a blocking socket for each thread.

import WorkerSupport

await runWorker { server in
    .threads {
        let connection = try Connection(to: server.url)
        return { try connection.call() }
    }
}
