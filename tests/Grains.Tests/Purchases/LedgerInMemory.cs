using System.Collections.Immutable;
using Connect.Grains.Accounts.Engine;
using Connect.Grains.Accounts.Ledger;

namespace Connect.Grains.Tests.Purchases;

/// <summary>A ledger in memory with the unique keys of a real one.</summary>
internal sealed class LedgerInMemory : ILedgerStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<LedgerEntry>> _ledgers = [];

    public Task Append(IReadOnlyList<LedgerAppend> appends, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            foreach (var (account, entries) in appends.Select(append => (append.AccountId, append.Entries)))
            {
                if (entries.Any(entry => Of(account).Exists(other => other.Sequence == entry.Sequence))) throw new LedgerConflictException(LedgerConflict.Sequence);
                if (entries.Any(entry => Of(account).Exists(other => other.OperationId == entry.OperationId))) throw new LedgerConflictException(LedgerConflict.OperationId);
            }

            foreach (var append in appends) Of(append.AccountId).AddRange(append.Entries);
        }

        return Task.CompletedTask;
    }

    public Task<ImmutableArray<LedgerEntry>> Read(string accountId, long afterSequence, int limit, CancellationToken cancellationToken)
    {
        lock (_lock) return Task.FromResult<ImmutableArray<LedgerEntry>>([.. Of(accountId).Where(entry => entry.Sequence > afterSequence).Take(limit)]);
    }

    public Task<LedgerEntry?> Find(string accountId, string operationId, CancellationToken cancellationToken)
    {
        lock (_lock) return Task.FromResult(Of(accountId).Find(entry => entry.OperationId == operationId));
    }

    public Task<long> SumReversed(string accountId, long debitSequence, CancellationToken cancellationToken)
    {
        lock (_lock) return Task.FromResult(Of(accountId).Where(entry => entry.Reverses == debitSequence).Sum(entry => entry.Credits));
    }

    public Task<ImmutableArray<string>> ListAccounts(string afterAccountId, int limit, CancellationToken cancellationToken)
    {
        lock (_lock) return Task.FromResult<ImmutableArray<string>>([.. _ledgers.Keys.Where(id => string.CompareOrdinal(id, afterAccountId) > 0).Order(StringComparer.Ordinal).Take(limit)]);
    }

    private List<LedgerEntry> Of(string account)
    {
        if (!_ledgers.TryGetValue(account, out var entries)) _ledgers[account] = entries = [];
        return entries;
    }
}
