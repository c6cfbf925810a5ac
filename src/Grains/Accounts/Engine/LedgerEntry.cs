using System.Collections.Immutable;
using Connect.Accounts;

namespace Connect.Grains.Accounts.Engine;

/// <summary>
/// An immutable posted fact about an account, as the ledger stores it: enough to rebuild the account by folding its entries in order.
/// Instants are whole milliseconds, so that every store keeps them exactly.
/// </summary>
public sealed record LedgerEntry
{
    /// <summary>Position in the account's ledger, from 1, without gaps.</summary>
    public required long Sequence { get; init; }

    /// <summary>The operation it belongs to; unique within the account.</summary>
    public required string OperationId { get; init; }

    /// <summary>What happened.</summary>
    public required EntryKind Kind { get; init; }

    /// <summary>Change of available credits: positive in, negative out, 0 for settings.</summary>
    public long Credits { get; init; }

    /// <summary>Available credits after it.</summary>
    public long BalanceAfter { get; init; }

    /// <summary>When, UTC, whole milliseconds; never earlier than the entry before it.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>What it was for.</summary>
    public string Reference { get; init; } = "";

    /// <summary>Who asked.</summary>
    public string Actor { get; init; } = "system";

    /// <summary>The batches it touched, in burn order; credits sum to the absolute value of <see cref="Credits"/>.</summary>
    public ImmutableArray<Draw> Draws { get; init; } = [];

    /// <summary>Digest of the command's content, to tell a replay from a reused operation id.</summary>
    public long Fingerprint { get; init; }

    /// <summary>For a debit by recipients: how many were accepted; else 0.</summary>
    public int AcceptedRecipients { get; init; }

    /// <summary>For a reversal: the sequence of the debit it gives back. For a restoration, and for credits taken later up to a shortfall: the sequence of the revocation. Else 0.</summary>
    public long Reverses { get; init; }

    /// <summary>What only some kinds carry; stored as JSON.</summary>
    public EntryDetail? Detail { get; init; }
}

/// <summary>The parts of an entry that only some kinds carry. Stored as JSON, absent members left out.</summary>
public sealed record EntryDetail
{
    /// <summary>Grant: why.</summary>
    public GrantSource? Source { get; init; }

    /// <summary>Grant and restoration: when the batch ends. Revocation: when the credits would have ended.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Grant, top-up started or suspended, revocation, restoration: the purchase.</summary>
    public string? PurchaseId { get; init; }

    /// <summary>Grant: minor units paid.</summary>
    public long? Paid { get; init; }

    /// <summary>Auto top-up set: the settings.</summary>
    public AutoTopUpSettings? Settings { get; init; }

    /// <summary>Auto top-up suspended: why.</summary>
    public SuspensionReason? Suspended { get; init; }

    /// <summary>Auto top-up suspended: the sentence for the owner.</summary>
    public string? Message { get; init; }

    /// <summary>Revocation: credits asked for that could not be taken; absent when all were.</summary>
    public long? Shortfall { get; init; }
}
