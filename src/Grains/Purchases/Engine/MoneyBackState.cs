using System.Collections.Immutable;
using Connect.Purchases;

namespace Connect.Grains.Purchases.Engine;

/// <summary>Everything that is remembered of the money of a purchase that goes back. Saved before and after each call that changes something outside.</summary>
[GenerateSerializer, Immutable, Alias("connect.purchases.money-back-state")]
public sealed record MoneyBackState
{
    /// <summary>The intent that was paid.</summary>
    [Id(0)] public required string IntentId { get; init; }

    /// <summary>Credits that were bought.</summary>
    [Id(1)] public required long Credits { get; init; }

    /// <summary>What was paid.</summary>
    [Id(2)] public required Money Paid { get; init; }

    /// <summary>What operators ordered, oldest first.</summary>
    [Id(3)] public ImmutableArray<OrderedRefund> Orders { get; init; } = [];

    /// <summary>The refunds and disputes that Stripe has, in the order in which they were first seen.</summary>
    [Id(4)] public ImmutableArray<MoneyReturn> Returns { get; init; } = [];

    /// <summary>The early fraud warnings that Stripe has.</summary>
    [Id(5)] public ImmutableArray<FraudWarning> Warnings { get; init; } = [];

    /// <summary>Stripe's lists are to be read.</summary>
    [Id(6)] public bool MustRead { get; init; }

    /// <summary>When they were last read and something had changed, UTC.</summary>
    [Id(7)] public DateTimeOffset? ReadAt { get; init; }

    /// <summary>Failures in a row.</summary>
    [Id(8)] public int Failures { get; init; }

    /// <summary>No outside call before this instant, UTC.</summary>
    [Id(9)] public DateTimeOffset? NotBefore { get; init; }

    /// <summary>What went wrong last, for operators.</summary>
    [Id(10)] public string? Finding { get; init; }

    /// <summary>When the lists are read again without a prompt, because something is still open at Stripe; UTC.</summary>
    [Id(11)] public DateTimeOffset? WatchAt { get; init; }
}

/// <summary>Where an ordered refund is. Stored by number: add at the end.</summary>
public enum OrderPhase
{
    /// <summary>Ordered; not sent.</summary>
    Ordered,

    /// <summary>Sent under its key, or about to be.</summary>
    Sending,

    /// <summary>Its key's answer is an error that may hide a refund: look for it among those that Stripe has.</summary>
    Looking,

    /// <summary>At Stripe. The end.</summary>
    Made,

    /// <summary>Not made, and never will be. The end.</summary>
    Refused,

    /// <summary>Nobody knows whether it was made; a person must look. The end, unless it shows.</summary>
    NeedsReview,
}

/// <summary>A refund that an operator ordered.</summary>
[GenerateSerializer, Immutable, Alias("connect.purchases.ordered-refund")]
public sealed record OrderedRefund
{
    /// <summary>What was ordered, as it was ordered.</summary>
    [Id(0)] public required RefundOrder Order { get; init; }

    /// <summary>When, UTC.</summary>
    [Id(1)] public required DateTimeOffset At { get; init; }

    /// <summary>Where it is.</summary>
    [Id(2)] public OrderPhase Phase { get; init; }

    /// <summary>Minor units, fixed before it is sent.</summary>
    [Id(3)] public long? Amount { get; init; }

    /// <summary>Which key is in use, from 1; it grows only when no refund can come of the earlier ones.</summary>
    [Id(4)] public int KeyNumber { get; init; } = 1;

    /// <summary>When it was first sent with the key in use, UTC.</summary>
    [Id(5)] public DateTimeOffset? SendingSince { get; init; }

    /// <summary>Since when it is looked for, UTC.</summary>
    [Id(6)] public DateTimeOffset? LookingSince { get; init; }

    /// <summary>Stripe's refund, once known.</summary>
    [Id(7)] public string? RefundId { get; init; }

