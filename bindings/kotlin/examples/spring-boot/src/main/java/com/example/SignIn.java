package com.example;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * Stands for your own sign-in, which knows the Stripe id of your customer: here a cookie holds it, signed by the server.
 * To try the example by hand, this prints the value of a customer's cookie:
 *
 * <pre>echo cus_1.$(printf cus_1 | openssl dgst -sha256 -hmac "$SESSION_SECRET" -binary | basenc --base64url | tr -d =)</pre>
 */
@Component
class SignIn {
    private final SecretKeySpec secret;

    SignIn(@Value("${SESSION_SECRET}") String secret) {
        this.secret = new SecretKeySpec(secret.getBytes(UTF_8), "HmacSHA256");
    }

    /**
     * The customer of a request, by its cookie; nobody where nobody has signed in. The cookie is to be set
     * {@code HttpOnly; Secure; SameSite=Lax}, so that no other site can post with it.
     */
    Optional<String> customerOf(String cookie) {
        String customerId = cookie.substring(0, Math.max(cookie.lastIndexOf('.'), 0));
        boolean genuine = MessageDigest.isEqual(cookie.getBytes(UTF_8), signed(customerId).getBytes(UTF_8));
        return genuine ? Optional.of(customerId) : Optional.empty();
    }

    private String signed(String customerId) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(secret);
            byte[] signature = mac.doFinal(customerId.getBytes(UTF_8));
            return customerId + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible); // every Java has it
        }
    }
}
