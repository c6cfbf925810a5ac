namespace Connect.Sandbox.Stripe;

/// <summary>Where the Stripe sandbox keeps its state and how its pages are reached.</summary>
public sealed class StripeSandboxOptions
{
    /// <summary>The SQLite file that holds customers, cards, intents, charges and idempotency keys. Its folder is created when missing.</summary>
    public string DatabasePath { get; set; } = "stripe-sandbox.db";

    /// <summary>
    /// Where every event is posted, besides the endpoints made through the API. It may be set late, as a whole: an event goes to those that are set when it
    /// happens (while none is, to those of earlier runs), and is sent to the address, signed with the secret, that stands in the same place of the list then.
    /// </summary>
    public IReadOnlyList<StripeWebhookTarget> Webhooks { get; set; } = [];

    /// <summary>
    /// Scheme, host and port (no path) that a browser uses to reach the hosted pages, for example <c>https://credits.example</c>.
    /// Null uses the host of the API request that created the page, which is right on one machine.
    /// </summary>
    public Uri? PublicBaseUrl { get; set; }
}
