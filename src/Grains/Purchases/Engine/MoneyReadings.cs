using System.Collections.Immutable;

namespace Connect.Grains.Purchases.Engine;

/// <summary>A refund as read from Stripe.</summary>
public sealed record RefundReading
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>The intent whose money goes back.</summary>
    public required string? IntentId { get; init; }

    /// <summary>Minor units.</summary>
    public required long Amount { get; init; }

    /// <summary>ISO 4217 code, capitals.</summary>
    public required string Currency { get; init; }

    /// <summary>Stripe's status: pending, requires_action, succeeded, failed or canceled.</summary>
    public required string Status { get; init; }

    /// <summary>When it was made, UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Why it was made, as somebody at Stripe said.</summary>
    public string? Reason { get; init; }

    /// <summary>Why it failed.</summary>
    public string? FailureReason { get; init; }

    /// <summary>The order it was made for, from its metadata; null for one that was made at Stripe.</summary>
    public string? OperationId { get; init; }

    /// <summary>The purchase it was made for, from its metadata; null for one that was made at Stripe.</summary>
    public string? PurchaseKey { get; init; }
}

/// <summary>A dispute as read from Stripe.</summary>
public sealed record DisputeReading
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>The intent whose payment is disputed.</summary>
    public required string? IntentId { get; init; }

    /// <summary>Minor units.</summary>
    public required long Amount { get; init; }

    /// <summary>ISO 4217 code, capitals.</summary>
    public required string Currency { get; init; }

    /// <summary>Stripe's status: warning_needs_response, warning_under_review, warning_closed, needs_response, under_review, won, lost or prevented.</summary>
    public required string Status { get; init; }

    /// <summary>When it was opened, UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Stripe's reason.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether the money was taken from us and has come back.</summary>
    public bool Reinstated { get; init; }
}

/// <summary>An early fraud warning as read from Stripe.</summary>
public sealed record WarningReading
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>The intent whose payment it is about.</summary>
    public required string? IntentId { get; init; }

    /// <summary>When it came, UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>What Stripe says of the money of one intent.</summary>
public sealed record MoneyReading
{
    /// <summary>Its refunds.</summary>
    public ImmutableArray<RefundReading> Refunds { get; init; } = [];

    /// <summary>Its disputes.</summary>
    public ImmutableArray<DisputeReading> Disputes { get; init; } = [];

    /// <summary>Ids of its early fraud warnings.</summary>
    public ImmutableArray<string> Warnings { get; init; } = [];
}
