package com.renumerate;

import com.renumerate.internal.BackgroundClient;
import com.renumerate.internal.ErrorMappingKt;
import com.renumerate.internal.Failure;
import com.renumerate.internal.Outcome;
import com.renumerate.internal.OutcomeMappingKt;
import com.renumerate.internal.Results;
import com.renumerate.internal.Settings;
import java.util.List;

/** Access to the native API for the tests. This is Java, because Kotlin hides the internal classes of other modules. */
final class NativeApi {
    private NativeApi() {}

    /** Starts a call whose request has an invalid address, and returns the exception. */
    static RenumerateException startWithInvalidAddress() {
        Settings settings = new Settings("kotlin", "Java", List.of());
        try {
            new BackgroundClient(new Results(), "sk_1", settings, null).start(1, 0, 0);
        } catch (Failure failure) {
            return ErrorMappingKt.toException(failure);
        }
        throw new AssertionError("the call was started");
    }

    /** Converts an outcome that has neither a session nor a failure. */
    static RetentionSession unwrapEmptyOutcome() {
        Outcome outcome = new Outcome(1, null, null, List.of());
        return OutcomeMappingKt.unwrap(outcome, null, RetentionSession::new);
    }
}
