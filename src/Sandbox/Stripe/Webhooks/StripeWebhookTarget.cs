namespace Connect.Sandbox.Stripe;

/// <summary>An address that the host of the sandbox wants every event posted to.</summary>
/// <param name="Url">Absolute, http or https.</param>
/// <param name="Secret">What signatures are made with, for example <c>whsec_…</c>.</param>
public sealed record StripeWebhookTarget(Uri Url, string Secret);
