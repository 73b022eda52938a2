package com.renumerate.conformance

import com.renumerate.RenumerateException
import com.renumerate.Session
import java.io.ByteArrayInputStream
import java.io.ByteArrayOutputStream
import java.io.ObjectInputStream
import java.io.ObjectOutputStream

/** Maximum length of one form, like that of a log line. */
private const val MAX_LENGTH = 100_000

/** Returns every form in which a program, a log or a crash report may show a value, each once. */
fun formsOf(value: Any): List<String> {
    val forms = mutableListOf("$value", "${listOf(value)}", "${mapOf(1 to value)}", "${Result.success(value)}")
    if (value is Session) forms += "${value.attempts}"
    if (value is Throwable) forms += formsOfThrowable(value)
    return forms.distinct().map { it.take(MAX_LENGTH) }
}

private fun formsOfThrowable(error: Throwable): List<String> {
    val causes = generateSequence(error) { it.cause }.flatMap { listOf(it) + it.suppressed }
    val (written, same) = serialized(error)
    val forms =
        causes.flatMap {
            listOf("${it.message}", it.localizedMessage.orEmpty(), "$it", it.stackTraceToString())
        }
    return forms.toList() +
        listOf(written, same.stackTraceToString(), RuntimeException("wrapped", error).stackTraceToString()) +
        listOfNotNull((error as? RenumerateException)?.attempts?.toString())
}

/** Returns the bytes of Java serialization as text, and the deserialized exception. */
private fun serialized(error: Throwable): Pair<String, Throwable> {
    val output = ByteArrayOutputStream()
    ObjectOutputStream(output).use { it.writeObject(error) }
    val bytes = output.toByteArray()
    val copy = ObjectInputStream(ByteArrayInputStream(bytes)).readObject() as Throwable
    return bytes.toString(Charsets.ISO_8859_1) to copy
}
