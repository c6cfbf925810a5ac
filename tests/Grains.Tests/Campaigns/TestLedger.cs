using System.Collections.Immutable;
using Connect.Grains.Accounts.Engine;
using Connect.Grains.Accounts.Ledger;

namespace Connect.Grains.Tests.Campaigns;

/// <summary>A ledger that outlives silos and keeps its unique keys. It can fail before or after it has appended.</summary>
public sealed class TestLedger : ILedgerStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<LedgerEntry>> _ledgers = [];

    /// <summary>Called before each append; throws to fail it.</summary>
    public Action<LedgerEntry>? BeforeAppend { get; set; }

    /// <summary>Called after each append; throws to lose its answer.</summary>
    public Action<LedgerEntry>? AfterAppend { get; set; }

    /// <summary>The entries of an account.</summary>
    public ImmutableArray<LedgerEntry> Of(string accountId)
    {
        lock (_gate)
            return _ledgers.TryGetValue(accountId, out var ledger) ? [.. ledger] : [];
    }

    public Task Append(IReadOnlyList<LedgerAppend> appends, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            foreach (var entry in appends.SelectMany(append => append.Entries))
                BeforeAppend?.Invoke(entry);
            foreach (var append in appends)
            {
                var ledger = _ledgers.GetValueOrDefault(append.AccountId) ?? [];
                if (append.Entries[0].Sequence != ledger.Count + 1)
                    throw new LedgerConflictException(LedgerConflict.Sequence);
                if (append.Entries.Any(entry => ledger.Any(known => known.OperationId == entry.OperationId)))
                    throw new LedgerConflictException(LedgerConflict.OperationId);
            }

            foreach (var append in appends)
            {
                if (!_ledgers.TryGetValue(append.AccountId, out var ledger))
                    _ledgers[append.AccountId] = ledger = [];
                ledger.AddRange(append.Entries);
            }
        }

        foreach (var entry in appends.SelectMany(append => append.Entries))
            AfterAppend?.Invoke(entry);
        return Task.CompletedTask;
    }

    public Task<ImmutableArray<LedgerEntry>> Read(string accountId, long afterSequence, int limit, CancellationToken cancellationToken) =>
        Task.FromResult(Of(accountId).Where(entry => entry.Sequence > afterSequence).Take(limit).ToImmutableArray());

    public Task<LedgerEntry?> Find(string accountId, string operationId, CancellationToken cancellationToken) =>
        Task.FromResult(Of(accountId).FirstOrDefault(entry => entry.OperationId == operationId));

    public Task<ImmutableArray<BoughtGrant>> ReadBought(DateTimeOffset since, BoughtGrant? after, int limit, CancellationToken cancellationToken) =>
        throw new NotSupportedException("Campaigns do not ask for purchases.");

    public Task<ImmutableArray<BoughtGrant>> ReadBought(string accountId, long beforeSequence, int limit, CancellationToken cancellationToken) =>
        throw new NotSupportedException("Campaigns do not ask for purchases.");

    public Task<ImmutableArray<string>> ListTopUps(DateTimeOffset since, string afterAccountId, int limit, CancellationToken cancellationToken) =>
        throw new NotSupportedException("Campaigns do not ask for top-ups.");

    public Task<long> SumReversed(string accountId, long debitSequence, CancellationToken cancellationToken) =>
        Task.FromResult(Of(accountId).Where(entry => entry.Reverses == debitSequence).Sum(entry => entry.Credits));

    public Task<ImmutableArray<string>> ListAccounts(string afterAccountId, int limit, CancellationToken cancellationToken)
    {
        lock (_gate)
            return Task.FromResult(_ledgers.Keys.Where(id => string.CompareOrdinal(id, afterAccountId) > 0).Order(StringComparer.Ordinal).Take(limit).ToImmutableArray());
    }
}
