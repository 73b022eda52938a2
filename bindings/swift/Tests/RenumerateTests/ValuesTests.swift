import Foundation
import Renumerate
import RenumerateTesting
import Testing

/// Tests of the conversion of values to the core and back.
@Suite(.timeLimit(.minutes(1)))
struct ValuesTests {
    @Test
    func parametersWithAnyCharactersAreSentUnchanged() async throws {
        try await withSandbox { sandbox in
            let client = try sandbox.client()
            let email = "jürgen+ö😀@exämple.com"
            let session = try await client.createRetentionSession(
                customerId: "cus_1", customerEmail: email, subscriptionId: "sub_1")
            _ = try await client.createSubscriptionSession(customerId: "cus_1", customerEmail: email)
            let minted = try await sandbox.session(session.id)
            #expect(minted.kind == "retention")
            #expect([minted.customerId, minted.customerEmail, minted.subscriptionId] == ["cus_1", email, "sub_1"])
            let bodies = try await sandbox.requests().map {
                try JSONDecoder().decode([String: [String: String]].self, from: Data($0.body.utf8))
            }
            #expect(bodies[1] == ["subscription": ["customer_id": "cus_1", "customer_email": email]])
        }
    }

    // Rules: S16
    @Test
    func userAgentNamesTheLanguageAndTheApplication() async throws {
        try await withSandbox { sandbox in
            let client = try RenumerateClient(privateKey: sandbox.privateKey, baseUrl: sandbox.url, appInfo: "Shop/1.2")
            _ = try await client.createRetentionSession(customerId: "cus_1")
            let agent = try await sandbox.requests()[0].headers["user-agent"] ?? ""
            #expect(agent.wholeMatch(of: /renumerate-swift\/\S+ \(core \S+; \S+ \S+; Swift 6\.\d+\) Shop\/1\.2/) != nil)
        }
    }

