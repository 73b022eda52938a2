package com.renumerate

import kotlinx.serialization.KSerializer
import kotlinx.serialization.SerializationException
import kotlinx.serialization.descriptors.SerialDescriptor
import kotlinx.serialization.descriptors.buildClassSerialDescriptor
import kotlinx.serialization.descriptors.element
import kotlinx.serialization.encoding.Decoder
import kotlinx.serialization.encoding.Encoder
import kotlinx.serialization.encoding.encodeStructure

/**
 * Serializer of a session. Writes `id`, `url` and, if present, `requestId`. Deserialization throws, because only the
 * service can create sessions.
 *
 * The session classes have the shape that the compiler plugin of kotlinx.serialization creates: an annotation without
 * arguments, and a nested object `$serializer`. The plugin of an application finds that object. This library does not
 * use the plugin, for two reasons:
 *
 * - For an annotation without arguments, the plugin adds types of kotlinx.serialization to the signatures of the class.
 *   Jackson could then not inspect it in an application without kotlinx.serialization.
 * - For an annotation with arguments, the Java compiler warns in an application without kotlinx.serialization.
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
        throw SerializationException("a session cannot be deserialized: create a new session instead")
}
