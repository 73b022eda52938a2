/// The Swift version for the user agent. It is determined at compile time: there is no API for it at run time.
#if compiler(>=6.4)
    let swiftVersion = "Swift 6.4"
#elseif compiler(>=6.3)
    let swiftVersion = "Swift 6.3"
#elseif compiler(>=6.2)
    let swiftVersion = "Swift 6.2"
#elseif compiler(>=6.1)
    let swiftVersion = "Swift 6.1"
#else
    let swiftVersion = "Swift 6.0"
#endif
