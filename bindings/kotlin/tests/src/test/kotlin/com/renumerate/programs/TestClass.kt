package com.renumerate.programs

import com.renumerate.docs.runTestClass

/** Runs a test class, and prints the number of tests. */
fun main(arguments: Array<String>) = println(runTestClass(Class.forName(arguments.single())))
