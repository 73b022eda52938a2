package com.renumerate

import com.renumerate.internal.NativeLibrary
import com.renumerate.internal.Setting
import com.renumerate.internal.SettingValue
import com.renumerate.internal.Settings
import com.renumerate.internal.encodableKey
import com.renumerate.internal.encodeSetting
import com.renumerate.internal.mapNativeErrors
import java.nio.file.Path
import java.time.Duration
import kotlin.time.toJavaDuration

/**
 * The settings of a client, put together by a [Builder]; Kotlin has them as named arguments of the clients. What is not
 * given has the default that the builder's method states. They are checked when a client is made of them.
 */
public class ClientOptions private constructor(privateKey: String?, options: Map<String, Any?>, logger: Logger?) {
    // Private and transient: what writes objects as JSON passes them by.
    @Transient
    private val privateKey: String? = privateKey

    @Transient
    private val options: List<Setting> = options.map { (name, value) -> encodeSetting(name, value) }

    @Transient
    private val logger: Logger? = logger

    /** Creates a client: [factory] receives the key, the other settings and the logger. */
    internal fun <C> createClient(factory: (String?, Settings, Logger?) -> C): C {
        NativeLibrary.ensureLoaded()
        val settings = Settings("kotlin", "Java ${System.getProperty("java.version")}", options)
        return mapNativeErrors { factory(encodableKey(privateKey), settings, logger) }
    }

    /** Names the options that were given, and shows none of their values: a key may stand in any of them. */
    override fun toString(): String = "ClientOptions(${options.joinToString { it.name }})"

    /** Puts settings together. */
    public class Builder {
        @Transient
        private var privateKey: String? = null

        @Transient
        private val options: MutableMap<String, Any?> = LinkedHashMap()

        @Transient
        private var logger: Logger? = null

        /** The brand's private key. Default: the variable `RENUMERATE_PRIVATE_KEY`. */
        public fun privateKey(privateKey: String?): Builder = apply { this.privateKey = privateKey }

        /**
         * Where the service is. Default: the variable `RENUMERATE_BASE_URL`, else `https://api.renumerate.com`. `http://` is
         * taken for loopback only, or for any host with a key of the sandbox: another key would travel in the clear.
         */
        public fun baseUrl(baseUrl: String?): Builder = option("baseUrl", baseUrl)

        /** The limit of a whole call, with all attempts and waits. Default: 25 s. */
        public fun timeout(timeout: Duration?): Builder = option("timeout", timeout)

        /** The limit of one attempt, its body included. Default: 10 s, or [timeout] where that is shorter. */
        public fun attemptTimeout(attemptTimeout: Duration?): Builder = option("attemptTimeout", attemptTimeout)

        /** The limit of opening a connection: name look-up, TCP and TLS. Default: 5 s, or what is shorter above. */
        public fun connectTimeout(connectTimeout: Duration?): Builder = option("connectTimeout", connectTimeout)

        /** How often a call that failed is tried again where that may help, 0 to 10. Default: 2. */
        public fun maxRetries(maxRetries: Int?): Builder = option("maxRetries", maxRetries)

        /**
         * The proxy to go through, `http://[user:password@]host[:port]`. Default: the variables `HTTPS_PROXY`, `HTTP_PROXY`,
         * `ALL_PROXY` and `NO_PROXY`; the JVM's own properties are not looked at. Loopback is always reached directly.
         */
        public fun proxy(proxy: String?): Builder = option("proxy", proxy)

        /**
         * A PEM file of certificates to trust beside the platform's and the bundled ones. Default: the variable
         * `RENUMERATE_CA_BUNDLE`. The JVM's own trust store is not looked at.
         */
        public fun caBundle(caBundle: Path?): Builder = option("caBundle", caBundle)

        /** Your application's name and version, `Shop/1.2`, for the user agent. */
        public fun appInfo(appInfo: String?): Builder = option("appInfo", appInfo)

        /** Where the widgets are that [Session.url] points to. Default: the vendor's hosts. */
        public fun widgetsBaseUrl(widgetsBaseUrl: String?): Builder = option("widgetsBaseUrl", widgetsBaseUrl)

        /** Who takes the logs. Default: nobody. */
        public fun logger(logger: Logger?): Builder = apply { this.logger = logger }

        /**
         * Sets an option by its name, such as `"baseUrl"`: for settings that come from a file. A time is a [Duration] or a number
         * of milliseconds. An unknown name is refused when the client is made, with the nearest known one.
         */
        public fun option(name: String, value: Any?): Builder = apply {
            if (name == "privateKey" && value is String?) privateKey = value else options[name] = value
        }

        /** The settings so far. */
        public fun build(): ClientOptions = ClientOptions(privateKey, options, logger)
    }

    public companion object {
        /** Starts without any. */
        @JvmStatic
        public fun builder(): Builder = Builder()
    }
}

/** The settings that a client has as named arguments. */
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
    logger: Logger?,
): ClientOptions = ClientOptions.builder()
    .privateKey(privateKey)
    .baseUrl(baseUrl)
    .timeout(timeout?.toJavaDuration())
    .attemptTimeout(attemptTimeout?.toJavaDuration())
    .connectTimeout(connectTimeout?.toJavaDuration())
    .maxRetries(maxRetries)
    .proxy(proxy)
    .caBundle(caBundle)
    .appInfo(appInfo)
    .widgetsBaseUrl(widgetsBaseUrl)
    .logger(logger)
    .build()
