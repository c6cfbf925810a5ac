using System.Collections.Immutable;

namespace Connect.Accounts;

/// <summary>Bounds that every command on an account is held to.</summary>
public static class AccountLimits
{
    /// <summary>Most credits in one grant, debit or reversal, and most that an account may hold.</summary>
    public const long MaxCredits = 1_000_000_000;

    /// <summary>Longest operation id, in characters. Operation ids are not empty and hold no control characters.</summary>
    public const int MaxOperationIdLength = 200;

    /// <summary>Most recipients in one <see cref="DebitRecipients"/>.</summary>
    public const int MaxRecipients = 1_000;

    /// <summary>Longest reference, reason or actor, in characters.</summary>
    public const int MaxTextLength = 300;

    /// <summary>Credits live this long after they were granted, unless the grant says otherwise.</summary>
    public static readonly TimeSpan BatchLifetime = TimeSpan.FromDays(90);
}

/// <summary>Why credits were granted.</summary>
public enum GrantSource
{
    /// <summary>Bought by a person.</summary>
    Purchase,

    /// <summary>Bought by auto top-up.</summary>
    AutoTopUp,

    /// <summary>Given by marketing.</summary>
    Promotional,

    /// <summary>Given by an operator, with a reason.</summary>
    Manual,
}

/// <summary>
/// What every command carries. The operation id is the caller's idempotency key: repeating a command with the same id and the same content
/// gets the first answer, for ever; the same id with other content is refused (<see cref="PostOutcome.OperationIdReused"/>).
/// </summary>
[GenerateSerializer, Immutable, Alias("connect.accounts.command")]
public abstract record AccountCommand
{
    /// <summary>The caller's idempotency key, unique within the account for ever. At most <see cref="AccountLimits.MaxOperationIdLength"/> characters.</summary>
    [Id(0)] public required string OperationId { get; init; }

    /// <summary>What this is for, in words or an id a person can follow (a campaign, a purchase, a reason). Part of the content.</summary>
    [Id(1)] public string Reference { get; init; } = "";

    /// <summary>Who asked: a user id, or the name of a part of the system. Not part of the content.</summary>
    [Id(2)] public string Actor { get; init; } = "system";
}

/// <summary>Opens the account. Opening an open account is <see cref="PostOutcome.AlreadyPosted"/>.</summary>
[GenerateSerializer, Immutable, Alias("connect.accounts.open")]
public sealed record OpenAccount : AccountCommand;

/// <summary>Adds a credit batch. Credits: 1 to <see cref="AccountLimits.MaxCredits"/>.</summary>
[GenerateSerializer, Immutable, Alias("connect.accounts.grant")]
public sealed record Grant : AccountCommand
{
    /// <summary>Credits to add, at least 1.</summary>
    [Id(0)] public required long Credits { get; init; }

    /// <summary>Why they are added.</summary>
    [Id(1)] public required GrantSource Source { get; init; }

    /// <summary>The instant at which the batch is no longer usable; 90 days after posting when absent. Must lie in the future.</summary>
    [Id(2)] public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The purchase that paid for it, for the two bought sources; it ends the auto top-up in flight with that id.</summary>
    [Id(3)] public string? PurchaseId { get; init; }

    /// <summary>What was paid, in minor units, tax included; counts toward the monthly cap of auto top-up.</summary>
    [Id(4)] public long Paid { get; init; }
}

/// <summary>Spends credits, all or nothing.</summary>
[GenerateSerializer, Immutable, Alias("connect.accounts.debit")]
public sealed record Debit : AccountCommand
{
    /// <summary>Credits to spend, at least 1.</summary>
    [Id(0)] public required long Credits { get; init; }
}

/// <summary>Spends credits for recipients in order: the longest prefix that can be paid in full is accepted, possibly nobody.</summary>
[GenerateSerializer, Immutable, Alias("connect.accounts.debit-recipients")]
public sealed record DebitRecipients : AccountCommand
{
    /// <summary>Credits per recipient, in order; each at least 1; 1 to <see cref="AccountLimits.MaxRecipients"/> of them.</summary>
    [Id(0)] public required ImmutableArray<int> CreditsPerRecipient { get; init; }
}

/// <summary>Gives credits of an earlier debit back to the batches they were drawn from, for messages that were never handed over.</summary>
[GenerateSerializer, Immutable, Alias("connect.accounts.reverse")]
public sealed record Reverse : AccountCommand
{
    /// <summary>The operation id of the debit.</summary>
    [Id(0)] public required string DebitOperationId { get; init; }

    /// <summary>Credits to give back, at least 1 and at most what is left of the debit.</summary>
    [Id(1)] public required long Credits { get; init; }
}

/// <summary>
/// Takes unused credits of a purchase away, because its money goes or may go back (refund, dispute). What was spent or has expired stays so: the balance never goes below zero,
/// and what is missing is the revocation's shortfall. Credits that a reversal brings back to the purchase later are taken up to that shortfall.
/// </summary>
[GenerateSerializer, Immutable, Alias("connect.accounts.revoke")]
public sealed record RevokeCredits : AccountCommand
{
    /// <summary>The purchase, by its id within the account; one without granted credits is refused with <see cref="PostOutcome.UnknownPurchase"/>.</summary>
    [Id(0)] public required string PurchaseId { get; init; }

    /// <summary>Credits to take, at least 1 and at most what the purchase was granted.</summary>
    [Id(1)] public required long Credits { get; init; }
}

/// <summary>
/// Undoes a revocation (the refund failed, the dispute was won): what it took comes back as a batch with as long to live as the credits had when they were taken, and its shortfall is forgotten.
/// Refused with <see cref="PostOutcome.UnknownRevocation"/> when there is none, with <see cref="PostOutcome.NotApplicable"/> when it was undone under another operation id.
/// </summary>
[GenerateSerializer, Immutable, Alias("connect.accounts.restore")]
public sealed record RestoreCredits : AccountCommand
{
    /// <summary>The operation id of the revocation.</summary>
    [Id(0)] public required string RevokeOperationId { get; init; }
}

/// <summary>An operator ends a batch: what remains of it is gone.</summary>
[GenerateSerializer, Immutable, Alias("connect.accounts.void")]
public sealed record VoidBatch : AccountCommand
{
    /// <summary>The batch, as the account's view lists it.</summary>
    [Id(0)] public required long BatchId { get; init; }
}
