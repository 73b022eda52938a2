package com.renumerate.trials

import com.renumerate.Client
import com.renumerate.ClientOptions
import com.renumerate.RetentionSessionRequest
import com.renumerate.Session
import com.renumerate.SubscriptionSessionRequest
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.async
import kotlinx.coroutines.joinAll
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import java.util.concurrent.atomic.AtomicInteger

/** `Client`, in coroutines. */
object SuspendFace : Face {
    /** The parent of all calls. */
    private val parent = SupervisorJob()
    private val scope = CoroutineScope(parent + Dispatchers.Default)

    override fun open(options: ClientOptions): Face.Opened = Opened(Client(options))

    override fun tasks(): Int = parent.children.count()

    private class Opened(private val client: Client) : Face.Opened {
        override fun client() = client

        override fun call(subscription: Boolean, parameters: Map<String, Any?>, options: Map<String, Any?>): Session =
            runBlocking(Dispatchers.Default) {
                if (subscription) {
                    val request = SubscriptionSessionRequest.builder()
                    parameters.forEach(request::parameter)
                    options.forEach(request::option)
                    client.createSubscriptionSession(request.build())
                } else {
                    val request = RetentionSessionRequest.builder()
                    parameters.forEach(request::parameter)
                    options.forEach(request::option)
                    client.createRetentionSession(request.build())
                }
            }

        override fun calls(count: Int, atOnce: Int, ends: Ends) = inLanes(count, atOnce) { number ->
            try {
                ends.session(create(number))
            } catch (error: Throwable) {
                ends.error(error)
            }
        }

        override fun cancel(count: Int, atOnce: Int, times: RandomTimes, ends: Ends) = inLanes(count, atOnce) { number ->
            val call = scope.async { create(number) }
            val cancelling = times.soon { call.cancel() }
            try {
                ends.session(call.await())
            } catch (_: CancellationException) {
                ends.cancelled()
            } catch (error: Throwable) {
                ends.error(error)
            } finally {
                cancelling.cancel(false)
            }
        }

        private suspend fun create(number: Int) = client.createRetentionSession(customerId = "cus_$number")

        override fun close() = client.close()
    }

    private fun inLanes(count: Int, atOnce: Int, work: suspend (Int) -> Unit) = runBlocking {
        val numbers = AtomicInteger()
        val lanes =
            List(atOnce) {
                scope.launch {
                    for (number in generateSequence(numbers::getAndIncrement).takeWhile { it < count }) work(number)
                }
            }
        lanes.joinAll()
    }
}
