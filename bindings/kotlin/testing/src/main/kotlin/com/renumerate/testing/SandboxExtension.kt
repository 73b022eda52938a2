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
 * A [Sandbox] for the tests of a class, which take it as a parameter, or a client of it. Each test has one of its own: what
 * another one scripted or sent is not there, nor what a method for all tests of the class did to its own one.
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

/** What [SandboxTest] names, for `@ExtendWith`. */
public class SandboxExtension : ParameterResolver {
    /** What a constructor takes is that of the test, as what its method takes. */
    override fun getTestInstantiationExtensionContextScope(root: ExtensionContext): ExtensionContextScope =
        ExtensionContextScope.TEST_METHOD

    override fun supportsParameter(parameter: ParameterContext, context: ExtensionContext): Boolean =
        parameter.parameter.type in KINDS

    override fun resolveParameter(parameter: ParameterContext, context: ExtensionContext): Any {
        val store = context.getStore(ExtensionContext.Namespace.create(SandboxExtension::class.java, context.uniqueId))
        val sandbox = store.one(Sandbox::class.java) { Sandbox.start() } as Sandbox
        val kind = parameter.parameter.type
        return store.one(kind) { sandbox.clientOf(kind) }
    }

    /** What is kept under this type. JUnit closes it with the store, the last one first. */
    private fun ExtensionContext.Store.one(kind: Class<*>, make: () -> AutoCloseable): Any =
        get(kind) ?: make().also { put(kind, it) }

    private fun Sandbox.clientOf(kind: Class<*>): AutoCloseable = when (kind) {
        Client::class.java -> client()
        BlockingClient::class.java -> blockingClient()
        else -> asyncClient()
    }

    private companion object {
        val KINDS = setOf(Sandbox::class.java, Client::class.java, BlockingClient::class.java, AsyncClient::class.java)
    }
}
