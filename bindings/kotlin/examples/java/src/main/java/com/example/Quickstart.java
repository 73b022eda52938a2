package com.example;

import com.renumerate.BlockingClient;
import com.renumerate.NotFoundException;
import com.renumerate.RenumerateException;
import com.renumerate.RetentionSession;

/**
 * Creates a retention session and prints its id.
 *
 * <pre>RENUMERATE_PRIVATE_KEY=… java -jar target/quickstart.jar [CUSTOMER_ID]</pre>
 */
public final class Quickstart {
    private Quickstart() {}

    public static void main(String[] args) throws InterruptedException {
        String customerId = args.length > 0 ? args[0] : "cus_NffrFeUfNV2Hib";
        try (BlockingClient renumerate = new BlockingClient()) {
            RetentionSession session = renumerate.createRetentionSession(request -> request.customerId(customerId));
            System.out.println(session.getId()); // ret_…, only for the page of this customer: do not log it
        } catch (NotFoundException missing) {
            fail("there is no customer " + customerId);
        } catch (RenumerateException error) {
            fail(error.getCode() + ": " + error.getMessage());
        }
    }

    private static void fail(String why) {
        System.err.println(why);
        System.exit(1);
    }
}
