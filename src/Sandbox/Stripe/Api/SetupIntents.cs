namespace Connect.Sandbox.Stripe;

/// <summary><c>/v1/setup_intents</c>: made by checkout sessions only.</summary>
internal static class SetupIntents
{
    /// <summary>Shows a setup intent.</summary>
    public static StripeAnswer Retrieve(StripeCall call, string id)
    {
        call.Parameters.Text("client_secret");
        call.Parameters.RefuseUnknown();
        return StripeAnswer.Ok(call.Get<StripeSetupIntent>(id, "setup_intent").Render());
    }

    /// <summary>Lists setup intents, of one customer or all.</summary>
    public static StripeAnswer List(StripeCall call) => call.Page("/v1/setup_intents", "setup_intent", call.Parameters.Text("customer"));
}
