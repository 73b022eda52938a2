// Causes a panic in the native library, because no memory has this capacity. The library must catch it, which needs a
// working unwinder. Code 2 reports a panic.
//
// SAFETY: the call writes only to `status`, and returns no memory if it fails. The process ends if it succeeds.
#include "RenumerateFFI.h"

int main(void) {
    RustCallStatus status = {0};
    ffi_renumerate_uniffi_rustbuffer_alloc(UINT64_MAX, &status);
    return status.code == 2 ? 0 : 1;
}
