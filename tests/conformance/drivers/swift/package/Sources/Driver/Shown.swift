import Foundation

/// Every form in which the language prints a thing: what a log, a debugger or a crash report would have of it.
func shown(_ thing: Any) -> [String] {
    var forms = ["\(thing)", String(reflecting: thing), "\([thing])", "\(Optional(thing) as Any)"]
    var dumped = ""
    dump(thing, to: &dumped)
    dump(["thing": thing], to: &dumped)
    forms.append(dumped)
    forms.append(contentsOf: reflected(Mirror(reflecting: thing)))
    if let error = thing as? any Error {
        forms.append(error.localizedDescription)
        let bridged = error as NSError
        forms.append(contentsOf: ["\(bridged)", bridged.debugDescription, "\(bridged.userInfo)"])
    }
    if let error = thing as? any LocalizedError {
        forms.append(contentsOf: [error.failureReason, error.recoverySuggestion, error.helpAnchor].compactMap(\.self))
    }
    return forms
}

private func reflected(_ mirror: Mirror) -> [String] {
    mirror.children.flatMap { child in ["\(child)"] + reflected(Mirror(reflecting: child.value)) }
}
