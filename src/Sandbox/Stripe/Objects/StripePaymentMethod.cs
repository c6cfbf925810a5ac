using System.Text.Json.Serialization;

namespace Connect.Sandbox.Stripe;

/// <summary>A card, attached to a customer or not yet. The number is never stored, only what the card does.</summary>
internal sealed record StripePaymentMethod : StripeObject
{
    /// <inheritdoc />
    public override string Object => "payment_method";

    /// <summary>Always <c>card</c>.</summary>
    public string Type { get; init; } = "card";

    /// <summary>The customer it is attached to, or null.</summary>
    public string? Customer { get; init; }

    /// <summary>Name, e-mail and the like, as given.</summary>
    public StripeBillingDetails BillingDetails { get; init; } = new();

    /// <summary>What may be shown of the card.</summary>
    public required StripeCard Card { get; init; }

    /// <summary>What the simulator knows of the card.</summary>
    public required CardSecrets Sandbox { get; init; }

    /// <inheritdoc />
    [JsonIgnore]
    public override string? Owner => Customer;
}

/// <summary>What a receipt may show of a card.</summary>
internal sealed record StripeCard
{
    /// <summary>visa, mastercard or amex.</summary>
    public required string Brand { get; init; }

    /// <summary>The same as the brand.</summary>
    public string DisplayBrand => Brand;

    /// <summary>Results of the bank's checks.</summary>
    public StripeCardChecks Checks { get; init; } = new();

    /// <summary>Country of the issuer.</summary>
    public string Country { get; init; } = "AU";

    /// <summary>Month of expiry, 1 to 12; the card is good to the end of it.</summary>
    public required int ExpMonth { get; init; }

    /// <summary>Year of expiry, four digits.</summary>
    public required int ExpYear { get; init; }

    /// <summary>The same for the same number, so that a card added twice can be noticed.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Always <c>credit</c>.</summary>
    public string Funding { get; init; } = "credit";

    /// <summary>The last four digits.</summary>
    public required string Last4 { get; init; }
}

/// <summary>What the bank said of the security code.</summary>
internal sealed record StripeCardChecks
{
    /// <summary><c>pass</c>, or null when no code was given.</summary>
    public string? CvcCheck { get; init; }
}

/// <summary>Who the card belongs to, as the person typed it.</summary>
internal sealed record StripeBillingDetails
{
    /// <summary>E-mail address, or null.</summary>
    public string? Email { get; init; }

    /// <summary>Name on the card, or null.</summary>
    public string? Name { get; init; }

    /// <summary>Phone number, or null.</summary>
    public string? Phone { get; init; }
}

/// <summary>What only the simulator knows of a card.</summary>
internal sealed record CardSecrets
{
    /// <summary>What the card does when it is used.</summary>
    public required CardBehaviour Behaviour { get; init; }

    /// <summary>True once its owner authenticated it for later use without them.</summary>
    public bool SetUp { get; init; }

    /// <summary>True once detached: it can never be used again.</summary>
    public bool Detached { get; init; }
}
