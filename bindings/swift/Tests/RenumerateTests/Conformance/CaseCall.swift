import Renumerate

/// A case's client and its call: by typed arguments where these can say what the case says, else by names.
struct CaseCall {
    let client: RenumerateClient
    private let isSubscription: Bool
    private let parameters: [String: SettingValue]
    private let options: [String: SettingValue]

    init(_ played: JSON, key: String, baseUrl: String) throws {
        let given = CaseCall.translated(played["client"])
        let named = ["privateKey": .text(key), "baseUrl": .text(baseUrl)].merging(given) { $1 }
        client = try CaseCall.typed(named) ?? RenumerateClient(options: named)
        let call = played["call"]
        isSubscription = call?["method"]?.string == "create_subscription_session"
        parameters = CaseCall.translated(call?["parameters"])
        options = CaseCall.translated(call?["options"])
    }

    /// Whether it is made by typed arguments.
    var isTyped: Bool {
        let names = ["customerId", "customerEmail"] + (isSubscription ? [] : ["subscriptionId"])
        return Set(parameters.keys).isSubset(of: names) && parameters.values.allSatisfy(\.isText)
            && Set(options.keys).isSubset(of: ["timeout", "maxRetries"]) && options.values.allSatisfy(\.isCount)
    }

    func make() async throws -> any RenumerateSession {
        if isTyped {
            let (id, email) = (parameters["customerId"]?.string, parameters["customerEmail"]?.string)
            let (timeout, retries) = (options["timeout"]?.time, options["maxRetries"]?.count)
            if isSubscription {
                return try await client.createSubscriptionSession(
                    customerId: id, customerEmail: email, timeout: timeout, maxRetries: retries)
            }
            return try await client.createRetentionSession(
                customerId: id, customerEmail: email, subscriptionId: parameters["subscriptionId"]?.string,
                timeout: timeout, maxRetries: retries)
        }
        if isSubscription {
            return try await client.createSubscriptionSession(parameters: parameters, options: options)
        }
        return try await client.createRetentionSession(parameters: parameters, options: options)
    }

    private static func typed(_ named: [String: SettingValue]) throws -> RenumerateClient? {
        let times = ["timeout", "attemptTimeout", "connectTimeout"]
        let texts = ["privateKey", "baseUrl", "proxy", "caBundle", "appInfo", "widgetsBaseUrl"]
        let fits = named.allSatisfy { name, value in
            texts.contains(name) && value.isText || (times + ["maxRetries"]).contains(name) && value.isCount
        }
        guard fits else { return nil }
        return try RenumerateClient(
            privateKey: named["privateKey"]?.string, baseUrl: named["baseUrl"]?.string, timeout: named["timeout"]?.time,
            attemptTimeout: named["attemptTimeout"]?.time, connectTimeout: named["connectTimeout"]?.time,
            maxRetries: named["maxRetries"]?.count, proxy: named["proxy"]?.string, caBundle: named["caBundle"]?.string,
            appInfo: named["appInfo"]?.string, widgetsBaseUrl: named["widgetsBaseUrl"]?.string)
    }

    /// Options or parameters in this language's names, with times in milliseconds.
    private static func translated(_ named: JSON?) -> [String: SettingValue] {
        let pairs = (named?.members ?? [:]).map { name, value in
            let scale = name.hasSuffix("timeout") ? 1000.0 : 1
            let given = value.string.map(SettingValue.text) ?? value.double.map { .number($0 * scale) }
            return (Vectors.camelCase(name), given ?? .absent)
        }
        return Dictionary(uniqueKeysWithValues: pairs)
    }
}

extension SettingValue {
    fileprivate var string: String? {
        if case .text(let text) = self { text } else { nil }
    }

    fileprivate var time: Duration? {
        if case .number(let number) = self { .microseconds(Int(number * 1e3)) } else { nil }
    }

    fileprivate var count: Int? {
        if case .number(let number) = self { Int(exactly: number) } else { nil }
    }

    fileprivate var isText: Bool { self == .absent || string != nil }

    fileprivate var isCount: Bool { self == .absent || count != nil }
}
