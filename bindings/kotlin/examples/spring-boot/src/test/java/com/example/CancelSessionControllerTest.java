package com.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import com.renumerate.BlockingClient;
import com.renumerate.HandshakeToken;
import com.renumerate.NotFoundException;
import com.renumerate.RetentionSession;
import com.renumerate.RetentionSessionRequest;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Tests a bean alone, with a mock instead of a client. */
class CancelSessionControllerTest {
    private final BlockingClient renumerate = mock(BlockingClient.class);
    private final SignIn signIn = new SignIn("secret of the tests");
    private final CancelSessionController controller = new CancelSessionController(renumerate, signIn);

    @Test
    void responseIsTheSession() throws InterruptedException {
        RetentionSession session = new RetentionSession("ret_1");
        when(renumerate.createRetentionSession(anyRequest())).thenReturn(session);

        assertEquals(session, controller.cancelSession(signIn.signed("cus_1")).getBody());
    }

    @Test
    void responseIsTheToken() {
        HandshakeToken token = new HandshakeToken("token");
        when(renumerate.createHandshakeToken("cus_1")).thenReturn(token);

        assertEquals(token, controller.renumerateToken(signIn.signed("cus_1")).getBody());
    }

    @Test
    void errorIsThrown() throws InterruptedException {
        when(renumerate.createRetentionSession(anyRequest())).thenThrow(mock(NotFoundException.class));

        assertThrows(NotFoundException.class, () -> controller.cancelSession(signIn.signed("cus_1")));
    }

    private static Consumer<RetentionSessionRequest.Builder> anyRequest() {
        return any();
    }
}
