using System.Collections.Immutable;

namespace Connect.Purchases;

/// <summary>
/// The money of one purchase that goes back through Stripe, by refund or dispute, and the credits that go with it. Key: that of the purchase,
/// <c>{accountId}/{purchaseId}</c>.
/// What Stripe's lists of refunds, disputes and early fraud warnings say decides; everything else only prompts a reading of them.
/// </summary>
[Alias("connect.purchases.IMoneyBackGrain")]
public interface IMoneyBackGrain : IGrainWithStringKey
{
    /// <summary>
    /// An operator gives money back. Answers when the refund is at Stripe and its credits are revoked, when it was refused, or after a few seconds while it
    /// goes on.
    /// Repeating it with the same operation id reports.
    /// </summary>
    [Alias("refund")] Task<RefundResult> Refund(RefundOrder order);

    /// <summary>
    /// Something may have happened to the money: read the lists now and settle what changed. Harmless at any time and any number of times; returns when settled
    /// or after a few seconds.
    /// Does nothing for a purchase that is unknown or was not credited.
    /// </summary>
    [Alias("prompt")] Task Prompt();

    /// <summary>What went back so far; empty lists when nothing did.</summary>
    [Alias("get")] Task<MoneyBackView> Get();
}

/// <summary>An operator's order to give money back.</summary>
[GenerateSerializer, Immutable, Alias("connect.purchases.refund-order")]
public sealed record RefundOrder
{
    /// <summary>The caller's idempotency key, unique within the purchase for ever; 1 to 200 characters without control characters.</summary>
    [Id(0)] public required string OperationId { get; init; }

    /// <summary>Minor units of the purchase's currency, at least 1; null for everything that is left.</summary>
    [Id(1)] public long? Amount { get; init; }

    /// <summary>Why, in words; 1 to 300 characters.</summary>
    [Id(2)] public required string Reason { get; init; }

    /// <summary>The operator.</summary>
    [Id(3)] public required string Actor { get; init; }
}

/// <summary>How an order to refund ended.</summary>
public enum RefundOutcome
{
    /// <summary>Taken, now or before; <see cref="RefundView.Status"/> tells how far it is.</summary>
    Accepted,

    /// <summary>There is no such purchase.</summary>
    UnknownPurchase,

    /// <summary>The purchase was not credited, so there is nothing to give back yet.</summary>
    NotCredited,

    /// <summary>The amount is zero or negative.</summary>
    InvalidAmount,

    /// <summary>The amount is more than is left of what was paid.</summary>
    MoreThanLeft,

    /// <summary>Everything that was paid has gone back already.</summary>
    NothingLeft,

    /// <summary>The operation id is empty, too long or holds control characters.</summary>
    InvalidOperationId,

    /// <summary>The reason or the operator's name is empty or too long.</summary>
    InvalidText,

    /// <summary>The operation id was used for another amount or reason.</summary>
    OperationIdReused,

    /// <summary>The payment is disputed; Stripe refunds it no more, the dispute decides.</summary>
    Disputed,

    /// <summary>Stripe refused it for another reason; <see cref="RefundView.Finding"/> has Stripe's code.</summary>
    RefusedByStripe,

    /// <summary>Stripe failed in a way that may hide a refund, which did not show for an hour; a person must look. It is never repeated by itself.</summary>
    NeedsReview,
}

/// <summary>The answer to an order to refund.</summary>
[GenerateSerializer, Immutable, Alias("connect.purchases.refund-result")]
public sealed record RefundResult
{
    /// <summary>How it ended, or that it goes on.</summary>
    [Id(0)] public required RefundOutcome Outcome { get; init; }

    /// <summary>The refund, when there is one or was one ordered.</summary>
    [Id(1)] public RefundView? Refund { get; init; }

    /// <summary>What of the payment is still there, minor units, when an amount was refused.</summary>
    [Id(2)] public long? Left { get; init; }
}

/// <summary>How far a refund is.</summary>
public enum RefundStatus
{
    /// <summary>Ordered here, not yet known to be at Stripe, or its credits are not yet settled.</summary>
    Processing,

    /// <summary>At Stripe, on its way to the card.</summary>
    Pending,

    /// <summary>Stripe says it succeeded.</summary>
    Succeeded,

