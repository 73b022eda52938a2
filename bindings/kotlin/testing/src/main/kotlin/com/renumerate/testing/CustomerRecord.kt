package com.renumerate.testing

import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.int
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import kotlinx.serialization.json.long
import java.time.LocalDate

/** Customer of a sandbox, with the data that the widgets show. */
public class CustomerRecord internal constructor(
    /** Id, or `null` if only the e-mail address is known. */
    public val id: String?,
    /** E-mail address, or `null`. */
    public val email: String?,
    /** Name. */
    public val name: String,
    /** Subscriptions, including cancelled ones. */
    public val subscriptions: List<SubscriptionRecord>,
) {
    override fun toString(): String = "CustomerRecord(id=$id, email=$email, name=$name, subscriptions=$subscriptions)"
}

/** Subscription of a customer. */
public class SubscriptionRecord internal constructor(
    /** Id, a `subscriptionId` of this customer. */
    public val id: String,
    /** Plan. */
    public val plan: Plan,
    /** Status: `active`, `paused` or `cancelled`. */
    public val status: String,
    /** Date of the next bill, or `null` if the subscription is cancelled. */
    public val nextBill: LocalDate?,
    /** Date on which the pause ends, or `null` if the subscription is not paused. */
    public val resumesOn: LocalDate?,
    /** Last day of use, or `null` if the subscription is not cancelled. */
    public val endsOn: LocalDate?,
    /** Current discount, or `null` if there is none. */
    public val discount: Discount?,
) {
    override fun toString(): String = "SubscriptionRecord(id=$id, plan=${plan.id}, status=$status)"
}

/** Plan of a subscription. */
public class Plan internal constructor(
    /** Id of the plan. */
    public val id: String,
    /** Name that customers see. */
    public val name: String,
    /** Price per interval in the smallest unit of the currency: 2900 is 29.00 dollars. */
    public val amount: Long,
    /** ISO code of the currency in lower case, such as `usd`. */
    public val currency: String,
    /** Billing interval: `month` or `year`. */
    public val interval: String,
) {
    override fun toString(): String = "Plan(id=$id, name=$name, amount=$amount, currency=$currency, interval=$interval)"
}

/** Discount for some months. */
public class Discount internal constructor(
    /** Discount in percent. */
    public val percent: Int,
    /** Duration in months. */
    public val months: Int,
) {
    override fun toString(): String = "Discount(percent=$percent, months=$months)"
}

internal fun customerRecord(record: JsonObject): CustomerRecord = CustomerRecord(
    id = record.text("id"),
    email = record.text("email"),
    name = record.text("name").orEmpty(),
    subscriptions = record.getValue("subscriptions").jsonArray.map { subscriptionRecord(it.jsonObject) },
)

private fun subscriptionRecord(record: JsonObject) = SubscriptionRecord(
    id = record.text("id").orEmpty(),
    plan = plan(record.getValue("plan").jsonObject),
    status = record.text("status").orEmpty(),
    nextBill = record.day("next_bill"),
    resumesOn = record.day("resumes_on"),
    endsOn = record.day("ends_on"),
    discount = (record["discount"] as? JsonObject)?.let(::discount),
)

private fun plan(record: JsonObject) = Plan(
    id = record.text("id").orEmpty(),
    name = record.text("name").orEmpty(),
    amount = record.getValue("amount").jsonPrimitive.long,
    currency = record.text("currency").orEmpty(),
    interval = record.text("interval").orEmpty(),
)

private fun discount(record: JsonObject) =
    Discount(record.getValue("percent").jsonPrimitive.int, record.getValue("months").jsonPrimitive.int)

private fun JsonObject.day(name: String): LocalDate? = text(name)?.let(LocalDate::parse)
