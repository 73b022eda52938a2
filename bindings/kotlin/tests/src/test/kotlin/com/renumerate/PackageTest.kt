package com.renumerate

import com.renumerate.programs.clientJar
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import java.util.jar.JarFile

/** Tests of the content of the jar. */
class PackageTest {
    private val entries = JarFile(clientJar).use { jar -> jar.entries().toList().filterNot { it.isDirectory } }

    @Test
    fun `jar contains only classes, metadata and the native library`() {
        val others = entries.map { it.name }.filterNot { it.startsWith("com/renumerate/") && it.endsWith(".class") }
        val expected =
            listOf(
                "META-INF/LICENSE",
                "META-INF/MANIFEST.MF",
                "META-INF/com.android.tools/r8/renumerate.pro",
                "META-INF/maven/com.renumerate/renumerate-kotlin/pom.properties",
                "META-INF/maven/com.renumerate/renumerate-kotlin/pom.xml",
                "META-INF/renumerate-kotlin.kotlin_module",
                "linux-x86-64/librenumerate_uniffi.so",
            )
        assertEquals(expected, others.sorted())
    }

    @Test
    fun `dependencies are the standard library, coroutines and JNA`() {
        val pom = JarFile(clientJar).use {
            it.getInputStream(it.getEntry("META-INF/maven/com.renumerate/renumerate-kotlin/pom.xml")).readBytes().decodeToString()
        }
        val dependencies = Regex(
            "<dependency>(.*?)</dependency>",
            RegexOption.DOT_MATCHES_ALL,
        ).findAll(pom.substringBefore("<build>")).map {
            it.groupValues[1]
        }
        val names = dependencies.filterNot {
            "<optional>true" in it
        }.map { Regex("<artifactId>(.*?)<").find(it)!!.groupValues[1] }.toSet()
        assertEquals(setOf("kotlin-stdlib", "kotlinx-coroutines-core-jvm", "jna"), names)
    }
}
