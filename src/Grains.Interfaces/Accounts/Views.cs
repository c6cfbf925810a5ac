using System.Collections.Immutable;

namespace Connect.Accounts;

/// <summary>A credit batch with credits left in it.</summary>
[GenerateSerializer, Immutable, Alias("connect.accounts.batch-view")]
public sealed record BatchView
{
    /// <summary>Id within the account: the sequence of the entry that granted it.</summary>
    [Id(0)] public required long Id { get; init; }

    /// <summary>Why it was granted.</summary>
    [Id(1)] public required GrantSource Source { get; init; }

    /// <summary>Credits at the grant.</summary>
    [Id(2)] public required long Granted { get; init; }

    /// <summary>Credits left.</summary>
    [Id(3)] public required long Remaining { get; init; }

    /// <summary>When it was granted, UTC.</summary>
    [Id(4)] public required DateTimeOffset GrantedAt { get; init; }

    /// <summary>Usable before this instant, not at it; UTC.</summary>
    [Id(5)] public required DateTimeOffset ExpiresAt { get; init; }
}

/// <summary>What an account has, as of an instant. Shows only what is durable.</summary>
[GenerateSerializer, Immutable, Alias("connect.accounts.credits-view")]
public sealed record CreditsView
{
    /// <summary>Unexpired credits left.</summary>
    [Id(0)] public required long Available { get; init; }

    /// <summary>The batches that make it up, in burn order.</summary>
    [Id(1)] public required ImmutableArray<BatchView> Batches { get; init; }

    /// <summary>Auto top-up.</summary>
    [Id(2)] public required AutoTopUpView AutoTopUp { get; init; }

    /// <summary>The account's time of this view, UTC.</summary>
    [Id(3)] public required DateTimeOffset AsOf { get; init; }

    /// <summary>Sequence of the last entry it includes; 0 for an account that was never opened.</summary>
    [Id(4)] public required long Sequence { get; init; }

    /// <summary>Totals since the account was opened.</summary>
    [Id(5)] public required CreditTotals Totals { get; init; }
}

/// <summary>
/// Where every credit of an account went. Always <c>Granted = Available + Spent + Expired + Voided + Revoked</c>.
/// </summary>
[GenerateSerializer, Immutable, Alias("connect.accounts.totals")]
public sealed record CreditTotals
{
    /// <summary>Credits ever granted.</summary>
    [Id(0)] public long Granted { get; init; }

    /// <summary>Credits spent, less those given back.</summary>
    [Id(1)] public long Spent { get; init; }

    /// <summary>Credits that time ended.</summary>
    [Id(2)] public long Expired { get; init; }

    /// <summary>Credits that operators ended.</summary>
    [Id(3)] public long Voided { get; init; }

    /// <summary>Credits left.</summary>
    [Id(4)] public long Available { get; init; }

    /// <summary>Credits taken away because their money went back, less those restored.</summary>
    [Id(5)] public long Revoked { get; init; }

    /// <summary>Whether the equation holds and nothing is negative.</summary>
    public bool Balanced =>
        Granted == Available + Spent + Expired + Voided + Revoked && Granted >= 0 && Available >= 0 && Spent >= 0 && Expired >= 0 && Voided >= 0 && Revoked >= 0;
}

/// <summary>What happened, in a ledger entry.</summary>
public enum EntryKind
{
    /// <summary>The account was opened.</summary>
    Opened,

    /// <summary>A batch was added.</summary>
    Grant,

    /// <summary>Credits were spent.</summary>
    Debit,

    /// <summary>Credits went back to the batches they were drawn from.</summary>
    Reversal,

    /// <summary>Time ended a batch.</summary>
    Expire,

    /// <summary>An operator ended a batch.</summary>
    Void,

    /// <summary>The settings of auto top-up changed.</summary>
    AutoTopUpSet,

    /// <summary>Auto top-up started a purchase.</summary>
    TopUpStarted,

    /// <summary>Auto top-up stopped for a reason.</summary>
    AutoTopUpSuspended,

    /// <summary>Auto top-up was armed again.</summary>
    AutoTopUpResumed,

    /// <summary>Credits of a purchase were taken away because its money goes back.</summary>
    Revoke,

    /// <summary>A revocation was undone: what it took came back as a batch.</summary>
    Restore,
}

