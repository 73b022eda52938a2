package com.renumerate.bench

import java.nio.file.Files
import java.nio.file.Path
import java.security.KeyStore
import java.security.cert.CertificateFactory
import javax.net.ssl.SSLContext
import javax.net.ssl.TrustManagerFactory
import javax.net.ssl.X509TrustManager

/** For the peers: whoever trusts the authority whose certificate is in this file of PEM. */
internal class Trust(authority: Path) {
    val manager: X509TrustManager
    val context: SSLContext = SSLContext.getInstance("TLS")

    init {
        val store = KeyStore.getInstance(KeyStore.getDefaultType())
        store.load(null)
        val certificate = Files.newInputStream(authority).use(CertificateFactory.getInstance("X.509")::generateCertificate)
        store.setCertificateEntry("authority", certificate)
        val factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm())
        factory.init(store)
        manager = factory.trustManagers.filterIsInstance<X509TrustManager>().single()
        context.init(null, arrayOf(manager), null)
    }
}
