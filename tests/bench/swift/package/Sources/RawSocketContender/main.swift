// The limit: bytes out, bytes in, on a blocking socket for each thread.

import ContenderSupport

await runContender { target in
    .threads {
        let connection = try Connection(to: target.url)
        return { try connection.call() }
    }
}
