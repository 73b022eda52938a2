package com.renumerate

/** One of the ways to call, as a runner of the cases sees it: options and parameters by their names in this language. */
interface Face {
    /** A client with these options; a number is a count, or a time in milliseconds. */
    fun open(options: Map<String, Any?>): Opened

    /** A client of that face. */
    interface Opened : AutoCloseable {
        fun retention(parameters: Map<String, Any?>, options: Map<String, Any?>): Session

        fun subscription(parameters: Map<String, Any?>, options: Map<String, Any?>): Session
    }
}
