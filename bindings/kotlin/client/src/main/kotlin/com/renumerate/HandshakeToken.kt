package com.renumerate

import kotlinx.serialization.KSerializer
import kotlinx.serialization.Serializable
import kotlinx.serialization.SerializationException
import kotlinx.serialization.descriptors.SerialDescriptor
import kotlinx.serialization.descriptors.buildClassSerialDescriptor
import kotlinx.serialization.descriptors.element
import kotlinx.serialization.encoding.Decoder
import kotlinx.serialization.encoding.Encoder
import kotlinx.serialization.encoding.encodeStructure
import java.time.Instant

/**
 * Handshake token, which the browser exchanges for a session of the customer. The service accepts it once, within 5
 * minutes. `toString` masks the token. Gson, Jackson, JSON-B, kotlinx.serialization and Moshi can convert it to the JSON
 * that the page expects: `{"token": "…"}`.
 *
 * The constructor is for your tests. The browser can exchange only tokens that a client has created.
 */
@Serializable
public class HandshakeToken @JvmOverloads constructor(
    /**
     * Token in plain text. It is a bearer credential: whoever has it can open the customer's widgets. Pass it only to
     * the page of that customer, and do not cache or log it.
     */
    public val token: String,
    /** Time after which the service rejects the token: 5 minutes after its creation. It is not part of the JSON. */
    @Transient // for libraries that convert fields to JSON, such as Gson and Moshi
    @get:java.beans.Transient // for libraries that convert getters, such as Jackson
    public val expiresAt: Instant = Instant.now().plusSeconds(LIFETIME_S),
) {
    override fun equals(other: Any?): Boolean = other is HandshakeToken && token == other.token && expiresAt == other.expiresAt

    override fun hashCode(): Int = token.hashCode()

    override fun toString(): String = "HandshakeToken(token=…, expiresAt=$expiresAt)"

    /** Serializer of the class. See [SessionSerializer] for its name. */
    @Suppress("ClassName")
    internal object `$serializer` : KSerializer<HandshakeToken> {
        override val descriptor: SerialDescriptor =
            buildClassSerialDescriptor("com.renumerate.HandshakeToken") { element<String>("token") }

        override fun serialize(encoder: Encoder, value: HandshakeToken): Unit = encoder.encodeStructure(descriptor) {
            encodeStringElement(descriptor, 0, value.token)
        }

        override fun deserialize(decoder: Decoder): HandshakeToken =
            throw SerializationException("a handshake token cannot be deserialized: create a new token instead")
    }

    public companion object {
        /** Lifetime of a token, for the default that Moshi requires of parameters outside the JSON. */
        private const val LIFETIME_S = 300L

        /** Returns the serializer of the class, for kotlinx.serialization. */
        @JvmSynthetic
        public fun serializer(): KSerializer<HandshakeToken> = `$serializer`
    }
}
