// Creates a retention session and prints its id.
//
// RENUMERATE_PRIVATE_KEY=… swift run quickstart [CUSTOMER_ID]

import Foundation
import Renumerate

let customerId = CommandLine.arguments.dropFirst().first ?? "cus_NffrFeUfNV2Hib"
do {
    let renumerate = try RenumerateClient()
    let session = try await renumerate.createRetentionSession(customerId: customerId)
    print(session.id)  // ret_…, only for the page of this customer: do not log it
} catch let error as RenumerateError {
    var reason = "\(error.code): \(error.message)"
    if case .notFound = error { reason = "there is no customer \(customerId)" }
    FileHandle.standardError.write(Data("\(reason)\n".utf8))
    exit(1)
}
