namespace Connect.Sandbox.Stripe;

/// <summary><c>/v1/charges</c>: made by payment intents only.</summary>
internal static class Charges
{
    /// <summary>Shows a charge.</summary>
    public static StripeAnswer Retrieve(StripeCall call, string id)
    {
        call.Parameters.RefuseUnknown();
        return StripeAnswer.Ok(call.Get<StripeCharge>(id, "charge").Render());
    }

    /// <summary>Changes the description or the metadata.</summary>
    public static StripeAnswer Update(StripeCall call, string id)
    {
        var charge = call.Get<StripeCharge>(id, "charge");
        charge = charge with
        {
            Description = call.Parameters.Change("description", charge.Description),
            Metadata = call.Parameters.Metadata(charge.Metadata),
        };
        call.Parameters.RefuseUnknown();
        return call.Put(charge);
    }

    /// <summary>Lists charges, failed ones included, of one customer, one intent or all.</summary>
    public static StripeAnswer List(StripeCall call) =>
        call.Page("/v1/charges", "charge", call.Parameters.Text("customer"), call.Parameters.Text("payment_intent"));
}
