package com.renumerate;

import com.renumerate.testing.SandboxProcess;
import java.util.List;

/** Access to the internal API of the test kit. This is Java, because Kotlin hides the internal classes of other modules. */
final class TestKitApi {
    private TestKitApi() {}

    /** Starts a sandbox whose command must print its URL within this time. */
    static void startSandbox(String command, long timeoutMs) {
        SandboxProcess.Companion.start(command, List.of(), timeoutMs);
    }
}
