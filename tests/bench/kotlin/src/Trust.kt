package com.renumerate.bench

import java.nio.file.Files
import java.nio.file.Path
import java.security.KeyStore
import java.security.cert.CertificateFactory
import javax.net.ssl.SSLContext
import javax.net.ssl.TrustManagerFactory
import javax.net.ssl.X509TrustManager

/** Trust of the peers in the authority whose certificate is in this PEM file. */
internal class Trust(caFile: Path) {
    val manager: X509TrustManager
    val context: SSLContext = SSLContext.getInstance("TLS")

    init {
        val store = KeyStore.getInstance(KeyStore.getDefaultType())
        store.load(null)
        val certificate = Files.newInputStream(caFile).use(CertificateFactory.getInstance("X.509")::generateCertificate)
        store.setCertificateEntry("authority", certificate)
        val factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm())
        factory.init(store)
        manager = factory.trustManagers.filterIsInstance<X509TrustManager>().single()
        context.init(null, arrayOf(manager), null)
    }
}
