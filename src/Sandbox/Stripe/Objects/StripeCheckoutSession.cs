using System.Text.Json.Serialization;

namespace Connect.Sandbox.Stripe;

/// <summary>A visit to the hosted card page, in setup mode: it saves a card and takes no money.</summary>
internal sealed record StripeCheckoutSession : StripeObject
{
    /// <summary>The status of a session whose page still takes a card.</summary>
    public const string Open = "open";

    /// <summary>The status once the card is saved.</summary>
    public const string Complete = "complete";

    /// <summary>The status once its time is over.</summary>
    public const string Expired = "expired";

    /// <inheritdoc />
    public override string Object => "checkout.session";

    /// <summary>Always off: taxes are not simulated.</summary>
    public StripeAutomaticTax AutomaticTax { get; init; } = new();

    /// <summary>Always empty.</summary>
    public IReadOnlyList<string> CustomFields { get; init; } = [];

    /// <summary>Always without texts.</summary>
    public StripeCustomText CustomText { get; init; } = new();

    /// <summary>Always empty.</summary>
    public IReadOnlyList<string> ShippingOptions { get; init; } = [];

    /// <summary>Where the page's cancel link leads, or null.</summary>
    public string? CancelUrl { get; init; }

    /// <summary>The caller's own reference, or null.</summary>
    public string? ClientReferenceId { get; init; }

    /// <summary>ISO code, lower case, or null.</summary>
    public string? Currency { get; init; }

    /// <summary>Whose card it will be, or null.</summary>
    public string? Customer { get; init; }

    /// <summary>When the page stops taking a card, in Unix seconds.</summary>
    public required long ExpiresAt { get; init; }

    /// <summary>Always <c>setup</c>.</summary>
    public string Mode { get; init; } = "setup";

    /// <summary>Always card.</summary>
    public IReadOnlyList<string> PaymentMethodTypes { get; init; } = ["card"];

    /// <summary>Always <c>no_payment_required</c>.</summary>
    public string PaymentStatus { get; init; } = "no_payment_required";

    /// <summary>The setup intent that the page completes.</summary>
    public required string SetupIntent { get; init; }

    /// <summary>open, complete or expired.</summary>
    public required string Status { get; init; }

    /// <summary>Where the person goes once the card is saved; <c>{CHECKOUT_SESSION_ID}</c> in it is replaced.</summary>
    public required string SuccessUrl { get; init; }

    /// <summary>The page, while the session is open.</summary>
    public string? Url { get; init; }

    /// <inheritdoc />
    [JsonIgnore]
    public override string? Owner => Customer;

    /// <inheritdoc />
    [JsonIgnore]
    public override string? Parent => SetupIntent;

    /// <summary>The session once it is over unused: it has no page any more.</summary>
    public StripeCheckoutSession Expire() => this with { Status = Expired, Url = null };
}

/// <summary>Whether taxes are worked out.</summary>
internal sealed record StripeAutomaticTax
{
    /// <summary>Always false.</summary>
    public bool Enabled { get; init; }

    /// <summary>Always null.</summary>
    public string? Status { get; init; }
}

/// <summary>Texts of the merchant on the page.</summary>
internal sealed record StripeCustomText
{
    /// <summary>Always null.</summary>
    public string? ShippingAddress { get; init; }

    /// <summary>Always null.</summary>
    public string? Submit { get; init; }
}
