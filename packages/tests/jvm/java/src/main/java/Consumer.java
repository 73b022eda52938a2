import com.renumerate.AsyncClient;
import com.renumerate.BlockingClient;
import com.renumerate.Session;
import com.renumerate.testing.Sandbox;
import java.nio.file.Path;

/**
 * Creates a session of each kind with each client class for Java. Prints a line for each session: the client flavor, the
 * prefix of the session id, and the customer that the sandbox stored.
 */
public final class Consumer {
    private Consumer() {}

    public static void main(String[] arguments) throws Exception {
        // An emulated machine cannot run the command in the jar.
        String command = System.getProperty("command");
        try (Sandbox sandbox = Sandbox.start(null, null, null, command == null ? null : Path.of(command));
                BlockingClient blocking = sandbox.blockingClient();
                AsyncClient async = sandbox.asyncClient()) {
            show(sandbox, "blocking", blocking.createRetentionSession(request -> request.customerId("cus_1")));
            show(sandbox, "blocking", blocking.createSubscriptionSession(request -> request.customerId("cus_2")));
            show(sandbox, "async", async.createRetentionSession(request -> request.customerId("cus_3")).get());
            show(sandbox, "async", async.createSubscriptionSession(request -> request.customerId("cus_4")).get());
        }
    }

    private static void show(Sandbox sandbox, String flavor, Session session) {
        String prefix = session.getId().substring(0, session.getId().indexOf('_'));
        System.out.println(flavor + " " + prefix + " " + sandbox.session(session.getId()).getCustomerId());
    }
}
