//! Patches for the Kotlin code that uniffi generates. They make calls of native functions faster, and hide all
//! declarations from users.
//!
//! Each patch must match as often as expected. So if a new version of uniffi generates different code, the generator
//! fails instead of silently skipping a patch.

use std::fmt::Write;

use crate::patch::{Patch, apply_all};

/// Returns the generated code with all patches applied.
pub(crate) fn patch(generated: &str) -> Result<String, String> {
    let text = apply_all(PATCHES, generated)?;
    let text = status_as_pointer(&text)?;
    let text = without_unused_functions(&text);
    Ok(make_internal(&text))
}

/// Patches that pass the status of a native call as a plain pointer.
///
/// A native call writes its status, success or failure, to memory of the caller. The code of uniffi creates a JNA
/// structure for this memory, which takes much longer than the call itself. The patched code passes a pointer to
/// recycled memory, and creates a structure only to read the status of a failed call.
const PATCHES: &[Patch] = &[
    Patch {
        name: "the memory for a call's status",
        from: "internal open class UniffiRustCallStatus : Structure() {",
        to: STATUS_MEMORY,
        count: 1,
    },
    Patch {
        name: "a call's status by memory",
        from: "    var status = UniffiRustCallStatus()
    val return_value = callback(status)
    uniffiCheckCallStatus(errorHandler, status)
    return return_value
",
        to: "    val status = UniffiStatusMemory.take()
    val return_value = callback(status)
    if (status.getByte(0) != UNIFFI_CALL_SUCCESS) {
        UniffiStatusMemory.failed(status) { uniffiCheckCallStatus(errorHandler, it) }
    }
    UniffiStatusMemory.give(status)
    return return_value
",
        count: 1,
    },
    Patch {
        name: "the functions that are given it",
        from: "callback: (UniffiRustCallStatus) -> U): U {",
        to: "callback: (Pointer) -> U): U {",
        count: 2,
    },
    Patch {
        name: "the completion of futures",
        from: "completeFunc: (Long, UniffiRustCallStatus) -> F,",
        to: "completeFunc: (Long, Pointer) -> F,",
        count: 1,
    },
];

const STATUS_MEMORY: &str =
    "internal open class UniffiRustCallStatus(pointer: Pointer? = null) : Structure(pointer) {";

const STATUS_OBJECT: &str = r"
/**
 * Recycles the memory for the status of native calls. A thread finds its slots by its id: one for a call, and a second one
 * for a call that is made while the arguments of the first are prepared. The memory is not thread-local, because the threads
 * of a pool outlive class loaders.
 */
private object UniffiStatusMemory {
    private const val PLACES = 64
    private const val APART = 16 // puts the slots of different threads into different cache lines
    private const val SIZE = 32L
    private val free = java.util.concurrent.atomic.AtomicReferenceArray<com.sun.jna.Memory?>(PLACES * APART)

    private fun place(): Int = (Thread.currentThread().id % PLACES).toInt() * APART

    fun take(): Pointer {
        val place = place()
        return free.getAndSet(place, null) ?: free.getAndSet(place + 1, null) ?: com.sun.jna.Memory(SIZE).also { it.clear() }
    }

    fun give(status: Pointer) {
        val place = place()
        if (!free.compareAndSet(place, null, status as com.sun.jna.Memory)) free.set(place + 1, status)
    }

    /** Throws the error of a failed call. The memory is returned to its slot only after the error was read from it. */
    fun failed(status: Pointer, raise: (UniffiRustCallStatus) -> Unit) {
        try {
            raise(UniffiRustCallStatus(status).also { it.read() })
        } finally {
            status.clear(SIZE)
            give(status)
        }
    }
}
";

/// Declares the status parameter of every native function as a pointer. Also adds the Kotlin object
/// `UniffiStatusMemory`, which recycles the memory for statuses.
fn status_as_pointer(text: &str) -> Result<String, String> {
    const STATUS: &str = "uniffi_out_err: UniffiRustCallStatus,";
    if !text.contains(STATUS) {
        return Err("no foreign function takes a status".to_owned());
    }
    Ok(text.replace(STATUS, "uniffi_out_err: Pointer,") + STATUS_OBJECT)
}

/// Removes the declarations of native functions that the code does not use. JNA would bind these functions too, because
/// it binds all declared functions before the first call.
fn without_unused_functions(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let name = line.trim().strip_prefix("external fun ").and_then(|rest| rest.split('(').next());
        if name.is_some_and(|name| text.matches(name).count() == 1) {
            while lines.peek().is_some_and(|next| !next.contains("external fun ") && next.trim() != "}") {
                lines.next();
            }
        } else {
            let _infallible = writeln!(kept, "{}", line.trim_end());
        }
    }
    kept
}

/// Makes all top-level declarations internal, so that users cannot see them.
fn make_internal(text: &str) -> String {
    const PUBLIC: [&str; 12] = [
        "public object ",
        "public interface ",
        "public fun ",
        "data class ",
        "sealed class ",
        "open class ",
        "enum class ",
        "interface ",
        "object ",
        "class ",
        "fun ",
        "inline fun ",
    ];
    text.lines()
        .flat_map(|line| {
            let internal = PUBLIC.iter().any(|start| line.starts_with(start));
            let line = line.strip_prefix("public ").unwrap_or(line);
            [if internal { "internal " } else { "" }, line, "\n"]
        })
        .collect()
}
