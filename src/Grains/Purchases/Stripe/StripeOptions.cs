namespace Connect.Grains.Purchases.Stripe;

/// <summary>How Stripe is reached, section <c>Stripe</c>. Read when it is first needed, not at start: the embedded sandbox learns its address late.</summary>
public sealed class StripeOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Stripe";

    /// <summary>The secret key. A secret: from user-secrets or the environment, never logged.</summary>
    public string? ApiKey { get; set; }

    /// <summary>Address of the API without a path; Stripe's own when null.</summary>
    public string? ApiBase { get; set; }

    /// <summary>Seconds before an unanswered request counts as unknown, 1 to 80.</summary>
    public double TimeoutSeconds { get; set; } = 20;

    /// <summary>How often the client itself repeats a request (with the same idempotency key) before the purchase does, 0 to 5.</summary>
    public int MaxNetworkRetries { get; set; } = 1;

    /// <summary>Address under which browsers reach this program. After its page the bank sends the customer back below it, to <c>/purchases/{account}/{purchase}/return</c>.</summary>
    public string ReturnUrl { get; set; } = "http://127.0.0.1:5080";
}
