// Replace this file with your own sign-in, which knows the Stripe id of your customer. Here, a cookie contains the id,
// signed by the server. This command prints the value of a customer's cookie:
//
// echo cus_1.$(printf cus_1 | openssl dgst -sha256 -hmac "$SESSION_SECRET" -binary | basenc --base64url | tr -d =)

package com.example

import java.security.MessageDigest
import java.util.Base64
import javax.crypto.Mac
import javax.crypto.spec.SecretKeySpec

private val secret = SecretKeySpec(System.getenv("SESSION_SECRET").toByteArray(), "HmacSHA256")

/**
 * Returns the id of the customer in the cookie, or `null` without a valid cookie. Set the cookie with
 * `HttpOnly; Secure; SameSite=Lax`, so that other sites cannot send requests with it.
 */
fun signedInCustomer(cookie: String?): String? {
    val customerId = cookie?.substringBeforeLast('.') ?: return null
    return customerId.takeIf { MessageDigest.isEqual(cookie.toByteArray(), signed(it).toByteArray()) }
}

private fun signed(customerId: String): String {
    val signature = Mac.getInstance("HmacSHA256").apply { init(secret) }.doFinal(customerId.toByteArray())
    return "$customerId.${Base64.getUrlEncoder().withoutPadding().encodeToString(signature)}"
}
