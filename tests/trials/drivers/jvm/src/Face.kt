package com.renumerate.trials

import com.renumerate.ClientOptions
import com.renumerate.Session

/** One of the ways to call. */
interface Face {
    /** A client with these options. */
    fun open(options: ClientOptions): Opened

    /** Coroutines or threads of calls that are not over. */
    fun tasks(): Int

    /** A client of that face. */
    interface Opened : AutoCloseable {
        /** The client itself, for those who want to see it printed. */
        fun client(): Any

        /** Makes a call with parameters and options by their names in this language. */
        fun call(subscription: Boolean, parameters: Map<String, Any?>, options: Map<String, Any?>): Session

        /** Makes so many calls for customers of their own, so many at once. */
        fun calls(count: Int, atOnce: Int, ends: Ends)

        /** The same, and cancels each at a random time. */
        fun cancel(count: Int, atOnce: Int, times: RandomTimes, ends: Ends)
    }
}