    /// <summary>It failed or was cancelled at Stripe: the money stayed, the credits were given back.</summary>
    Failed,

    /// <summary>It was never made; <see cref="RefundView.Finding"/> says why.</summary>
    Refused,
}

/// <summary>A refund as operators see it.</summary>
[GenerateSerializer, Immutable, Alias("connect.purchases.refund-view")]
public sealed record RefundView
{
    /// <summary>Stripe's id, once known.</summary>
    [Id(0)] public string? Id { get; init; }

    /// <summary>The order's operation id; null for one that was made at Stripe.</summary>
    [Id(1)] public string? OperationId { get; init; }

    /// <summary>What goes back. Null while an order for everything that is left was not yet sent.</summary>
    [Id(2)] public Money? Amount { get; init; }

    /// <summary>How far it is.</summary>
    [Id(3)] public required RefundStatus Status { get; init; }

    /// <summary>Why, in the operator's words, or Stripe's for one that was made there.</summary>
    [Id(4)] public string? Reason { get; init; }

    /// <summary>Who ordered it; "stripe" for one that was made there.</summary>
    [Id(5)] public required string Actor { get; init; }

    /// <summary>When it was ordered, or made at Stripe; UTC.</summary>
    [Id(6)] public required DateTimeOffset At { get; init; }

    /// <summary>Credits that it revokes now; 0 once undone.</summary>
    [Id(7)] public long Credits { get; init; }

    /// <summary>Those of them that were already spent or had ended when they were revoked.</summary>
    [Id(8)] public long Shortfall { get; init; }

    /// <summary>Why it was refused or failed, for operators.</summary>
    [Id(9)] public string? Finding { get; init; }
}

/// <summary>A dispute as operators see it.</summary>
[GenerateSerializer, Immutable, Alias("connect.purchases.dispute-view")]
public sealed record DisputeView
{
    /// <summary>Stripe's id.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>What is disputed.</summary>
    [Id(1)] public required Money Amount { get; init; }

    /// <summary>Stripe's status, such as <c>needs_response</c>, <c>warning_closed</c>, <c>won</c> or <c>lost</c>.</summary>
    [Id(2)] public required string Status { get; init; }

    /// <summary>Stripe's reason, such as <c>fraudulent</c>. Never for customers.</summary>
    [Id(3)] public string? Reason { get; init; }

    /// <summary>When it was opened, UTC.</summary>
    [Id(4)] public required DateTimeOffset At { get; init; }

    /// <summary>Whether it holds credits back: open, or lost.</summary>
    [Id(5)] public required bool Holds { get; init; }

    /// <summary>Credits that it revokes now; 0 once undone.</summary>
    [Id(6)] public long Credits { get; init; }

    /// <summary>Those of them that were already spent or had ended when they were revoked.</summary>
    [Id(7)] public long Shortfall { get; init; }
}

/// <summary>All money of a purchase that went back or may go back, and the credits that went with it.</summary>
[GenerateSerializer, Immutable, Alias("connect.purchases.money-back-view")]
public sealed record MoneyBackView
{
    /// <summary>Minor units refunded: the refunds that did not fail.</summary>
    [Id(0)] public long Refunded { get; init; }

    /// <summary>Credits that refunds and disputes revoke now; at most those of the purchase.</summary>
    [Id(1)] public long RevokedCredits { get; init; }

    /// <summary>Those of them that were already spent or had ended when they were revoked.</summary>
    [Id(2)] public long Shortfall { get; init; }

    /// <summary>The refunds, oldest first.</summary>
    [Id(3)] public ImmutableArray<RefundView> Refunds { get; init; } = [];

    /// <summary>The disputes, oldest first.</summary>
    [Id(4)] public ImmutableArray<DisputeView> Disputes { get; init; } = [];

    /// <summary>Ids of early fraud warnings.</summary>
    [Id(5)] public ImmutableArray<string> EarlyFraudWarnings { get; init; } = [];

    /// <summary>False while something is still to be done with Stripe or with the account.</summary>
    [Id(6)] public bool Settled { get; init; } = true;

    /// <summary>When Stripe's lists were last read, UTC; null if never.</summary>
    [Id(7)] public DateTimeOffset? ReadAt { get; init; }

    /// <summary>What went wrong last, for operators.</summary>
    [Id(8)] public string? Finding { get; init; }
}
