using System.Collections.Immutable;
using Connect.Accounts;
using Connect.Grains.Accounts.Engine;

namespace Connect.Grains.Accounts.Ledger;

/// <summary>Entries that one account wants appended together: consecutive sequences, all or none.</summary>
public sealed record LedgerAppend(string AccountId, ImmutableArray<LedgerEntry> Entries);

/// <summary>A grant that a purchase paid for, as the ledger has it.</summary>
public sealed record BoughtGrant
{
    /// <summary>The account.</summary>
    public required string AccountId { get; init; }

    /// <summary>The entry, and so the batch.</summary>
    public required long Sequence { get; init; }

    /// <summary>The purchase, by its id within the account.</summary>
    public required string PurchaseId { get; init; }

    /// <summary>Credits granted.</summary>
    public required long Credits { get; init; }

    /// <summary>Minor units paid.</summary>
    public required long Paid { get; init; }

    /// <summary>When it was posted, UTC.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The bought grant that an entry is, or null when it is none.</summary>
    public static BoughtGrant? Of(string accountId, LedgerEntry entry) => entry is { Kind: EntryKind.Grant, Detail: { PurchaseId: { } purchase } detail }
        ? new() { AccountId = accountId, Sequence = entry.Sequence, PurchaseId = purchase, Credits = entry.Credits, Paid = detail.Paid ?? 0, At = entry.At }
        : null;
}

/// <summary>Where ledgers are kept. Thread-safe. The store enforces (account, sequence) and (account, operation id) unique, for ever.</summary>
public interface ILedgerStore
{
    /// <summary>
    /// Appends all of it in one durable transaction, or nothing. Throws <see cref="LedgerConflictException"/> when a unique key objects (nothing was appended);
    /// any other exception means that it may have been appended.
    /// </summary>
    Task Append(IReadOnlyList<LedgerAppend> appends, CancellationToken cancellationToken);

    /// <summary>Entries of an account with a sequence above <paramref name="afterSequence"/>, in order, at most <paramref name="limit"/>.</summary>
    Task<ImmutableArray<LedgerEntry>> Read(string accountId, long afterSequence, int limit, CancellationToken cancellationToken);

    /// <summary>The entry of an operation, or null.</summary>
    Task<LedgerEntry?> Find(string accountId, string operationId, CancellationToken cancellationToken);

    /// <summary>Sum of the credits of all reversals of the debit with that sequence.</summary>
    Task<long> SumReversed(string accountId, long debitSequence, CancellationToken cancellationToken);

    /// <summary>
    /// Grants that a purchase paid for, of all accounts, posted at or after <paramref name="since"/>, in the order of time, account and sequence;
    /// after <paramref name="after"/> when it is given, at most <paramref name="limit"/>.
    /// </summary>
    Task<ImmutableArray<BoughtGrant>> ReadBought(DateTimeOffset since, BoughtGrant? after, int limit, CancellationToken cancellationToken);

    /// <summary>Grants of one account that a purchase paid for, newest first, with a sequence below <paramref name="beforeSequence"/>, at most <paramref name="limit"/>.</summary>
    Task<ImmutableArray<BoughtGrant>> ReadBought(string accountId, long beforeSequence, int limit, CancellationToken cancellationToken);

    /// <summary>Ids of accounts above <paramref name="afterAccountId"/> whose auto top-up started a purchase at or after <paramref name="since"/>, in ordinal order, at most <paramref name="limit"/>.</summary>
    Task<ImmutableArray<string>> ListTopUps(DateTimeOffset since, string afterAccountId, int limit, CancellationToken cancellationToken);

    /// <summary>Ids of accounts above <paramref name="afterAccountId"/> in ordinal order, at most <paramref name="limit"/>.</summary>
    Task<ImmutableArray<string>> ListAccounts(string afterAccountId, int limit, CancellationToken cancellationToken);
}

/// <summary>Which unique key objected to an append.</summary>
public enum LedgerConflict
{
    /// <summary>(account, sequence): another activation has posted.</summary>
    Sequence,

    /// <summary>(account, operation id): the operation was posted before.</summary>
    OperationId,
}

/// <summary>A unique key of the ledger objected; nothing of the append was stored.</summary>
public sealed class LedgerConflictException : Exception
{
    /// <summary>Makes one for the key that objected.</summary>
    public LedgerConflictException(LedgerConflict conflict, Exception? inner = null) : base($"The ledger already holds that {conflict}.", inner) => Conflict = conflict;

    /// <summary>The key that objected.</summary>
    public LedgerConflict Conflict { get; }
}
