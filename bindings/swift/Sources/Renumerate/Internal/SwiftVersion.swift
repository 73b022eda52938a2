/// The language version that the user agent names; programs cannot ask for it when they run.
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
