using System.Collections.Immutable;
using Connect.Grains.Accounts.Engine;

namespace Connect.Grains.Accounts.Ledger;

/// <summary>Entries that one account wants appended together: consecutive sequences, all or none.</summary>
public sealed record LedgerAppend(string AccountId, ImmutableArray<LedgerEntry> Entries);

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
