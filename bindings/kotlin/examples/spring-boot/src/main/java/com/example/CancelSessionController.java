package com.example;

import com.renumerate.BlockingClient;
import com.renumerate.RetentionSession;
import java.util.Map;
import java.util.Optional;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.CookieValue;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
class CancelSessionController {
    private final BlockingClient renumerate;
    private final SignIn signIn;

    CancelSessionController(BlockingClient renumerate, SignIn signIn) {
        this.renumerate = renumerate;
        this.signIn = signIn;
    }

    @PostMapping("/api/cancel-session")
    ResponseEntity<?> cancelSession(@CookieValue(name = "customer", defaultValue = "") String cookie) throws InterruptedException {
        Optional<String> customerId = signIn.customerOf(cookie); // never from the body, which the client controls
        if (customerId.isEmpty()) {
            return ResponseEntity.status(HttpStatus.UNAUTHORIZED).body(Map.of("error", "sign in first"));
        }
        RetentionSession session = renumerate.createRetentionSession(request -> request.customerId(customerId.get()));
        return ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(session);
    }
}
