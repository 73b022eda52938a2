package com.renumerate.trials

import com.renumerate.RenumerateException
import com.renumerate.Session
import java.io.ByteArrayInputStream
import java.io.ByteArrayOutputStream
import java.io.ObjectInputStream
import java.io.ObjectOutputStream

/** More of one form is no log's line any more. */
private const val LONGEST = 100_000

/** Every form in which a program, a log or a crash report may show a client, a session or an exception, each once. */
fun formsOf(value: Any): List<String> {
    val forms = mutableListOf("$value", "${listOf(value)}", "${mapOf(1 to value)}", "${Result.success(value)}")
    if (value is Session) forms += "${value.attempts}"
    if (value is Throwable) forms += formsOfThrowable(value)
    return forms.distinct().map { it.take(LONGEST) }
}

private fun formsOfThrowable(error: Throwable): List<String> {
    val causes = generateSequence(error) { it.cause }.flatMap { listOf(it) + it.suppressed }
    val (written, same) = sentElsewhere(error)
    return causes.flatMap { listOf("${it.message}", it.localizedMessage.orEmpty(), "$it", it.stackTraceToString()) }.toList() +
        listOf(written, same.stackTraceToString(), RuntimeException("wrapped", error).stackTraceToString()) +
        listOfNotNull((error as? RenumerateException)?.attempts?.toString())
}

/** What Java's own serialization writes of it, and what it reads. */
private fun sentElsewhere(error: Throwable): Pair<String, Throwable> {
    val bytes = ByteArrayOutputStream().also { ObjectOutputStream(it).use { output -> output.writeObject(error) } }.toByteArray()
    return bytes.toString(Charsets.ISO_8859_1) to ObjectInputStream(ByteArrayInputStream(bytes)).readObject() as Throwable
}
