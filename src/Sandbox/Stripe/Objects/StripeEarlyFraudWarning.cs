using System.Text.Json.Serialization;

namespace Connect.Sandbox.Stripe;

/// <summary>The card's bank suspects fraud, and a dispute may follow.</summary>
internal sealed record StripeEarlyFraudWarning : StripeObject
{
    /// <summary>Stripe's name of the kind.</summary>
    public const string Kind = "radar.early_fraud_warning";

    /// <inheritdoc />
    public override string Object => Kind;

    /// <summary>True until the charge is refunded in full or disputed.</summary>
    public bool Actionable { get; init; } = true;

    /// <summary>The charge.</summary>
    public required string Charge { get; init; }

    /// <summary>For example <c>made_with_stolen_card</c>.</summary>
    public required string FraudType { get; init; }

    /// <summary>The intent of the charge.</summary>
    public required string PaymentIntent { get; init; }

    /// <inheritdoc />
    [JsonIgnore]
    public override string? Parent => PaymentIntent;

    /// <inheritdoc />
    protected override bool HasMetadata => false;
}
