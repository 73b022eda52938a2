// What comes with Swift.

import ContenderSupport
import Foundation
import FoundationNetworking

/// As many connections as no load here needs: by default it has six to a host.
private let room = 256

private struct Body: Encodable {
    let retention: Retention

    struct Retention: Encodable {
        let customerId: String

        private enum CodingKeys: String, CodingKey { case customerId = "customer_id" }
    }
}

private struct Answer: Decodable {
    let id: String
}

/// It trusts the platform's certificates, and cannot be told to trust another one.
private func makeSession() -> URLSession {
    let settings = URLSessionConfiguration.ephemeral
    settings.httpMaximumConnectionsPerHost = room
    settings.timeoutIntervalForRequest = limit
    settings.urlCache = nil
    settings.httpCookieStorage = nil
    return URLSession(configuration: settings)
}

await runContender { target in
    let session = makeSession()
    guard let url = URL(string: target.url + path) else { throw Failure("no URL: \(target.url)") }
    return .task {
        var request = URLRequest(url: url)
        request.httpMethod = "POST"
        request.setValue(key, forHTTPHeaderField: keyHeader)
        request.setValue(jsonType, forHTTPHeaderField: "Content-Type")
        request.httpBody = try JSONEncoder().encode(Body(retention: Body.Retention(customerId: customer)))
        let (answer, response) = try await session.data(for: request)
        let status = (response as? HTTPURLResponse)?.statusCode
        guard status == 200 else { throw Failure("status \(status ?? 0)") }
        return try JSONDecoder().decode(Answer.self, from: answer).id
    }
}
