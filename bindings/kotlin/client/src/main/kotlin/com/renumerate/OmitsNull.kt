package com.renumerate

import com.fasterxml.jackson.annotation.JacksonAnnotationsInside
import com.fasterxml.jackson.annotation.JsonInclude

/**
 * Makes Jackson omit members that are `null`. Jackson is optional: without it, the JVM ignores the annotations below.
 * They are not on the session classes themselves, because `javac -Xlint:classfile` would warn applications without
 * Jackson about the missing class.
 */
@JacksonAnnotationsInside
@JsonInclude(JsonInclude.Include.NON_NULL)
@Target(AnnotationTarget.CLASS)
internal annotation class OmitsNull
