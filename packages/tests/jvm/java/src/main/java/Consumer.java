import com.renumerate.AsyncClient;
import com.renumerate.BlockingClient;
import com.renumerate.Session;
import com.renumerate.testing.Sandbox;
import java.nio.file.Path;

/**
 * Mints both sessions through each face that Java has, and prints a line for each: the face, the prefix of the id, and the
 * customer whom the sandbox has it for.
 */
public final class Consumer {
    private Consumer() {}

    public static void main(String[] arguments) throws Exception {
        // An emulated machine cannot start what is in the jar.
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

    private static void show(Sandbox sandbox, String face, Session session) {
        String prefix = session.getId().substring(0, session.getId().indexOf('_'));
        System.out.println(face + " " + prefix + " " + sandbox.session(session.getId()).getCustomerId());
    }
}
