using System.Text.Json.Serialization;

namespace Connect.Sandbox.Stripe;

/// <summary>A charge that its payer's bank questions, or has taken back.</summary>
internal sealed record StripeDispute : StripeObject
{
    /// <inheritdoc />
    public override string Object => "dispute";

    /// <summary>The disputed part, in minor units.</summary>
    public required long Amount { get; init; }

    /// <summary>What was taken for it and given back, oldest first.</summary>
    public IReadOnlyList<StripeBalanceTransaction> BalanceTransactions { get; init; } = [];

    /// <summary>The disputed charge.</summary>
    public required string Charge { get; init; }

    /// <summary>ISO code, lower case.</summary>
    public required string Currency { get; init; }

    /// <summary>What the merchant says against it.</summary>
    public StripeDisputeEvidence Evidence { get; init; } = new();

    /// <summary>How long the merchant has to say it.</summary>
    public required StripeDisputeEvidenceDetails EvidenceDetails { get; init; }

    /// <summary>True while it is only an inquiry: a refund still ends it.</summary>
    public bool IsChargeRefundable => Status.StartsWith(DisputeStatus.WarningPrefix, StringComparison.Ordinal);

    /// <summary>The intent of the charge.</summary>
    public required string PaymentIntent { get; init; }

    /// <summary>The card.</summary>
    public required StripeDisputeMethod PaymentMethodDetails { get; init; }

    /// <summary>For example <c>fraudulent</c> or <c>product_not_received</c>.</summary>
    public required string Reason { get; init; }

    /// <summary>One of <see cref="DisputeStatus"/>.</summary>
    public required string Status { get; init; }

    /// <summary>True while the money is with the bank.</summary>
    [JsonIgnore]
    public bool Withdrawn => BalanceTransactions.Sum(transaction => transaction.Amount) < 0;

    /// <inheritdoc />
    [JsonIgnore]
    public override string? Parent => PaymentIntent;
}

/// <summary>The statuses of disputes.</summary>
internal static class DisputeStatus
{
    /// <summary>How the statuses of an inquiry begin: no money has moved.</summary>
    public const string WarningPrefix = "warning_";

    /// <summary>The bank asks; no money has moved.</summary>
    public const string WarningNeedsResponse = "warning_needs_response";

    /// <summary>The bank looks at what the merchant said to its question.</summary>
    public const string WarningUnderReview = "warning_under_review";

    /// <summary>The bank asked and left it at that.</summary>
    public const string WarningClosed = "warning_closed";

    /// <summary>The bank wants the money back; the merchant may object.</summary>
    public const string NeedsResponse = "needs_response";

    /// <summary>The bank looks at the objection.</summary>
    public const string UnderReview = "under_review";

    /// <summary>The merchant keeps the money; final.</summary>
    public const string Won = "won";

    /// <summary>The money is gone; final.</summary>
    public const string Lost = "lost";
}

/// <summary>What the merchant says against a dispute.</summary>
internal sealed record StripeDisputeEvidence
{
    /// <summary>Free text, or null. The texts <c>winning_evidence</c> and <c>losing_evidence</c> decide the dispute at once.</summary>
    public string? UncategorizedText { get; init; }
}

/// <summary>How long the merchant may object, and whether it did.</summary>
internal sealed record StripeDisputeEvidenceDetails
{
    /// <summary>In Unix seconds.</summary>
    public required long DueBy { get; init; }

    /// <summary>True once there is evidence.</summary>
    public bool HasEvidence { get; init; }

    /// <summary>Always false: nothing here is ever late.</summary>
    public bool PastDue { get; init; }

    /// <summary>How often evidence was handed in.</summary>
    public int SubmissionCount { get; init; }
}

/// <summary>The card of a dispute.</summary>
internal sealed record StripeDisputeMethod
{
    /// <summary>Brand and kind of the case.</summary>
    public required StripeDisputeCard Card { get; init; }

    /// <summary>Always <c>card</c>.</summary>
    public string Type { get; init; } = "card";
}

/// <summary>What the card network says of a dispute.</summary>
internal sealed record StripeDisputeCard
{
    /// <summary>visa, mastercard or amex.</summary>
    public required string Brand { get; init; }

    /// <summary><c>chargeback</c> or <c>inquiry</c>.</summary>
    public required string CaseType { get; init; }

    /// <summary>The network's own code.</summary>
    public required string NetworkReasonCode { get; init; }
}

/// <summary>Money that a dispute moved.</summary>
internal sealed record StripeBalanceTransaction
{
    /// <summary>The id.</summary>
    public required string Id { get; init; }

    /// <summary>Always <c>balance_transaction</c>.</summary>
    public string Object { get; init; } = "balance_transaction";

    /// <summary>In minor units: negative when taken.</summary>
    public required long Amount { get; init; }

    /// <summary>When, in Unix seconds.</summary>
    public required long AvailableOn { get; init; }

    /// <summary>When, in Unix seconds.</summary>
    public required long Created { get; init; }

    /// <summary>ISO code, lower case.</summary>
    public required string Currency { get; init; }

    /// <summary>What it is.</summary>
    public required string Description { get; init; }

    /// <summary>Always null: no currency is changed.</summary>
    public decimal? ExchangeRate { get; init; }

    /// <summary>Always 0: fees are not simulated.</summary>
    public long Fee { get; init; }

    /// <summary>Always empty.</summary>
    public IReadOnlyList<string> FeeDetails { get; init; } = [];

    /// <summary>The amount: there are no fees.</summary>
    public long Net => Amount;

    /// <summary><c>dispute</c> or <c>dispute_reversal</c>.</summary>
    public required string ReportingCategory { get; init; }

    /// <summary>The dispute.</summary>
    public required string Source { get; init; }

    /// <summary>Always <c>available</c>.</summary>
    public string Status { get; init; } = "available";

    /// <summary>Always <c>adjustment</c>.</summary>
    public string Type { get; init; } = "adjustment";
}
