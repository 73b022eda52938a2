/// A client that creates Renumerate sessions.
///
/// Create one client for the process and share it: it keeps connections open, and tasks and actors can use it
/// concurrently.
///
/// ```swift
/// let client = try RenumerateClient(timeout: .seconds(10)) // RENUMERATE_PRIVATE_KEY
/// let session = try await client.createRetentionSession(customerId: "cus_NffrFeUfNV2Hib")
/// ```
///
/// Creating a client opens no connection and starts no thread. Renumerate documents the HTTP endpoints in its
/// [API reference](https://docs.renumerate.com/reference/api).
public final class RenumerateClient: Sendable {
    let native: NativeClient
    let logger: (@Sendable (LogLine) -> Void)?

    /// Creates a client with these options.
    ///
    /// Each timeout must be longer than zero and at most 24 hours.
    ///
    /// - Parameters:
    ///   - privateKey: The brand's private key. Default: the environment variable `RENUMERATE_PRIVATE_KEY`.
    ///   - baseUrl: The base URL of the service. Default: `RENUMERATE_BASE_URL`, else `https://api.renumerate.com`.
    ///     An `http://` URL is accepted only for loopback hosts or with a sandbox key, because other keys must not be
    ///     sent unencrypted.
    ///   - timeout: The timeout of a whole call, including all attempts and waits. Default: 25 seconds.
    ///   - attemptTimeout: The timeout of one attempt, including the response body. Default: 10 seconds, or `timeout`
    ///     if that is shorter.
    ///   - connectTimeout: The timeout of DNS lookup, TCP and TLS. Default: 5 seconds, but never longer than
    ///     `attemptTimeout` or `timeout`.
    ///   - maxRetries: The maximum number of retries of a call, 0 to 10. Only failures that may be temporary are
    ///     retried. Default: 2.
    ///   - maxConnections: The maximum number of open connections, 1 to 10,000. If that many calls are running, further
    ///     calls wait in order; `timeout` limits the wait. Default: 100.
    ///   - proxy: The URL of a proxy, `http://[user:password@]host[:port]`. Connections to loopback hosts never use a
    ///     proxy. Default: the environment variables `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`.
    ///   - caBundle: The path of a PEM file with additional certificates to trust, of authorities or of a self-signed
    ///     server. The certificates of the platform and those bundled with this library are always trusted. Default:
    ///     `RENUMERATE_CA_BUNDLE`.
    ///   - appInfo: Your application's name and version for the user agent, such as `Shop/1.2`: 1 to 128 visible ASCII
    ///     characters. Default: none.
    ///   - widgetsBaseUrl: The base URL of the widgets. A session's `url` starts with it. Default: Renumerate's hosts,
    ///     or `https://localhost:4321` if `baseUrl` is a loopback address.
    ///   - publicKey: The brand's public key, `pk_…`. Only handshake tokens need it: it is checked when a token is
    ///     created. Default: `RENUMERATE_PUBLIC_KEY`.
    ///   - logger: A closure that receives each log line. Default: `nil` (no logging).
    /// - Throws: ``RenumerateError/configuration(_:)`` if there is no key or an option is invalid. Nothing is sent.
    public convenience init(
        privateKey: String? = nil,
        baseUrl: String? = nil,
        timeout: Duration? = nil,
        attemptTimeout: Duration? = nil,
        connectTimeout: Duration? = nil,
        maxRetries: Int? = nil,
        maxConnections: Int? = nil,
        proxy: String? = nil,
        caBundle: String? = nil,
        appInfo: String? = nil,
        widgetsBaseUrl: String? = nil,
        publicKey: String? = nil,
        logger: (@Sendable (LogLine) -> Void)? = nil
    ) throws(RenumerateError) {
        let options: KeyValuePairs<String, SettingValue> = [
            "privateKey": SettingValue(privateKey),
            "baseUrl": SettingValue(baseUrl),
            "timeout": SettingValue(timeout),
            "attemptTimeout": SettingValue(attemptTimeout),
            "connectTimeout": SettingValue(connectTimeout),
            "maxRetries": SettingValue(maxRetries),
            "maxConnections": SettingValue(maxConnections),
            "proxy": SettingValue(proxy),
            "caBundle": SettingValue(caBundle),
            "appInfo": SettingValue(appInfo),
            "widgetsBaseUrl": SettingValue(widgetsBaseUrl),
            "publicKey": SettingValue(publicKey),
        ]
        try self.init(optionList: options.map { ($0, $1) }, logger: logger)
    }

    /// Creates a client with options by name, such as `"baseUrl"`, for callers that read the options from a file.
    ///
    /// - Parameters:
    ///   - options: The options by name. The names are the parameter names of the other initializer. A timeout is a
    ///     `Duration` or a number of milliseconds.
    ///   - logger: A closure that receives each log line. Default: `nil` (no logging).
    /// - Throws: ``RenumerateError/configuration(_:)`` if there is no key, an option is invalid or a name is unknown.
    ///   For an unknown name, the message suggests the closest known one.
    public convenience init(options: [String: SettingValue], logger: (@Sendable (LogLine) -> Void)? = nil)
        throws(RenumerateError)
    {
        try self.init(optionList: options.map { ($0, $1) }, logger: logger)
    }

    private init(optionList: [(String, SettingValue)], logger: (@Sendable (LogLine) -> Void)?) throws(RenumerateError) {
        let options = optionList.map { NativeSetting(name: $0, value: $1.native) }
        let settings = NativeSettings(language: "swift", runtime: swiftVersion, options: options)
        try checkNativeLibrary()
        native = try mapNativeErrors { try NativeClient(privateKey: nil, settings: settings) }
        self.logger = logger
    }

    /// Closes the client. Calls in progress still complete, then their connections are closed.
    ///
    /// Later calls throw ``RenumerateError/closed(_:)``. A client that is no longer referenced needs no `close()`.
    public func close() {
        native.shutDown()
    }
}

extension RenumerateClient: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The base URL of the service, or `closed`. The key is never included.
    public var description: String { "RenumerateClient(\(native.describe()))" }

    /// The same text as `description`.
    public var debugDescription: String { description }

    /// A mirror with the same text as `description`. It never contains the key.
    public var customMirror: Mirror { Mirror(self, children: ["state": native.describe()]) }
}
