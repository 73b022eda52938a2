package com.example;

import com.renumerate.BlockingClient;
import java.util.Map;
import java.util.Optional;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.CookieValue;
import org.springframework.web.bind.annotation.GetMapping;
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
            return signInFirst();
        }
        return uncached(renumerate.createRetentionSession(request -> request.customerId(customerId.get())));
    }

    /** For pages that pass {@code getAuthToken} to Renumerate's browser library. They need no session from this backend. */
    @GetMapping("/api/renumerate-token")
    ResponseEntity<?> renumerateToken(@CookieValue(name = "customer", defaultValue = "") String cookie) {
        Optional<String> customerId = signIn.customerOf(cookie); // never from the URL, which the client controls
        if (customerId.isEmpty()) {
            return signInFirst();
        }
        return uncached(renumerate.createHandshakeToken(customerId.get()));
    }

    private static ResponseEntity<?> signInFirst() {
        return ResponseEntity.status(HttpStatus.UNAUTHORIZED).body(Map.of("error", "sign in first"));
    }

    private static ResponseEntity<?> uncached(Object body) {
        return ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(body);
    }
}
