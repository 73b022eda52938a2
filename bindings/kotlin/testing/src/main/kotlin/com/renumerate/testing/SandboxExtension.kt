package com.renumerate.testing

import com.renumerate.AsyncClient
import com.renumerate.BlockingClient
import com.renumerate.Client
import org.junit.jupiter.api.extension.ExtendWith
import org.junit.jupiter.api.extension.ExtensionContext
import org.junit.jupiter.api.extension.ParameterContext
import org.junit.jupiter.api.extension.ParameterResolver
import org.junit.jupiter.api.extension.TestInstantiationAwareExtension.ExtensionContextScope
import java.util.concurrent.ConcurrentHashMap

/**
 * Provides a [Sandbox] and its clients as parameters of tests. Each test has its own sandbox, without the scripts and
 * the requests of other tests. Methods that run once for the class, such as `@BeforeAll`, share another sandbox.
 *
 * ```kotlin
 * @SandboxTest
 * class CancelTest {
 *     @Test
 *     fun `a customer who is not there`(sandbox: Sandbox, client: BlockingClient) {
 *         assertThrows<NotFoundException> { client.createRetentionSession(customerId = "cus_not_found") }
 *     }
 * }
 * ```
 */
@Target(AnnotationTarget.CLASS, AnnotationTarget.FUNCTION)
@Retention(AnnotationRetention.RUNTIME)
@MustBeDocumented
@ExtendWith(SandboxExtension::class)
public annotation class SandboxTest

/** JUnit extension of [SandboxTest], for `@ExtendWith`. It works with JUnit 5.10 and later. */
public class SandboxExtension : ParameterResolver {
    /** Makes the constructor and the method of a test share a sandbox. JUnit calls this from version 5.12 on. */
    override fun getTestInstantiationExtensionContextScope(root: ExtensionContext): ExtensionContextScope =
        ExtensionContextScope.TEST_METHOD

    override fun supportsParameter(parameter: ParameterContext, context: ExtensionContext): Boolean =
        parameter.parameter.type in TYPES

    @Suppress("DEPRECATION") // the replacement needs JUnit 6
    override fun resolveParameter(parameter: ParameterContext, context: ExtensionContext): Any {
        val store = context.getStore(ExtensionContext.Namespace.create(SandboxExtension::class.java, context.uniqueId))
        val stored = store.getOrComputeIfAbsent(Sandbox::class.java, { StoredSandbox() }, StoredSandbox::class.java)
        return stored!!.valueOf(parameter.parameter.type)
    }

    private companion object {
        val TYPES = setOf(Sandbox::class.java, Client::class.java, BlockingClient::class.java, AsyncClient::class.java)
    }
}

/**
 * Sandbox of a test or of a class, and its clients. JUnit closes it together with the store: as a `CloseableResource`
 * before JUnit 5.13, and as an `AutoCloseable` since then.
 */
@Suppress("DEPRECATION") // the replacement needs JUnit 5.13
private class StoredSandbox :
    ExtensionContext.Store.CloseableResource,
    AutoCloseable {
    private val sandbox = Sandbox.start()
    private val clients = ConcurrentHashMap<Class<*>, AutoCloseable>()

    /** Returns the sandbox, or its client of this type. */
    fun valueOf(type: Class<*>): Any = when (type) {
        Sandbox::class.java -> sandbox
        Client::class.java -> clients.computeIfAbsent(type) { sandbox.client() }
        BlockingClient::class.java -> clients.computeIfAbsent(type) { sandbox.blockingClient() }
        else -> clients.computeIfAbsent(type) { sandbox.asyncClient() }
    }

    override fun close() {
        clients.values.forEach { it.close() }
        sandbox.close()
    }
}
