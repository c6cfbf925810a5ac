namespace Connect.Sandbox.Stripe;

/// <summary><c>/v1/radar/early_fraud_warnings</c>.</summary>
internal static class EarlyFraudWarnings
{
    /// <summary>Shows a warning.</summary>
    public static StripeAnswer Retrieve(StripeCall call, string id)
    {
        call.Parameters.RefuseUnknown();
        return StripeAnswer.Ok(call.Get<StripeEarlyFraudWarning>(id, "early_fraud_warning").Render());
    }

    /// <summary>Lists warnings, of one intent, one charge or all.</summary>
    public static StripeAnswer List(StripeCall call) => call.Page(
        "/v1/radar/early_fraud_warnings", StripeEarlyFraudWarning.Kind, parent: call.Parameters.Text("payment_intent"), members: call.Where("charge"));

    /// <summary>The bank warns about a charge that was paid.</summary>
    public static StripeEarlyFraudWarning Open(StripeCall call, StripeCharge charge, string fraudType = "made_with_stolen_card")
    {
        if (!charge.Paid)
            throw StripeRefusal.Invalid(null, "Only a charge that was paid can be warned about.", "charge");
        var warning = new StripeEarlyFraudWarning
        {
            Id = call.Ids.Next("issfr"),
            Created = call.Now.ToUnixTimeSeconds(),
            Actionable = !charge.Refunded && !charge.Disputed,
            Charge = charge.Id,
            FraudType = fraudType,
            PaymentIntent = charge.PaymentIntent,
        };
        call.Save(warning);
        return warning;
    }

    /// <summary>The charge was refunded in full or disputed: its warnings ask for nothing any more.</summary>
    public static void NothingLeftToDo(StripeCall call, string chargeId)
    {
        var query = new StripeListQuery { Kind = StripeEarlyFraudWarning.Kind, Members = [("charge", [chargeId])], Limit = 100 };
        foreach (var warning in call.Unit.List(query).Cast<StripeEarlyFraudWarning>().Where(warning => warning.Actionable))
            call.Save(warning with { Actionable = false });
    }
}
