package com.example;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.renumerate.RetentionSession;
import com.renumerate.testing.ReceivedRequest;
import com.renumerate.testing.Sandbox;
import com.renumerate.testing.SandboxTest;
import com.renumerate.testing.ScriptedAnswer;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.http.HttpStatus;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** The application uses the sandbox of this class, because Spring creates the application once for the class. */
@SandboxTest
@SpringBootTest(properties = "SESSION_SECRET=secret of the tests")
class CancelSessionTest {
    private static Sandbox sandbox;

    @BeforeAll
    static void setSandbox(Sandbox ofClass) {
        sandbox = ofClass;
    }

    @DynamicPropertySource
    static void setProperties(DynamicPropertyRegistry registry) {
        registry.add("renumerate.base-url", () -> sandbox.getUrl());
        registry.add("renumerate.private-key", () -> sandbox.getPrivateKey());
    }

    @BeforeEach
    void reset() {
        sandbox.reset();
    }

    @Autowired
    private CancelSessionController controller;

    @Autowired
    private SignIn signIn;

    @Test
    void sessionBelongsToTheCustomer() throws InterruptedException {
        RetentionSession session = (RetentionSession) controller.cancelSession(signIn.signed("cus_1")).getBody();

        assertEquals("cus_1", sandbox.session(session.getId()).getCustomerId());
    }

    @Test
    void temporaryFailureIsRetried() throws InterruptedException {
        sandbox.script("cus_2", ScriptedAnswer.status(500), ScriptedAnswer.mint());

        assertEquals(HttpStatus.OK, controller.cancelSession(signIn.signed("cus_2")).getStatusCode());
        assertEquals(List.of(500, 200), sandbox.requests().stream().map(ReceivedRequest::getStatus).toList());
    }
}