    // Rules: S3
    @Test
    func invalidLimitsAreRejectedWithTheirNames() async throws {
        let client = try RenumerateClient(privateKey: "sk_1")
        for limit in [Duration.zero, .seconds(-1), .nanoseconds(-1)] {
            let call = try await thrownError {
                try await client.createRetentionSession(customerId: "cus_1", timeout: limit)
            }
            #expect(call.field == "timeout")
            #expect(
                try await thrownError { try RenumerateClient(privateKey: "sk_1", attemptTimeout: limit) }.field
                    == "attemptTimeout")
        }
        for retries in [-1, 11, .min, .max] {
            #expect(
                try await thrownError { try RenumerateClient(privateKey: "sk_1", maxRetries: retries) }.field
                    == "maxRetries")
            let call = try await thrownError {
                try await client.createRetentionSession(customerId: "cus_1", maxRetries: retries)
            }
            #expect(call.field == "maxRetries")
        }
        for connections in [0, -1, 10_001, .min, .max] {
            let rejected = try await thrownError {
                try RenumerateClient(privateKey: "sk_1", maxConnections: connections)
            }
            #expect(rejected.field == "maxConnections")
        }
        for invalid in [Double.nan, .infinity, -.infinity] {
            let rejected = try await thrownError {
                try RenumerateClient(options: ["privateKey": "sk_1", "timeout": .number(invalid)])
            }
            #expect(rejected.field == "timeout")
        }
    }

    @Test
    func longTimesAreAcceptedAndLimited() async throws {
        try await withSandbox { sandbox in
            let day = Duration.seconds(24 * 60 * 60)
            let client = try sandbox.client()
            #expect(try await client.createRetentionSession(customerId: "cus_1", timeout: day).id.hasPrefix("ret_"))
            for seconds in ["18446744073709551615", "99999999999999999999999999"] {
                try await sandbox.script("cus_later", .status(429).header("retry-after", seconds))
                let later = try await thrownError {
                    try await client.createRetentionSession(customerId: "cus_later", maxRetries: 0)
                }
                #expect(later.code == "rate_limited")
                #expect(later.retryAfter == .seconds(365 * 24 * 60 * 60))
            }
        }
    }

    // Rules: V7
    @Test
    func unknownNamesAndWrongTypesAreRejected() async throws {
        let client = try RenumerateClient(options: ["privateKey": "sk_1", "maxRetries": nil, "timeout": 2_000])
        let parameter = try await thrownError {
            try await client.createRetentionSession(parameters: ["customerMail": "x"])
        }
        #expect(parameter.message.contains("did you mean customerEmail?"))
        #expect(parameter.code == "validation")
        let other = try await thrownError {
            try await client.createSubscriptionSession(parameters: ["customerId": "cus_1", "subscriptionId": "sub_1"])
        }
        #expect(other.field == "subscriptionId")
        let type = try await thrownError { try await client.createRetentionSession(parameters: ["customerId": 1.5]) }
        #expect(type.field == "customerId")
        let option = try await thrownError { try RenumerateClient(options: ["privateKey": "sk_1", "baseurl": "x"]) }
        #expect(option.message.contains("did you mean baseUrl?"))
        let text = try await thrownError { try RenumerateClient(options: ["privateKey": "sk_1", "timeout": "soon"]) }
        #expect(text.field == "timeout" && text.message.contains("a number of milliseconds"))
        let call = try await thrownError {
            try await client.createRetentionSession(parameters: ["customerId": "c"], options: ["proxy": "x"])
        }
        #expect(call.code == "configuration")
        let misplacedOption = try await thrownError {
            try await client.createRetentionSession(parameters: ["privateKey": 3])
        }
        #expect(misplacedOption.message.contains("no parameter \"privateKey\""))
        let misplacedParameter = try await thrownError {
            try RenumerateClient(options: ["privateKey": "sk_1", "customerId": "c"])
        }
        #expect(misplacedParameter.message.contains("\"customerId\""))
    }

    @Test
    func timesByNameAreDurationsOrMilliseconds() async throws {
        try await withSandbox { sandbox in
            try await sandbox.stall()
            let client = try sandbox.client()
            let times: [SettingValue] = [.duration(.milliseconds(400)), 400, 400.5]
            for time in times {
                let slow = try await thrownError {
                    try await client.createRetentionSession(
                        parameters: ["customerId": .text(stalledCustomer)], options: ["timeout": time])
                }
                guard case .timeout(let limit) = slow else { throw slow }
                #expect(limit.scope == .total)
                #expect(slow.attempts[0].limit == .total && slow.attempts[0].outcome == .timeout)
                // The timeout includes the time before the attempt. A timeout of 400 s or 400 µs would be far off.
                #expect(slow.attempts[0].elapsed >= .milliseconds(20) && slow.attempts[0].elapsed < .seconds(20))
            }
        }
    }

    // Rules: M5
    @Test
    func errorConformsToLocalizedError() async throws {
        try await withSandbox { sandbox in
            try await sandbox.script("cus_1", .status(429).header("retry-after", "120").header("x-request-id", "req_1"))
            let failure = try await thrownError {
                try await sandbox.client().createRetentionSession(customerId: "cus_1")
            }
            #expect(failure.localizedDescription == failure.message)
            #expect("\(failure)" == "RenumerateError rate_limited: \(failure.message)")
            #expect((failure as any LocalizedError).failureReason == failure.reason)
            #expect(failure.retryAfter == .seconds(120))
            #expect(failure.requestId == "req_1")
            guard case .rateLimited(let rateLimit) = failure else { throw failure }
            #expect(rateLimit.status == 429 && rateLimit.details.message == failure.message)
        }
    }

    /// The initializer has typed throws, so this compiles without a general `catch`.
    @Test
    func clientInitializerThrowsRenumerateError() {
        do {
            _ = try RenumerateClient(privateKey: "a key")
        } catch {
            #expect(error.code == "configuration")
        }
    }
}
