import Foundation

/// Returns every form in which a log, a debugger or a crash report may show a value.
func shown(_ value: Any) -> [String] {
    var forms = ["\(value)", String(reflecting: value), "\([value])", "\(Optional(value) as Any)"]
    var dumped = ""
    dump(value, to: &dumped)
    dump(["value": value], to: &dumped)
    forms.append(dumped)
    forms.append(contentsOf: reflected(Mirror(reflecting: value)))
    if let error = value as? any Error {
        forms.append(error.localizedDescription)
        let bridged = error as NSError
        forms.append(contentsOf: ["\(bridged)", bridged.debugDescription, "\(bridged.userInfo)"])
    }
    if let error = value as? any LocalizedError {
        forms.append(contentsOf: [error.failureReason, error.recoverySuggestion, error.helpAnchor].compactMap(\.self))
    }
    return forms
}

private func reflected(_ mirror: Mirror) -> [String] {
    mirror.children.flatMap { child in ["\(child)"] + reflected(Mirror(reflecting: child.value)) }
}
