import Malloc

/// Returns the bytes that are allocated. On Linux, Swift and the native library both use malloc.
func allocatedBytes() -> Int? {
    #if os(Linux)
        let figures = mallinfo2()
        return Int(figures.uordblks + figures.hblkhd)
    #else
        return nil
    #endif
}