    /// <summary>Why it was not made.</summary>
    [Id(8)] public RefundOutcome Outcome { get; init; }

    /// <summary>What Stripe said, for operators.</summary>
    [Id(9)] public string? Finding { get; init; }

    /// <summary>Whether something is still to be done about it.</summary>
    public bool Open => Phase is OrderPhase.Ordered or OrderPhase.Sending or OrderPhase.Looking;
}

/// <summary>A refund or dispute at Stripe, and the credits it takes.</summary>
[GenerateSerializer, Immutable, Alias("connect.purchases.money-return")]
public sealed record MoneyReturn
{
    /// <summary>Stripe's id.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>Whether it is a dispute; a refund otherwise.</summary>
    [Id(1)] public required bool IsDispute { get; init; }

    /// <summary>Minor units of the purchase's currency.</summary>
    [Id(2)] public required long Amount { get; init; }

    /// <summary>Stripe's status.</summary>
    [Id(3)] public required string Status { get; init; }

    /// <summary>Whether the money is gone, or may be: then the credits are too.</summary>
    [Id(4)] public required bool Holds { get; init; }

    /// <summary>When it was made, UTC.</summary>
    [Id(5)] public required DateTimeOffset At { get; init; }

    /// <summary>Why, in an operator's words or Stripe's.</summary>
    [Id(6)] public string? Reason { get; init; }

    /// <summary>Why it failed.</summary>
    [Id(7)] public string? FailureReason { get; init; }

    /// <summary>The order it was made for.</summary>
    [Id(8)] public string? OperationId { get; init; }

    /// <summary>Whether auto top-up is still to be stopped because of it.</summary>
    [Id(9)] public bool MustStop { get; init; }

    /// <summary>What it took of the credits, in order; never more than its own share of them at one time.</summary>
    [Id(10)] public ImmutableArray<CreditClaim> Claims { get; init; } = [];

    /// <summary>Whether Stripe may still change it by itself.</summary>
    public bool Unfinished => IsDispute ? Holds && Status != "lost" : Status is "pending" or "requires_action";

    /// <summary>Credits that it claims and keeps.</summary>
    public long Claimed => Claims.Where(claim => claim.Phase is ClaimPhase.Revoking or ClaimPhase.Revoked).Sum(claim => claim.Credits);

    /// <summary>Those of its claimed credits that were not there to be taken.</summary>
    public long Shortfall => Claims.Where(claim => claim.Phase is ClaimPhase.Revoked).Sum(claim => claim.Shortfall);
}

/// <summary>Where a claim on credits is. Stored by number: add at the end.</summary>
public enum ClaimPhase
{
    /// <summary>To be revoked; may have been.</summary>
    Revoking,

    /// <summary>Revoked.</summary>
    Revoked,

    /// <summary>To be undone; may have been.</summary>
    Restoring,

    /// <summary>Undone. The end.</summary>
    Restored,
}

/// <summary>Credits that one revocation takes.</summary>
[GenerateSerializer, Immutable, Alias("connect.purchases.credit-claim")]
public sealed record CreditClaim
{
    /// <summary>From 1 within its refund or dispute.</summary>
    [Id(0)] public required int Number { get; init; }

    /// <summary>Credits asked for, at least 1.</summary>
    [Id(1)] public required long Credits { get; init; }

    /// <summary>Where it is.</summary>
    [Id(2)] public ClaimPhase Phase { get; init; }

    /// <summary>Credits that were spent or had ended, once revoked.</summary>
    [Id(3)] public long Shortfall { get; init; }
}

/// <summary>An early fraud warning of the card's issuer.</summary>
[GenerateSerializer, Immutable, Alias("connect.purchases.fraud-warning")]
public sealed record FraudWarning
{
    /// <summary>Stripe's id.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>Whether auto top-up is still to be stopped because of it.</summary>
    [Id(1)] public bool MustStop { get; init; } = true;
}
