// Worker for the HTTP client of Swift.

import WorkerSupport
import Foundation
import FoundationNetworking

/// More connections than any load here needs. By default there are six per host.
private let capacity = 256

private struct Body: Encodable {
    let retention: Retention

    struct Retention: Encodable {
        let customerId: String

        private enum CodingKeys: String, CodingKey { case customerId = "customer_id" }
    }
}

private struct Response: Decodable {
    let id: String
}

/// It trusts only the certificates of the platform: there is no setting for others.
private func makeSession() -> URLSession {
    let settings = URLSessionConfiguration.ephemeral
    settings.httpMaximumConnectionsPerHost = capacity
    settings.timeoutIntervalForRequest = limit
    settings.urlCache = nil
    settings.httpCookieStorage = nil
    return URLSession(configuration: settings)
}

await runWorker { server in
    let session = makeSession()
    guard let url = URL(string: server.url + path) else { throw Failure("no URL: \(server.url)") }
    return .task {
        var request = URLRequest(url: url)
        request.httpMethod = "POST"
        request.setValue(key, forHTTPHeaderField: keyHeader)
        request.setValue(jsonType, forHTTPHeaderField: "Content-Type")
        request.httpBody = try JSONEncoder().encode(Body(retention: Body.Retention(customerId: customer)))
        let (body, response) = try await session.data(for: request)
        let status = (response as? HTTPURLResponse)?.statusCode
        guard status == 200 else { throw Failure("status \(status ?? 0)") }
        return try JSONDecoder().decode(Response.self, from: body).id
    }
}
