package com.renumerate

import com.renumerate.programs.classPath
import com.renumerate.programs.runProgram
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.parallel.Execution
import org.junit.jupiter.api.parallel.ExecutionMode
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.ValueSource
import java.nio.file.Path
import kotlin.io.path.name

/** Tests of the JUnit extension with the versions of JUnit that it supports. The other tests use the newest version. */
class JUnitVersionsTest {
    @ParameterizedTest
    @Execution(ExecutionMode.CONCURRENT)
    @ValueSource(strings = ["1.10.5", "1.11.4", "1.12.2", "1.13.4", "1.14.2", "6.0.3"])
    fun `each sandbox ends with its test`(platform: String) {
        val junit = Path.of(System.getProperty("other.versions"), "junit-platform-console-standalone-$platform.jar")
        val others = classPath.filterNot { Path.of(it).name.startsWith("junit-") }
        val result = runProgram("FiftySandboxes", classPath = listOf("$junit") + others)
        assertEquals("50 tests, at most 2 sandboxes, 0 left\n", result.output)
    }
}
