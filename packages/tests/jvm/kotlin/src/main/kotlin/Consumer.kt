// Creates a session of each kind with each client class. Prints a line for each session: the client flavor, the prefix of
// the session id, and the customer that the sandbox stored.

import com.renumerate.Session
import com.renumerate.testing.Sandbox
import java.nio.file.Path

suspend fun main() {
    // An emulated machine cannot run the command in the jar.
    Sandbox.start(command = System.getProperty("command")?.let(Path::of)).use { sandbox ->
        fun show(flavor: String, session: Session) =
            println("$flavor ${session.id.substringBefore('_')} ${sandbox.session(session.id).customerId}")

        sandbox.client().use { client ->
            show("suspend", client.createRetentionSession(customerId = "cus_1"))
            show("suspend", client.createSubscriptionSession(customerId = "cus_2"))
        }
        sandbox.blockingClient().use { client ->
            show("blocking", client.createRetentionSession(customerId = "cus_3"))
            show("blocking", client.createSubscriptionSession(customerId = "cus_4"))
        }
        sandbox.asyncClient().use { client ->
            show("async", client.createRetentionSession { it.customerId("cus_5") }.get())
            show("async", client.createSubscriptionSession { it.customerId("cus_6") }.get())
        }
    }
}
