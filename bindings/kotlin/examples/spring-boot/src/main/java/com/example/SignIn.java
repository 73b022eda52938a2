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
 * Replace this class with your own sign-in, which knows the Stripe id of your customer. Here, a cookie contains the id,
 * signed by the server. This command prints the value of a customer's cookie:
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
     * Returns the id of the customer in the cookie, or nothing without a valid cookie. Set the cookie with
     * {@code HttpOnly; Secure; SameSite=Lax}, so that other sites cannot send requests with it.
     */
    Optional<String> customerOf(String cookie) {
        String customerId = cookie.substring(0, Math.max(cookie.lastIndexOf('.'), 0));
        boolean genuine = MessageDigest.isEqual(cookie.getBytes(UTF_8), signed(customerId).getBytes(UTF_8));
        return genuine ? Optional.of(customerId) : Optional.empty();
    }

    /** Returns the value of the cookie for this customer. */
    String signed(String customerId) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(secret);
            byte[] signature = mac.doFinal(customerId.getBytes(UTF_8));
            return customerId + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible); // every Java has this algorithm
        }
    }
}
