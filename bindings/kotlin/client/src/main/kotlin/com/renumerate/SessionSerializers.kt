package com.renumerate

import kotlinx.serialization.KSerializer
import kotlinx.serialization.SerializationException
import kotlinx.serialization.descriptors.SerialDescriptor
import kotlinx.serialization.descriptors.buildClassSerialDescriptor
import kotlinx.serialization.descriptors.element
import kotlinx.serialization.encoding.Decoder
import kotlinx.serialization.encoding.Encoder
import kotlinx.serialization.encoding.encodeStructure

// These serializers are written by hand. The compiler plugin would add types of kotlinx.serialization to the session
// classes. An application that has Jackson but not kotlinx.serialization could then not write sessions as JSON, because
// Jackson could not inspect the classes. The serializers are in a separate file for the same reason.

/**
 * Serializer of a session. Writes `id`, `url` and, if present, `requestId`. Deserialization throws, because only the
 * service can create sessions.
 */
internal open class SessionSerializer<S : Session>(name: String) : KSerializer<S> {
    override val descriptor: SerialDescriptor =
        buildClassSerialDescriptor(name) {
            element<String>("id")
            element<String>("url")
            element<String>("requestId", isOptional = true)
        }

    override fun serialize(encoder: Encoder, value: S): Unit = encoder.encodeStructure(descriptor) {
        encodeStringElement(descriptor, 0, value.id)
        encodeStringElement(descriptor, 1, value.url)
        value.requestId?.let { encodeStringElement(descriptor, 2, it) }
    }

    override fun deserialize(decoder: Decoder): S =
        throw SerializationException("a session is only ever minted: send its id to the page, and mint another one for the next")
}

internal object RetentionSessionSerializer : SessionSerializer<RetentionSession>("com.renumerate.RetentionSession")

internal object SubscriptionSessionSerializer : SessionSerializer<SubscriptionSession>("com.renumerate.SubscriptionSession")
