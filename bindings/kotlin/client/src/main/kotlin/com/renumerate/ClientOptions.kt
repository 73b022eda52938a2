package com.renumerate

import com.renumerate.internal.NativeLibrary
import com.renumerate.internal.Setting
import com.renumerate.internal.Settings
import com.renumerate.internal.encodableKey
import com.renumerate.internal.encodeSetting
import com.renumerate.internal.mapNativeErrors
import com.renumerate.internal.withInvalidTextMarked
import java.nio.file.Path
import java.time.Duration
import kotlin.time.toJavaDuration

/**
 * Settings of a client, created by a [Builder]. Kotlin code can pass named arguments to [Client] or [BlockingClient]
 * instead.
 *
 * Each method of the builder documents the default of its setting. The settings are validated when a client is created.
 */
public class ClientOptions private constructor(privateKey: String?, options: Map<String, Any?>, logger: Logger?) {
    // These fields may contain secrets. They are private and transient, so that JSON serializers skip them.
    @Transient
    private val privateKey: String? = privateKey

    @Transient
    private val options: List<Setting> = options.map { (name, value) -> encodeSetting(name, value).withInvalidTextMarked() }

    @Transient
    private val logger: Logger? = logger

    /** Creates a client: [factory] receives the key, the other settings and the logger. */
    internal fun <C> createClient(factory: (String?, Settings, Logger?) -> C): C {
        NativeLibrary.ensureLoaded()
        val settings = Settings("kotlin", "Java ${System.getProperty("java.version")}", options)
        return mapNativeErrors { factory(encodableKey(privateKey), settings, logger) }
    }

    /** Returns the names of the options. Their values are omitted, because any of them could contain a private key. */
    override fun toString(): String = "ClientOptions(${options.joinToString { it.name }})"

    /** Builder of [ClientOptions]. */
    public class Builder {
        @Transient
        private var privateKey: String? = null

        @Transient
        private val options: MutableMap<String, Any?> = LinkedHashMap()

        @Transient
        private var logger: Logger? = null

        /** Sets the private key of the brand. Default: the environment variable `RENUMERATE_PRIVATE_KEY`. */
        public fun privateKey(privateKey: String?): Builder = apply { this.privateKey = privateKey }

        /**
         * Sets the base URL of the service. Default: the environment variable `RENUMERATE_BASE_URL`, else
         * `https://api.renumerate.com`.
         *
         * An `http://` URL is accepted only for loopback addresses or with a sandbox key (`sk_sandbox_…`), because
         * other keys must not be sent unencrypted.
         */
        public fun baseUrl(baseUrl: String?): Builder = option("baseUrl", baseUrl)

        /** Sets the timeout of a whole call, including all attempts and waits, at most 24 hours. Default: 25 s. */
        public fun timeout(timeout: Duration?): Builder = option("timeout", timeout)

        /** Sets the timeout of one attempt, including the response body. Default: 10 s, or [timeout] if shorter. */
        public fun attemptTimeout(attemptTimeout: Duration?): Builder = option("attemptTimeout", attemptTimeout)

        /**
         * Sets the timeout of opening a connection: DNS lookup, TCP connect and TLS handshake. Default: 5 s, but never
         * longer than [timeout] or [attemptTimeout].
         */
        public fun connectTimeout(connectTimeout: Duration?): Builder = option("connectTimeout", connectTimeout)

        /** Sets the maximum number of retries after a retryable failure, 0 to 10. Default: 2. */
        public fun maxRetries(maxRetries: Int?): Builder = option("maxRetries", maxRetries)

        /**
         * Sets the maximum number of open connections, 1 to 10,000. Default: 100. If that many calls are running,
         * further calls wait in order; [timeout] limits the wait.
         */
        public fun maxConnections(maxConnections: Int?): Builder = option("maxConnections", maxConnections)

        /**
         * Sets the proxy, `http://[user:password@]host[:port]`. Default: the environment variables `HTTPS_PROXY`,
         * `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`. The proxy properties of the JVM are ignored. Connections to
         * loopback addresses never use a proxy.
         */
        public fun proxy(proxy: String?): Builder = option("proxy", proxy)

        /**
         * Sets a PEM file with additional certificates to trust, of authorities or of a self-signed server. The
         * certificates of the platform and those bundled with this library are always trusted; the trust store of the
         * JVM is ignored. Default: the environment variable `RENUMERATE_CA_BUNDLE`.
         */
        public fun caBundle(caBundle: Path?): Builder = option("caBundle", caBundle)

        /** Sets the name and version of your application for the user agent, such as `Shop/1.2`. Default: none. */
        public fun appInfo(appInfo: String?): Builder = option("appInfo", appInfo)

        /**
         * Sets the base URL of the widgets. [Session.url] starts with it. Default: Renumerate's hosts, or
         * `https://localhost:4321` if [baseUrl] is a loopback address.
         */
        public fun widgetsBaseUrl(widgetsBaseUrl: String?): Builder = option("widgetsBaseUrl", widgetsBaseUrl)

        /**
         * Sets the public key of the brand, `pk_…`. Only handshake tokens need it: it is checked when a token is
         * created. Default: the environment variable `RENUMERATE_PUBLIC_KEY`.
         */
        public fun publicKey(publicKey: String?): Builder = option("publicKey", publicKey)

        /** Sets the receiver of the log lines. Default: none. */
        public fun logger(logger: Logger?): Builder = apply { this.logger = logger }

        /**
         * Sets an option by name, such as `"baseUrl"`. Use this method if, for example, the names come from a
         * configuration file. A timeout is a [Duration] or a number of milliseconds. If a name is unknown, the
         * constructor of the client throws an exception that suggests the closest known name.
         */
        public fun option(name: String, value: Any?): Builder = apply {
            if (name == "privateKey" && value is String?) privateKey = value else options[name] = value
        }

        /** Returns the settings. */
        public fun build(): ClientOptions = ClientOptions(privateKey, options, logger)
    }

    public companion object {
        /** Returns a builder with default settings. */
        @JvmStatic
        public fun builder(): Builder = Builder()
    }
}

/** Creates settings from the named arguments of a client. */
internal fun clientOptions(
    privateKey: String?,
    baseUrl: String?,
    timeout: kotlin.time.Duration?,
    attemptTimeout: kotlin.time.Duration?,
    connectTimeout: kotlin.time.Duration?,
    maxRetries: Int?,
    proxy: String?,
    caBundle: Path?,
    appInfo: String?,
    widgetsBaseUrl: String?,
    maxConnections: Int?,
    publicKey: String?,
    logger: Logger?,
): ClientOptions = ClientOptions.builder()
    .privateKey(privateKey)
    .baseUrl(baseUrl)
    .timeout(timeout?.toJavaDuration())
    .attemptTimeout(attemptTimeout?.toJavaDuration())
    .connectTimeout(connectTimeout?.toJavaDuration())
    .maxRetries(maxRetries)
    .maxConnections(maxConnections)
    .proxy(proxy)
    .caBundle(caBundle)
    .appInfo(appInfo)
    .widgetsBaseUrl(widgetsBaseUrl)
    .publicKey(publicKey)
    .logger(logger)
    .build()
