using System.Collections.Immutable;

namespace Connect.Accounts;

/// <summary>How a command on an account ended. Only <see cref="Posted"/> and <see cref="AlreadyPosted"/> mean that it holds.</summary>
public enum PostOutcome
{
    /// <summary>Posted to the ledger, durably.</summary>
    Posted,

    /// <summary>The same operation was posted before; the answer is the first one.</summary>
    AlreadyPosted,

    /// <summary>The operation id was used before with other content.</summary>
    OperationIdReused,

    /// <summary>The operation id is empty, too long or holds control characters.</summary>
    InvalidOperationId,

    /// <summary>An amount is zero, negative or over the limit, or a list is empty or too long.</summary>
    InvalidAmount,

    /// <summary>A reference, reason or actor is too long, or holds characters that are not text (zero, half a surrogate pair).</summary>
    InvalidText,

    /// <summary>The expiry is not in the future.</summary>
    InvalidExpiry,

    /// <summary>The account was never opened.</summary>
    UnknownAccount,

    /// <summary>Not enough available credits; nothing was spent.</summary>
    InsufficientCredits,

    /// <summary>The account would hold more than <see cref="AccountLimits.MaxCredits"/>.</summary>
    BalanceLimit,

    /// <summary>No such batch on this account, or it has ended.</summary>
    UnknownBatch,

    /// <summary>No debit with that operation id on this account.</summary>
    UnknownDebit,

    /// <summary>More than is left of the debit to give back.</summary>
    ReversalExceedsDebit,

    /// <summary>The settings of auto top-up are out of bounds, or would start purchase after purchase.</summary>
    InvalidSettings,

    /// <summary>The settings were changed since the caller read them.</summary>
    VersionConflict,

    /// <summary>Nothing to do: no such top-up is in flight, auto top-up is not suspended (or not by that reason), or the revocation is undone already.</summary>
    NotApplicable,

    /// <summary>No purchase with that id has granted credits to this account.</summary>
    UnknownPurchase,

    /// <summary>No revocation with that operation id on this account.</summary>
    UnknownRevocation,
}

/// <summary>What the price list has against settings of auto top-up.</summary>
public enum PriceMisfit
{
    /// <summary>The quantity is not sold in one purchase.</summary>
    Credits,

    /// <summary>The monthly cap is below the price of one top-up, so that none could ever be made.</summary>
    MonthlyCap,
}

/// <summary>The answer to a command. It is given only when everything it tells of is durable.</summary>
[GenerateSerializer, Immutable, Alias("connect.accounts.post-result")]
public sealed record PostResult
{
    /// <summary>How it ended.</summary>
    [Id(0)] public required PostOutcome Outcome { get; init; }

    /// <summary>Sequence of the entry that was posted, now or the first time; 0 if none.</summary>
    [Id(1)] public long Sequence { get; init; }

    /// <summary>Credits that moved: granted, spent, given back, voided, revoked or restored. For <see cref="DebitRecipients"/> the sum over the accepted.</summary>
    [Id(2)] public long Credits { get; init; }

    /// <summary>For <see cref="DebitRecipients"/>: how many recipients, from the first, were accepted.</summary>
    [Id(3)] public int AcceptedRecipients { get; init; }

    /// <summary>Available credits after the entry (at its posting), or now if none was posted.</summary>
    [Id(4)] public long Available { get; init; }

    /// <summary>On <see cref="PostOutcome.InsufficientCredits"/> what was asked for.</summary>
    [Id(5)] public long Required { get; init; }

    /// <summary>For <see cref="RevokeCredits"/>: credits that were asked for and could not be taken, because they were spent or had expired.</summary>
    [Id(6)] public long Shortfall { get; init; }

    /// <summary>On <see cref="PostOutcome.InvalidSettings"/> what the price list has against settings that are sound by themselves; null when it is not the prices.</summary>
    [Id(7)] public PriceMisfit? Misfit { get; init; }

    /// <summary>True if the command holds.</summary>
    public bool Holds => Outcome is PostOutcome.Posted or PostOutcome.AlreadyPosted;
}

/// <summary>
/// The write failed or its fate is unknown, so the account reloads. Nothing is lost: repeat the command with the same operation id.
/// </summary>
[GenerateSerializer, Alias("connect.accounts.unavailable")]
public sealed class AccountUnavailableException : Exception
{
    /// <summary>Makes one without a message.</summary>
    public AccountUnavailableException() { }

    /// <summary>Makes one with what went wrong, for logs.</summary>
    public AccountUnavailableException(string message) : base(message) { }

    /// <summary>Makes one with what went wrong and its cause.</summary>
    public AccountUnavailableException(string message, Exception inner) : base(message, inner) { }
}
