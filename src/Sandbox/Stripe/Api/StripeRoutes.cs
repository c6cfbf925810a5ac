namespace Connect.Sandbox.Stripe;

/// <summary>Which operation a method and a path stand for.</summary>
internal static class StripeRoutes
{
    /// <summary>Runs the operation.</summary>
    /// <param name="method">HTTP method.</param>
    /// <param name="path">The path below the sandbox's prefix, beginning with <c>/v1/</c>.</param>
    /// <param name="call">The request.</param>
    public static StripeAnswer Run(string method, string path, StripeCall call) => (method, path.Trim('/').Split('/')[1..]) switch
    {
        ("POST", ["customers"]) => Customers.Create(call),
        ("GET", ["customers"]) => Customers.List(call),
        ("GET", ["customers", var id]) => Customers.Retrieve(call, id),
        ("POST", ["customers", var id]) => Customers.Update(call, id),
        ("GET", ["customers", var id, "payment_methods"]) => Customers.ListPaymentMethods(call, id),
        ("GET", ["customers", var id, "payment_methods", var methodId]) => Customers.RetrievePaymentMethod(call, id, methodId),
        ("POST", ["payment_methods"]) => PaymentMethods.Create(call),
        ("GET", ["payment_methods"]) => PaymentMethods.List(call),
        ("GET", ["payment_methods", var id]) => PaymentMethods.Retrieve(call, id),
        ("POST", ["payment_methods", var id]) => PaymentMethods.Update(call, id),
        ("POST", ["payment_methods", var id, "attach"]) => PaymentMethods.Attach(call, id),
        ("POST", ["payment_methods", var id, "detach"]) => PaymentMethods.Detach(call, id),
        ("POST", ["payment_intents"]) => PaymentIntents.Create(call),
        ("GET", ["payment_intents"]) => PaymentIntents.List(call),
        ("GET", ["payment_intents", var id]) => PaymentIntents.Retrieve(call, id),
        ("POST", ["payment_intents", var id]) => PaymentIntents.Update(call, id),
        ("POST", ["payment_intents", var id, "confirm"]) => PaymentIntents.Confirm(call, id),
        ("POST", ["payment_intents", var id, "cancel"]) => PaymentIntents.Cancel(call, id),
        ("GET", ["charges"]) => Charges.List(call),
        ("GET", ["charges", var id]) => Charges.Retrieve(call, id),
        ("POST", ["charges", var id]) => Charges.Update(call, id),
        ("POST", ["refunds"]) => Refunds.Create(call),
        ("GET", ["refunds"]) => Refunds.List(call),
        ("GET", ["refunds", var id]) => Refunds.Retrieve(call, id),
        ("POST", ["refunds", var id]) => Refunds.Update(call, id),
        ("GET", ["disputes"]) => Disputes.List(call),
        ("GET", ["disputes", var id]) => Disputes.Retrieve(call, id),
        ("POST", ["disputes", var id]) => Disputes.Update(call, id),
        ("POST", ["disputes", var id, "close"]) => Disputes.Close(call, id),
        ("GET", ["radar", "early_fraud_warnings"]) => EarlyFraudWarnings.List(call),
        ("GET", ["radar", "early_fraud_warnings", var id]) => EarlyFraudWarnings.Retrieve(call, id),
        ("GET", ["events"]) => Events.List(call),
        ("GET", ["events", var id]) => Events.Retrieve(call, id),
        ("POST", ["webhook_endpoints"]) => WebhookEndpoints.Create(call),
        ("GET", ["webhook_endpoints"]) => WebhookEndpoints.List(call),
        ("GET", ["webhook_endpoints", var id]) => WebhookEndpoints.Retrieve(call, id),
        ("POST", ["webhook_endpoints", var id]) => WebhookEndpoints.Update(call, id),
        ("DELETE", ["webhook_endpoints", var id]) => WebhookEndpoints.Delete(call, id),
        ("DELETE", ["customers", var id]) => Customers.Delete(call, id),
        ("POST", ["setup_intents"]) => SetupIntents.Create(call),
        ("POST", ["setup_intents", var id]) => SetupIntents.Update(call, id),
        ("POST", ["setup_intents", var id, "confirm"]) => SetupIntents.Confirm(call, id),
        ("POST", ["setup_intents", var id, "cancel"]) => SetupIntents.Cancel(call, id),
        ("GET", ["setup_intents"]) => SetupIntents.List(call),
        ("GET", ["setup_intents", var id]) => SetupIntents.Retrieve(call, id),
        ("POST", ["checkout", "sessions"]) => CheckoutSessions.Create(call),
        ("GET", ["checkout", "sessions"]) => CheckoutSessions.List(call),
        ("GET", ["checkout", "sessions", var id]) => CheckoutSessions.Retrieve(call, id),
        ("POST", ["checkout", "sessions", var id, "expire"]) => CheckoutSessions.Expire(call, id),
        _ => throw StripeRefusal.UnknownUrl(method, path),
    };
}
