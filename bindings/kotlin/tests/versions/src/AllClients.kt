import com.renumerate.AsyncClient
import com.renumerate.BlockingClient
import com.renumerate.Client
import com.renumerate.NotFoundException
import com.renumerate.RetentionSession
import com.renumerate.testing.Sandbox
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.runBlocking
import kotlinx.serialization.Serializable
import kotlinx.serialization.encodeToString
import kotlinx.serialization.json.Json
import java.util.concurrent.Callable
import java.util.concurrent.ExecutorService
import java.util.concurrent.Executors

@Serializable
private class Page(val session: RetentionSession)

/** Makes calls with each kind of client. */
fun main() {
    Sandbox.start().use { sandbox ->
        val client = sandbox.client()
        for (dispatcher in listOf(Dispatchers.Default, Dispatchers.Unconfined)) runBlocking(dispatcher) { callWith(client) }
        runBlocking { callWith(client) }
        val async = AsyncClient(sandbox.options().build())
        check(async.createRetentionSession { it.customerId("cus_1") }.thenApply { it.id }.join().startsWith("ret_"))
        val blocking = BlockingClient(sandbox.options().build())
        callWith(blocking)
        // By reflection, because Java 17 has no virtual threads.
        val newPool = Executors::class.java.methods.find { it.name == "newVirtualThreadPerTaskExecutor" }
        if (newPool != null) (newPool.invoke(null) as ExecutorService).submit(Callable { callWith(blocking) }).get()
        val json = Json.encodeToString(Page(RetentionSession("ret_1", "https://w.example/")))
        check(json == """{"session":{"id":"ret_1","url":"https://w.example/"}}""") { json }
        val threads = if (newPool == null) "platform" else "virtual"
        println("kotlin-stdlib ${KotlinVersion.CURRENT}, Java ${System.getProperty("java.version")}, $threads threads")
    }
}

private suspend fun callWith(client: Client) {
    check(client.createRetentionSession(customerId = "cus_1").attempts.single().status == 200)
    check(runCatching { client.createRetentionSession(customerId = "cus_not_found") }.exceptionOrNull() is NotFoundException)
}

private fun callWith(client: BlockingClient) {
    check(client.createSubscriptionSession(customerId = "cus_1").id.startsWith("sub_"))
    check(runCatching { client.createRetentionSession { it.customerId("cus_not_found") } }.exceptionOrNull() is NotFoundException)
}
