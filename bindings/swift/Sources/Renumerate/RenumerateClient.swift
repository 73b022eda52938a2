/// Mints sessions. Make one for the process and share it: it keeps its connections, and tasks and actors may use it at once.
///
/// ```swift
/// let client = try RenumerateClient(timeout: .seconds(10)) // RENUMERATE_PRIVATE_KEY
/// let session = try await client.createRetentionSession(customerId: "cus_NffrFeUfNV2Hib")
/// ```
///
/// Making a client opens no connection and starts no thread. The vendor's page on the two calls:
/// [API reference](https://docs.renumerate.com/reference/api).
public final class RenumerateClient: Sendable {
    let native: NativeClient
    let logger: (@Sendable (LogLine) -> Void)?

    /// A client with these settings.
    ///
    /// - Parameters:
    ///   - privateKey: The brand's private key. Default: the variable `RENUMERATE_PRIVATE_KEY`.
    ///   - baseUrl: Where the service is. Default: `RENUMERATE_BASE_URL`, else `https://api.renumerate.com`. `http://` is taken
    ///     for loopback only, or for any host with a key of the sandbox: another key would travel in the clear.
    ///   - timeout: The limit of a whole call, with all attempts and waits. Default: 25 s.
    ///   - attemptTimeout: The limit of one attempt, its body included. Default: 10 s, or `timeout` where that is shorter.
    ///   - connectTimeout: The limit of name look-up, TCP and TLS. Default: 5 s, or what is shorter above.
    ///   - maxRetries: How often a call that failed is tried again where that may help, 0 to 10. Default: 2.
    ///   - proxy: `http://[user:password@]host[:port]`. Default: `HTTPS_PROXY` and its like; loopback is reached directly.
    ///   - caBundle: The path of a PEM file of certificates to trust beside the platform's and the bundled ones.
    ///     Default: `RENUMERATE_CA_BUNDLE`.
    ///   - appInfo: Your application in the user agent, `Shop/1.2`.
    ///   - widgetsBaseUrl: Where a session's `url` points. Default: the vendor's hosts.
    ///   - logger: Who takes the logs. Default: nobody.
    /// - Throws: ``RenumerateError/configuration(_:)``: there is no key, or a setting cannot be used. Nothing was sent.
    public convenience init(
        privateKey: String? = nil,
        baseUrl: String? = nil,
        timeout: Duration? = nil,
        attemptTimeout: Duration? = nil,
        connectTimeout: Duration? = nil,
        maxRetries: Int? = nil,
        proxy: String? = nil,
        caBundle: String? = nil,
        appInfo: String? = nil,
        widgetsBaseUrl: String? = nil,
        logger: (@Sendable (LogLine) -> Void)? = nil
    ) throws(RenumerateError) {
        let options: KeyValuePairs<String, SettingValue> = [
            "privateKey": SettingValue(privateKey),
            "baseUrl": SettingValue(baseUrl),
            "timeout": SettingValue(timeout),
            "attemptTimeout": SettingValue(attemptTimeout),
            "connectTimeout": SettingValue(connectTimeout),
            "maxRetries": SettingValue(maxRetries),
            "proxy": SettingValue(proxy),
            "caBundle": SettingValue(caBundle),
            "appInfo": SettingValue(appInfo),
            "widgetsBaseUrl": SettingValue(widgetsBaseUrl),
        ]
        try self.init(optionList: options.map { ($0, $1) }, logger: logger)
    }

    /// A client with settings by name, such as `"baseUrl"`: for those that come from a file.
    ///
    /// - Parameters:
    ///   - options: The options of the other initializer by name. A time is a `Duration` or a number of milliseconds.
    ///   - logger: Who takes the logs. Default: nobody.
    /// - Throws: ``RenumerateError/configuration(_:)``, also for an unknown name; it says the nearest known one.
    public convenience init(options: [String: SettingValue], logger: (@Sendable (LogLine) -> Void)? = nil)
        throws(RenumerateError)
    {
        try self.init(optionList: options.map { ($0, $1) }, logger: logger)
    }

    private init(optionList: [(String, SettingValue)], logger: (@Sendable (LogLine) -> Void)?) throws(RenumerateError) {
        let options = optionList.map { NativeSetting(name: $0, value: $1.native) }
        let settings = NativeSettings(language: "swift", runtime: swiftVersion, options: options)
        native = try mapNativeErrors { try NativeClient(privateKey: nil, settings: settings) }
        self.logger = logger
    }

    /// Mints a retention session, which opens the cancel flow: `POST /v1/retention/session`. Give `customerId` or
    /// `customerEmail`, or both. Mint it when the customer clicks, for the customer that your backend has signed in.
    ///
    /// A task that is cancelled ends the request, and its connection.
    ///
    /// - Parameters:
    ///   - customerId: The customer's id with your payment provider, `cus_…`.
    ///   - customerEmail: The customer's e-mail address.
    ///   - subscriptionId: The subscription to cancel, where the customer has several.
    ///   - timeout: The limit of this whole call. Default: the client's.
    ///   - maxRetries: How often this call is tried again, 0 to 10. Default: the client's.
    /// - Returns: The session, whose `id` is for your page.
    /// - Throws: ``RenumerateError``, or `CancellationError` where the task is cancelled.
    public func createRetentionSession(
        customerId: String? = nil,
        customerEmail: String? = nil,
        subscriptionId: String? = nil,
        timeout: Duration? = nil,
        maxRetries: Int? = nil
    ) async throws -> RetentionSession {
        let request = NativeRequest(
            subscription: false, customerId: customerId, customerEmail: customerEmail, subscriptionId: subscriptionId,
            timeout: timeout, maxRetries: maxRetries, listens: logger != nil)
        return RetentionSession(try await perform(request))
    }

    /// Mints a subscription session, which opens the SubscriptionHub: `POST /v1/subscription/session`. It shows all
    /// subscriptions of the customer. All else is as with ``createRetentionSession(customerId:customerEmail:subscriptionId:timeout:maxRetries:)``.
    ///
    /// - Parameters:
    ///   - customerId: The customer's id with your payment provider, `cus_…`.
    ///   - customerEmail: The customer's e-mail address.
    ///   - timeout: The limit of this whole call. Default: the client's.
    ///   - maxRetries: How often this call is tried again, 0 to 10. Default: the client's.
    /// - Returns: The session, whose `id` is for your page.
    /// - Throws: ``RenumerateError``, or `CancellationError` where the task is cancelled.
    public func createSubscriptionSession(
        customerId: String? = nil,
        customerEmail: String? = nil,
        timeout: Duration? = nil,
        maxRetries: Int? = nil
    ) async throws -> SubscriptionSession {
        let request = NativeRequest(
            subscription: true, customerId: customerId, customerEmail: customerEmail, subscriptionId: nil,
            timeout: timeout, maxRetries: maxRetries, listens: logger != nil)
        return SubscriptionSession(try await perform(request))
    }

    /// Lets the connections go, once calls that are under way have ended. A client that is closed makes no more calls; one
    /// that nobody holds any more needs no closing.
    public func close() {
        native.finish()
    }
}

extension RenumerateClient: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Where its service is, and never the key.
    public var description: String { "RenumerateClient(\(native.state()))" }

    /// The same.
    public var debugDescription: String { description }

    /// The same.
    public var customMirror: Mirror { Mirror(self, children: ["state": native.state()]) }
}