/// <summary>The part of an entry that concerns one batch.</summary>
[GenerateSerializer, Immutable, Alias("connect.accounts.draw")]
public readonly record struct Draw
{
    /// <summary>Makes a draw of credits from a batch.</summary>
    public Draw(long batchId, long credits) => (BatchId, Credits) = (batchId, credits);

    /// <summary>The batch.</summary>
    [Id(0)] public long BatchId { get; init; }

    /// <summary>Credits taken from it (debit, expire, void, revoke) or put into it (grant, reversal, restore); at least 1.</summary>
    [Id(1)] public long Credits { get; init; }
}

/// <summary>An immutable posted fact about an account; corrected only by another entry.</summary>
[GenerateSerializer, Immutable, Alias("connect.accounts.entry-view")]
public sealed record EntryView
{
    /// <summary>Position in the account's ledger, from 1, without gaps.</summary>
    [Id(0)] public required long Sequence { get; init; }

    /// <summary>The operation it belongs to.</summary>
    [Id(1)] public required string OperationId { get; init; }

    /// <summary>What happened.</summary>
    [Id(2)] public required EntryKind Kind { get; init; }

    /// <summary>Change of available credits: positive in, negative out, 0 for settings.</summary>
    [Id(3)] public required long Credits { get; init; }

    /// <summary>Available credits after it.</summary>
    [Id(4)] public required long BalanceAfter { get; init; }

    /// <summary>When, UTC. An expiry carries the batch's expiry instant.</summary>
    [Id(5)] public required DateTimeOffset At { get; init; }

    /// <summary>What it was for.</summary>
    [Id(6)] public required string Reference { get; init; }

    /// <summary>Who asked.</summary>
    [Id(7)] public required string Actor { get; init; }

    /// <summary>The batches it touched; their credits sum to the absolute value of <see cref="Credits"/>.</summary>
    [Id(8)] public required ImmutableArray<Draw> Draws { get; init; }

    /// <summary>The purchase it is about: of a bought batch, a top-up, a revocation or a restoration.</summary>
    [Id(9)] public string? PurchaseId { get; init; }

    /// <summary>For a revocation: credits that could not be taken any more.</summary>
    [Id(10)] public long Shortfall { get; init; }
}

/// <summary>A page of a ledger, oldest first.</summary>
[GenerateSerializer, Immutable, Alias("connect.accounts.ledger-page")]
public sealed record LedgerPage
{
    /// <summary>The entries.</summary>
    [Id(0)] public required ImmutableArray<EntryView> Entries { get; init; }

    /// <summary>Pass as <c>after</c> to get the next page; null at the end.</summary>
    [Id(1)] public long? NextCursor { get; init; }
}

/// <summary>The conservation check of one account: its balance recomputed from the ledger alone, beside what the grain says.</summary>
[GenerateSerializer, Immutable, Alias("connect.accounts.check")]
public sealed record AccountCheck
{
    /// <summary>The account.</summary>
    [Id(0)] public required string AccountId { get; init; }

    /// <summary>Totals summed from the ledger's entries.</summary>
    [Id(1)] public required CreditTotals FromLedger { get; init; }

    /// <summary>Totals the grain holds in memory.</summary>
    [Id(2)] public required CreditTotals FromGrain { get; init; }

    /// <summary>Every way in which they disagree, in words; empty when all is well.</summary>
    [Id(3)] public required ImmutableArray<string> Findings { get; init; }

    /// <summary>Entries read.</summary>
    [Id(4)] public required long Entries { get; init; }
}

/// <summary>Everything an operator may see of an account grain.</summary>
[GenerateSerializer, Immutable, Alias("connect.accounts.inspection")]
public sealed record AccountInspection
{
    /// <summary>The account as its owner sees it.</summary>
    [Id(0)] public required CreditsView Credits { get; init; }

    /// <summary>Sequence that the stored snapshot includes; 0 when there is none.</summary>
    [Id(1)] public required long SnapshotSequence { get; init; }

    /// <summary>Entries read after the snapshot when the grain was activated.</summary>
    [Id(2)] public required long TailEntriesAtActivation { get; init; }

    /// <summary>The silo where the grain lives.</summary>
    [Id(3)] public required string Silo { get; init; }

    /// <summary>When the account's reminder is next due, if it has one; UTC.</summary>
    [Id(4)] public DateTimeOffset? ReminderDueAt { get; init; }
}
