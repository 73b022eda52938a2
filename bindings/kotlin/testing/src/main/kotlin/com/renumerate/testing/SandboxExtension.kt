package com.renumerate.testing

import com.renumerate.AsyncClient
import com.renumerate.BlockingClient
import com.renumerate.Client
import org.junit.jupiter.api.extension.ExtendWith
import org.junit.jupiter.api.extension.ExtensionContext
import org.junit.jupiter.api.extension.ParameterContext
import org.junit.jupiter.api.extension.ParameterResolver
import org.junit.jupiter.api.extension.TestInstantiationAwareExtension.ExtensionContextScope

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

/** JUnit extension of [SandboxTest], for `@ExtendWith`. */
public class SandboxExtension : ParameterResolver {
    /** Makes the constructor and the method of a test share a sandbox. */
    override fun getTestInstantiationExtensionContextScope(root: ExtensionContext): ExtensionContextScope =
        ExtensionContextScope.TEST_METHOD

    override fun supportsParameter(parameter: ParameterContext, context: ExtensionContext): Boolean =
        parameter.parameter.type in TYPES

    override fun resolveParameter(parameter: ParameterContext, context: ExtensionContext): Any {
        val store = context.getStore(ExtensionContext.Namespace.create(SandboxExtension::class.java, context.uniqueId))
        val sandbox = store.getOrCreate(Sandbox::class.java) { Sandbox.start() } as Sandbox
        val type = parameter.parameter.type
        return store.getOrCreate(type) { sandbox.clientOf(type) }
    }

    /** Returns the object of this type, created if needed. JUnit closes the objects of a store in reverse order. */
    private fun ExtensionContext.Store.getOrCreate(type: Class<*>, create: () -> AutoCloseable): Any =
        get(type) ?: create().also { put(type, it) }

    private fun Sandbox.clientOf(type: Class<*>): AutoCloseable = when (type) {
        Client::class.java -> client()
        BlockingClient::class.java -> blockingClient()
        else -> asyncClient()
    }

    private companion object {
        val TYPES = setOf(Sandbox::class.java, Client::class.java, BlockingClient::class.java, AsyncClient::class.java)
    }
}
