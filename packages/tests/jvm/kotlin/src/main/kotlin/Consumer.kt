// Mints both sessions through each face, and prints a line for each: the face, the prefix of the id, and the customer whom the
// sandbox has it for.

import com.renumerate.Session
import com.renumerate.testing.Sandbox
import java.nio.file.Path

suspend fun main() {
    // An emulated machine cannot start what is in the jar.
    Sandbox.start(command = System.getProperty("command")?.let(Path::of)).use { sandbox ->
        fun show(face: String, session: Session) =
            println("$face ${session.id.substringBefore('_')} ${sandbox.session(session.id).customerId}")

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
