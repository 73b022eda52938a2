//! What is edited in the generated Kotlin, for speed and to keep it to ourselves. Each edit must match as often as it says,
//! so that a new version of the generator cannot pass one by.

use std::fmt::Write;

use crate::edits::{Edit, all};

/// The text with all edits made.
pub(crate) fn edit(generated: &str) -> Result<String, String> {
    let text = all(EDITS, generated)?;
    let text = status_as_pointer(&text)?;
    let text = without_unused_functions(&text);
    Ok(kept_internal(&text))
}

/// A call's status is a structure of JNA's, which costs many times what the call does. It is a piece of memory instead,
/// one that is used again, and a structure only where it is read: when a call has failed.
const EDITS: &[Edit] = &[
    Edit {
        what: "the memory for a call's status",
        from: "internal open class UniffiRustCallStatus : Structure() {",
        to: STATUS_MEMORY,
        times: 1,
    },
    Edit {
        what: "a call's status by memory",
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
        times: 1,
    },
    Edit {
        what: "the functions that are given it",
        from: "callback: (UniffiRustCallStatus) -> U): U {",
        to: "callback: (Pointer) -> U): U {",
        times: 2,
    },
    Edit {
        what: "the completion of futures",
        from: "completeFunc: (Long, UniffiRustCallStatus) -> F,",
        to: "completeFunc: (Long, Pointer) -> F,",
        times: 1,
    },
];

const STATUS_MEMORY: &str =
    "internal open class UniffiRustCallStatus(pointer: Pointer? = null) : Structure(pointer) {";

const STATUS_OBJECT: &str = r"
/**
 * Memory for the status of a call, used again. A thread finds its own in the place that its number gives: one for a call,
 * and one for a call that is made while its arguments are put together. No thread keeps any: pools outlive class loaders.
 */
private object UniffiStatusMemory {
    private const val PLACES = 64
    private const val APART = 16 // places of two threads in one cache line would be slow
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

    /** A call that has failed. Its error is read in this memory: nobody else may have that before the error is made. */
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

/// Every foreign function takes the status as a pointer.
fn status_as_pointer(text: &str) -> Result<String, String> {
    const STATUS: &str = "uniffi_out_err: UniffiRustCallStatus,";
    if !text.contains(STATUS) {
        return Err("no foreign function takes a status".to_owned());
    }
    Ok(text.replace(STATUS, "uniffi_out_err: Pointer,") + STATUS_OBJECT)
}

/// JNA binds every foreign function that is declared when the first one is called: those that nobody calls are left out.
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

/// Nothing of it is for users.
fn kept_internal(text: &str) -> String {
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
