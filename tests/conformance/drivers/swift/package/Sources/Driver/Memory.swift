import Malloc

/// What is allocated and not freed, by Swift and by the native library alike: on Linux both have it of malloc.
func allocatedBytes() -> Int? {
    #if os(Linux)
        let said = mallinfo2()
        return Int(said.uordblks + said.hblkhd)
    #else
        return nil
    #endif
}
