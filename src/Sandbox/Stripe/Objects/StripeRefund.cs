using System.Text.Json.Serialization;

namespace Connect.Sandbox.Stripe;

/// <summary>Money on its way back to a card.</summary>
internal sealed record StripeRefund : StripeObject
{
    /// <summary>The status while the bank has not said yes.</summary>
    public const string Pending = "pending";

    /// <summary>The status once the money is back.</summary>
    public const string Succeeded = "succeeded";

    /// <summary>The status once the bank has sent the money back; it may follow <see cref="Succeeded"/>.</summary>
    public const string Failed = "failed";

    /// <inheritdoc />
    public override string Object => "refund";

    /// <summary>In minor units.</summary>
    public required long Amount { get; init; }

    /// <summary>The charge it undoes, in part or whole.</summary>
    public required string Charge { get; init; }

    /// <summary>ISO code, lower case.</summary>
    public required string Currency { get; init; }

    /// <summary>Where the money goes.</summary>
    public required StripeRefundDestination DestinationDetails { get; init; }

    /// <summary>Why it failed, only then.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? FailureReason { get; init; }

    /// <summary>The intent of the charge.</summary>
    public required string PaymentIntent { get; init; }

    /// <summary><c>duplicate</c>, <c>fraudulent</c>, <c>requested_by_customer</c> or null.</summary>
    public string? Reason { get; init; }

    /// <summary>Always null: no receipts are sent.</summary>
    public string? ReceiptNumber { get; init; }

    /// <summary>pending, succeeded or failed.</summary>
    public required string Status { get; init; }

    /// <inheritdoc />
    [JsonIgnore]
    public override string? Parent => PaymentIntent;

    /// <inheritdoc />
    protected override bool HasLivemode => false;
}

/// <summary>Where a refund goes: back to the card.</summary>
internal sealed record StripeRefundDestination
{
    /// <summary>How the card network knows it.</summary>
    public StripeRefundDestinationCard Card { get; init; } = new();

    /// <summary>Always <c>card</c>.</summary>
    public string Type { get; init; } = "card";
}

/// <summary>How the card network knows a refund.</summary>
internal sealed record StripeRefundDestinationCard
{
    /// <summary>Always <c>pending</c>: no reference is ever given.</summary>
    public string ReferenceStatus { get; init; } = "pending";

    /// <summary>Always <c>acquirer_reference_number</c>.</summary>
    public string ReferenceType { get; init; } = "acquirer_reference_number";

    /// <summary>Always <c>refund</c>.</summary>
    public string Type { get; init; } = "refund";
}
