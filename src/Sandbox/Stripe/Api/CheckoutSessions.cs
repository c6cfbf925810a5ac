namespace Connect.Sandbox.Stripe;

/// <summary><c>/v1/checkout/sessions</c>, in setup mode.</summary>
internal static class CheckoutSessions
{
    private static readonly TimeSpan LifeMin = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan LifeMax = TimeSpan.FromHours(24);

    /// <summary>Makes a session and its setup intent. Its page takes a card until the session expires, after 24 hours unless said otherwise.</summary>
    public static StripeAnswer Create(StripeCall call)
    {
        var parameters = call.Parameters;
        parameters.Required("mode");
        parameters.OneOf("mode", "setup");
        var successUrl = parameters.Required("success_url");
        var cancelUrl = parameters.Text("cancel_url");
        var customerId = parameters.Text("customer");
        var currency = parameters.Text("currency")?.ToLowerInvariant();
        if (call.AllowedTypes() is null && currency is null)
            throw StripeRefusal.Invalid("parameter_missing", "`currency` is required in setup mode unless the allowed payment method types are given.", "currency");
        var reference = parameters.Text("client_reference_id");
        var expiresAt = parameters.Integer("expires_at") is { } at ? Bounded(call, at) : call.Now.Add(LifeMax).ToUnixTimeSeconds();
        var setupData = parameters.Group("setup_intent_data");
        var setupId = call.Ids.Next("seti");
        var setup = new StripeSetupIntent
        {
            Id = setupId,
            Created = call.Now.ToUnixTimeSeconds(),
            ClientSecret = $"{setupId}_{call.Ids.Next("secret")}",
            Customer = customerId,
            Description = setupData?.Text("description"),
            Metadata = setupData?.Metadata([]) ?? [],
            Status = IntentStatus.RequiresPaymentMethod,
        };
        var metadata = parameters.Metadata([]);
        parameters.RefuseUnknown();
        if (customerId is not null)
            call.Customer(customerId);
        call.Save(setup);
        var id = call.Ids.Next("cs_test");
        call.Unit.Plan(DateTimeOffset.FromUnixTimeSeconds(expiresAt), LaterKind.ExpireSession, id);
        return call.Put(new StripeCheckoutSession
        {
            Id = id,
            Created = call.Now.ToUnixTimeSeconds(),
            Metadata = metadata,
            CancelUrl = cancelUrl,
            ClientReferenceId = reference,
            Currency = currency,
            Customer = customerId,
            ExpiresAt = expiresAt,
            SetupIntent = setup.Id,
            Status = StripeCheckoutSession.Open,
            SuccessUrl = successUrl,
            Url = $"{call.PageBase}/checkout/{id}",
        });
    }

    /// <summary>Shows a session.</summary>
    public static StripeAnswer Retrieve(StripeCall call, string id)
    {
        call.Parameters.RefuseUnknown();
        return StripeAnswer.Ok(Find(call, id).Render());
    }

    /// <summary>Ends an open session at once.</summary>
    public static StripeAnswer Expire(StripeCall call, string id)
    {
        call.Parameters.RefuseUnknown();
        var session = Find(call, id);
        return session.Status == StripeCheckoutSession.Open
            ? call.Put(session.Expire())
            : throw StripeRefusal.Invalid(null, $"Only Checkout Sessions with a status in [\"open\"] can be expired. This one is {session.Status}.", "session");
    }

    /// <summary>Lists sessions, of one customer or all.</summary>
    public static StripeAnswer List(StripeCall call) => call.Page("/v1/checkout/sessions", "checkout.session", call.Parameters.Text("customer"));

    /// <summary>The time of a session is over; one that was used stays as it is.</summary>
    public static void RunOut(StripeCall call, string id)
    {
        var session = Find(call, id);
        if (session.Status == StripeCheckoutSession.Open)
            call.Save(session.Expire());
    }

    private static StripeCheckoutSession Find(StripeCall call, string id) => call.Get<StripeCheckoutSession>(id, "checkout.session");

    private static long Bounded(StripeCall call, long at) =>
        at >= call.Now.Add(LifeMin).ToUnixTimeSeconds() && at <= call.Now.Add(LifeMax).ToUnixTimeSeconds()
            ? at
            : throw StripeRefusal.Invalid(null, "The `expires_at` timestamp must be between 30 minutes and 24 hours from now.", "expires_at");
}
