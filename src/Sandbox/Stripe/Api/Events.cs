namespace Connect.Sandbox.Stripe;

/// <summary><c>/v1/events</c>.</summary>
internal static class Events
{
    /// <summary>Shows an event.</summary>
    public static StripeAnswer Retrieve(StripeCall call, string id)
    {
        call.Parameters.RefuseUnknown();
        return StripeAnswer.Ok(call.Get<StripeEvent>(id, StripeEvent.Kind).Render());
    }

    /// <summary>Lists events, of one type, of some types or all.</summary>
    public static StripeAnswer List(StripeCall call) => call.Page(
        "/v1/events", StripeEvent.Kind, members: call.Parameters.Texts("types") is { } types ? [("type", types)] : call.Where("type"));
}
