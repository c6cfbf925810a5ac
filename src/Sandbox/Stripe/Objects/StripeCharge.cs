using System.Text.Json.Serialization;

namespace Connect.Sandbox.Stripe;

/// <summary>One attempt on a card: paid, or refused with a reason.</summary>
internal sealed record StripeCharge : StripeObject
{
    /// <inheritdoc />
    public override string Object => "charge";

    /// <summary>In minor units.</summary>
    public required long Amount { get; init; }

    /// <summary>In minor units: the amount when paid, else 0.</summary>
    public long AmountCaptured { get; init; }

    /// <summary>In minor units.</summary>
    public long AmountRefunded { get; init; }

    /// <summary>Who pays, as the card says.</summary>
    public StripeBillingDetails BillingDetails { get; init; } = new();

    /// <summary>True when paid.</summary>
    public bool Captured { get; init; }

    /// <summary>ISO code, lower case.</summary>
    public required string Currency { get; init; }

    /// <summary>Who pays, or null.</summary>
    public string? Customer { get; init; }

    /// <summary>The intent's description.</summary>
    public string? Description { get; init; }

    /// <summary>True once the payer disputed it.</summary>
    public bool Disputed { get; init; }

    /// <summary>Code of the refusal, or null.</summary>
    public string? FailureCode { get; init; }

    /// <summary>Text of the refusal, or null.</summary>
    public string? FailureMessage { get; init; }

    /// <summary>What the card network said.</summary>
    public required StripeOutcome Outcome { get; init; }

    /// <summary>True when the money moved.</summary>
    public bool Paid { get; init; }

    /// <summary>The intent it belongs to.</summary>
    public required string PaymentIntent { get; init; }

    /// <summary>The card that was tried.</summary>
    public required string PaymentMethod { get; init; }

    /// <summary>The card as it was then.</summary>
    public required StripePaymentMethodDetails PaymentMethodDetails { get; init; }

    /// <summary>Where a receipt would go, or null.</summary>
    public string? ReceiptEmail { get; init; }

    /// <summary>True when refunded in full.</summary>
    public bool Refunded { get; init; }

    /// <summary><c>succeeded</c> or <c>failed</c>.</summary>
    public required string Status { get; init; }

    /// <inheritdoc />
    [JsonIgnore]
    public override string? Owner => Customer;

    /// <inheritdoc />
    [JsonIgnore]
    public override string? Parent => PaymentIntent;
}

/// <summary>The card behind a charge.</summary>
internal sealed record StripePaymentMethodDetails
{
    /// <summary>Always <c>card</c>.</summary>
    public string Type { get; init; } = "card";

    /// <summary>The card as it was then.</summary>
    public required StripeChargeCard Card { get; init; }
}

/// <summary>What a charge keeps of its card.</summary>
internal sealed record StripeChargeCard
{
    /// <summary>visa, mastercard or amex.</summary>
    public required string Brand { get; init; }

    /// <summary>Results of the bank's checks.</summary>
    public StripeCardChecks Checks { get; init; } = new();

    /// <summary>Country of the issuer.</summary>
    public required string Country { get; init; }

    /// <summary>Month of expiry, 1 to 12.</summary>
    public required int ExpMonth { get; init; }

    /// <summary>Year of expiry, four digits.</summary>
    public required int ExpYear { get; init; }

    /// <summary>The same for the same number.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Always <c>credit</c>.</summary>
    public required string Funding { get; init; }

    /// <summary>The last four digits.</summary>
    public required string Last4 { get; init; }

    /// <summary>What a charge keeps of this card.</summary>
    public static StripeChargeCard Of(StripeCard card) => new()
    {
        Brand = card.Brand,
        Checks = card.Checks,
        Country = card.Country,
        ExpMonth = card.ExpMonth,
        ExpYear = card.ExpYear,
        Fingerprint = card.Fingerprint,
        Funding = card.Funding,
        Last4 = card.Last4,
    };
}

/// <summary>How an attempt ended, and who ended it.</summary>
internal sealed record StripeOutcome
{
    /// <summary>What to do about a refusal, or null.</summary>
    public string? AdviceCode { get; init; }

    /// <summary><c>approved_by_network</c>, <c>declined_by_network</c> or <c>not_sent_to_network</c>.</summary>
    public required string NetworkStatus { get; init; }

    /// <summary>The decline code, or null.</summary>
    public string? Reason { get; init; }

    /// <summary><c>normal</c> or <c>highest</c>.</summary>
    public required string RiskLevel { get; init; }

    /// <summary>A sentence for the merchant, not for the payer.</summary>
    public required string SellerMessage { get; init; }

    /// <summary><c>authorized</c>, <c>issuer_declined</c> or <c>blocked</c>.</summary>
    public required string Type { get; init; }
}
