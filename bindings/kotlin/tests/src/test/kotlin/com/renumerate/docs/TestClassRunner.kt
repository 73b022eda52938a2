package com.renumerate.docs

import org.junit.platform.engine.discovery.DiscoverySelectors.selectClass
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder
import org.junit.platform.launcher.core.LauncherFactory
import org.junit.platform.launcher.listeners.SummaryGeneratingListener

/** Runs a test class. Returns the number of tests, or throws the exception of the first failed test. */
fun runTestClass(tests: Class<*>): Long {
    val request = LauncherDiscoveryRequestBuilder.request().selectors(selectClass(tests)).build()
    val listener = SummaryGeneratingListener()
    LauncherFactory.create().execute(request, listener)
    listener.summary.failures.firstOrNull()?.let { throw it.exception }
    return listener.summary.testsSucceededCount
}
