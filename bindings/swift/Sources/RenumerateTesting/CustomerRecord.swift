/// A customer of a sandbox, with the data that the widgets show.
public struct CustomerRecord: Sendable, Hashable, Decodable {
    /// The id, or `nil` if only the e-mail address is known.
    public let id: String?
    /// The e-mail address, or `nil`.
    public let email: String?
    /// The name.
    public let name: String
    /// The subscriptions, including cancelled ones.
    public let subscriptions: [SubscriptionRecord]
}

/// A subscription of a customer. Dates have the form `2026-12-01`.
public struct SubscriptionRecord: Sendable, Hashable, Decodable {
    /// The id, a `subscriptionId` of this customer.
    public let id: String
    /// The plan.
    public let plan: Plan
    /// `active`, `paused` or `cancelled`.
    public let status: String
    /// The date of the next bill, or `nil` if the subscription is cancelled.
    public let nextBill: String?
    /// The date on which the pause ends, or `nil` if the subscription is not paused.
    public let resumesOn: String?
    /// The last day of use, or `nil` if the subscription is not cancelled.
    public let endsOn: String?
    /// The current discount, or `nil` if there is none.
    public let discount: Discount?

    private enum CodingKeys: String, CodingKey {
        case id, plan, status, discount
        case nextBill = "next_bill"
        case resumesOn = "resumes_on"
        case endsOn = "ends_on"
    }
}

/// The plan of a subscription.
public struct Plan: Sendable, Hashable, Decodable {
    /// The id of the plan.
    public let id: String
    /// The name that customers see.
    public let name: String
    /// The price per interval in the smallest unit of the currency: 2900 is 29.00 dollars.
    public let amount: Int
    /// The ISO code of the currency in lower case, such as `usd`.
    public let currency: String
    /// The billing interval: `month` or `year`.
    public let interval: String
}

/// A discount for some months.
public struct Discount: Sendable, Hashable, Decodable {
    /// The discount in percent.
    public let percent: Int
    /// The duration in months.
    public let months: Int
}
