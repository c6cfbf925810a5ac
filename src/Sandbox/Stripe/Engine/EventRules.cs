using System.Text.Json.Nodes;

namespace Connect.Sandbox.Stripe;

/// <summary>Which events a change is, in Stripe's types, decided from the object before and after alone.</summary>
internal static class EventRules
{
    /// <summary>The events of a change; none when nothing changed that the API shows.</summary>
    /// <param name="before">The object before, or null for a new one.</param>
    /// <param name="after">The object after.</param>
    public static IReadOnlyList<string> Of(StripeObject? before, StripeObject after) => (before, after) switch
    {
        (null, StripeCustomer) => ["customer.created"],
        (StripeCustomer, StripeCustomer { Sandbox.Deleted: true }) => ["customer.deleted"],
        (StripeCustomer, StripeCustomer) when Changed(before, after) => ["customer.updated"],
        (var old, StripePaymentMethod method) => OfMethod((StripePaymentMethod?)old, method),
        (var old, StripePaymentIntent intent) => [.. OfIntent((StripePaymentIntent?)old, intent)],
        (var old, StripeSetupIntent setup) => [.. OfSetup((StripeSetupIntent?)old, setup)],
        (null, StripeCharge charge) => [charge.Paid ? "charge.succeeded" : "charge.failed"],
        (StripeCharge old, StripeCharge charge) when charge.AmountRefunded > old.AmountRefunded => ["charge.refunded"],
        (StripeCharge old, StripeCharge charge) when Changed(old with { Disputed = charge.Disputed }, charge) => ["charge.updated"],
        (null, StripeRefund) => ["refund.created"],
        (StripeRefund old, StripeRefund { Status: StripeRefund.Failed }) when old.Status != StripeRefund.Failed => ["refund.updated", "refund.failed"],
        (StripeRefund, StripeRefund) when Changed(before, after) => ["refund.updated"],
        (var old, StripeDispute dispute) => [.. OfDispute((StripeDispute?)old, dispute)],
        (null, StripeEarlyFraudWarning) => ["radar.early_fraud_warning.created"],
        (StripeEarlyFraudWarning, StripeEarlyFraudWarning) when Changed(before, after) => ["radar.early_fraud_warning.updated"],
        (StripeCheckoutSession { Status: StripeCheckoutSession.Open }, StripeCheckoutSession session) when session.Status != StripeCheckoutSession.Open =>
            [session.Status == StripeCheckoutSession.Complete ? "checkout.session.completed" : "checkout.session.expired"],
        _ => [],
    };

    /// <summary>What the changed members were before, members of members included; null when nothing changed. A member that was not there was null.</summary>
    public static JsonObject? Previous(JsonObject before, JsonObject after)
    {
        var previous = new JsonObject();
        foreach (var name in before.Select(member => member.Key).Union(after.Select(member => member.Key)))
        {
            if (JsonNode.DeepEquals(before[name], after[name]))
                continue;
            previous[name] = before[name] is JsonObject old && after[name] is JsonObject now ? Previous(old, now) : before[name]?.DeepClone();
        }

        return previous.Count > 0 ? previous : null;
    }

    private static bool Changed(StripeObject before, StripeObject after) => !JsonNode.DeepEquals(before.Render(), after.Render());

    private static string[] OfMethod(StripePaymentMethod? before, StripePaymentMethod after) => (before?.Customer, after.Customer) switch
    {
        (null, not null) => ["payment_method.attached"],
        (not null, null) => ["payment_method.detached"],
        _ when before is not null && Changed(before, after) => ["payment_method.updated"],
        _ => [],
    };

    private static IEnumerable<string> OfIntent(StripePaymentIntent? before, StripePaymentIntent after)
    {
        if (before is null)
            yield return "payment_intent.created";
        if (after is { Status: IntentStatus.RequiresPaymentMethod, LastPaymentError: not null }
            && (before?.LatestCharge != after.LatestCharge || before?.Status == IntentStatus.RequiresAction))
        {
            yield return "payment_intent.payment_failed";
        }

        if (before?.Status != after.Status && after.Status is IntentStatus.Succeeded or IntentStatus.RequiresAction or IntentStatus.Canceled)
            yield return $"payment_intent.{after.Status}";
    }

    private static IEnumerable<string> OfSetup(StripeSetupIntent? before, StripeSetupIntent after)
    {
        if (before is null)
            yield return "setup_intent.created";
        if (after is { Status: IntentStatus.RequiresPaymentMethod, LastSetupError: not null } && (before is null || Changed(before, after)))
            yield return "setup_intent.setup_failed";
        if (before?.Status != after.Status && after.Status is IntentStatus.Succeeded or IntentStatus.RequiresAction or IntentStatus.Canceled)
            yield return $"setup_intent.{after.Status}";
    }

    private static IEnumerable<string> OfDispute(StripeDispute? before, StripeDispute after)
    {
        if (before is not null && !Changed(before, after))
            yield break;
        var moved = after.Withdrawn != (before?.Withdrawn ?? false);
        var isOver = after.Status is DisputeStatus.Won or DisputeStatus.Lost or DisputeStatus.WarningClosed;
        var becameOver = isOver && before?.Status != after.Status;
        if (before is null)
            yield return "charge.dispute.created";
        else if (!becameOver && (!moved || before.Status != after.Status))
            yield return "charge.dispute.updated";
        if (moved)
            yield return after.Withdrawn ? "charge.dispute.funds_withdrawn" : "charge.dispute.funds_reinstated";
        if (becameOver)
            yield return "charge.dispute.closed";
    }
}
