using System.Collections.Immutable;
using Connect.Accounts;
using Connect.Grains.Accounts.Engine;
using Connect.Grains.Accounts.Ledger;

namespace Connect.Grains.Tests.Accounts;

/// <summary>A ledger in memory that keeps the unique keys of a real one and fails as it is told to.</summary>
internal sealed class MemoryLedgerStore : ILedgerStore
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, List<LedgerEntry>> _ledgers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (int Entries, Func<long, LedgerEntry> Entry)> _generated = [];
    private readonly Queue<Fault> _faults = new();
    private Held? _held;
    private Held? _heldTopUps;

    internal enum Fault
    {
        BeforeStoring,
        AfterStoring,
    }

    /// <summary>Sizes, in accounts, of the groups that were appended.</summary>
    public List<int> Groups { get; } = [];

    /// <summary>Operation ids that were looked up.</summary>
    public List<string> Lookups { get; } = [];

    public void FailNext(Fault fault, int times = 1)
    {
        lock (_gate)
            for (var i = 0; i < times; i++) _faults.Enqueue(fault);
    }

    public void Heal()
    {
        lock (_gate) _faults.Clear();
    }

    /// <summary>Appends wait until the returned hold is disposed.</summary>
    public Held Hold() => _held = new Held();

    /// <summary>Looks for top-ups wait until the returned hold is disposed.</summary>
    public Held HoldTopUps() => _heldTopUps = new Held();

    internal sealed class Held : IDisposable
    {
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Completes when an append waits.</summary>
        public Task Reached => _reached.Task;

        public void Dispose() => _released.TrySetResult();

        internal Task Wait()
        {
            _reached.TrySetResult();
            return _released.Task;
        }
    }

    public List<LedgerEntry> Of(string accountId)
    {
        lock (_gate) return [.. Ledger(accountId)];
    }

    /// <summary>Gives an account that has none so many entries, each made when it is read.</summary>
    public void Generate(string accountId, int entries, Func<long, LedgerEntry> entry)
    {
        lock (_gate) _generated[accountId] = (entries, entry);
    }

    /// <summary>Its entries are again those that were appended.</summary>
    public void Mend(string accountId)
    {
        lock (_gate) _generated.Remove(accountId);
    }

    /// <summary>Removes the newest entries, as restoring an older copy would.</summary>
    public void Truncate(string accountId, int keep)
    {
        lock (_gate) Ledger(accountId).RemoveRange(keep, Ledger(accountId).Count - keep);
    }

    public async Task Append(IReadOnlyList<LedgerAppend> appends, CancellationToken cancellationToken)
    {
        if (_held is { } held) await held.Wait();
        lock (_gate)
        {
            var fault = _faults.TryDequeue(out var next) ? next : (Fault?)null;
            if (fault == Fault.BeforeStoring) throw new IOException("The store did not answer.");
            foreach (var append in appends)
            {
                var ledger = Ledger(append.AccountId);
                foreach (var entry in append.Entries)
                {
                    if (ledger.Exists(other => other.Sequence == entry.Sequence)) throw new LedgerConflictException(LedgerConflict.Sequence);
                    if (ledger.Exists(other => other.OperationId == entry.OperationId)) throw new LedgerConflictException(LedgerConflict.OperationId);
                }
            }

            foreach (var append in appends) Ledger(append.AccountId).AddRange(append.Entries);
            Groups.Add(appends.Count);
            if (fault == Fault.AfterStoring) throw new IOException("The answer was lost.");
        }
    }

    public Task<ImmutableArray<LedgerEntry>> Read(string accountId, long afterSequence, int limit, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_generated.TryGetValue(accountId, out var generated))
            {
                var count = (int)Math.Min(limit, Math.Max(0, generated.Entries - afterSequence));
                return Task.FromResult<ImmutableArray<LedgerEntry>>([.. Enumerable.Range(1, count).Select(place => generated.Entry(afterSequence + place))]);
            }

            return Task.FromResult<ImmutableArray<LedgerEntry>>([.. Ledger(accountId).Where(entry => entry.Sequence > afterSequence).Take(limit)]);
        }
    }

    public Task<LedgerEntry?> Find(string accountId, string operationId, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            Lookups.Add(operationId);
            return Task.FromResult(Ledger(accountId).Find(entry => entry.OperationId == operationId));
        }
    }

    public Task<long> SumReversed(string accountId, long debitSequence, CancellationToken cancellationToken)
    {
        lock (_gate) return Task.FromResult(Ledger(accountId).Where(entry => entry.Reverses == debitSequence).Sum(entry => entry.Credits));
    }

    public Task<ImmutableArray<BoughtGrant>> ReadBought(DateTimeOffset since, BoughtGrant? after, int limit, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var bought = _ledgers.SelectMany(ledger => ledger.Value.Select(entry => BoughtGrant.Of(ledger.Key, entry))).OfType<BoughtGrant>().Where(grant => grant.At >= since);
            var ordered = bought.OrderBy(grant => grant.At).ThenBy(grant => grant.AccountId, StringComparer.Ordinal).ThenBy(grant => grant.Sequence);
            return Task.FromResult<ImmutableArray<BoughtGrant>>([.. (after is null ? ordered : ordered.SkipWhile(grant => grant != after).Skip(1)).Take(limit)]);
        }
    }

    public Task<ImmutableArray<BoughtGrant>> ReadBought(string accountId, long beforeSequence, int limit, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var bought = Ledger(accountId).Where(entry => entry.Sequence < beforeSequence).Select(entry => BoughtGrant.Of(accountId, entry)).OfType<BoughtGrant>();
            return Task.FromResult<ImmutableArray<BoughtGrant>>([.. bought.Reverse().Take(limit)]);
        }
    }

    public async Task<ImmutableArray<string>> ListTopUps(DateTimeOffset since, string afterAccountId, int limit, CancellationToken cancellationToken)
    {
        if (_heldTopUps is { } held) await held.Wait();
        lock (_gate)
        {
            var started = _ledgers.Where(ledger => ledger.Value.Exists(entry => entry.Kind == EntryKind.TopUpStarted && entry.At >= since)).Select(ledger => ledger.Key);
            return [.. started.Where(id => string.CompareOrdinal(id, afterAccountId) > 0).Take(limit)];
        }
    }

    public Task<ImmutableArray<string>> ListAccounts(string afterAccountId, int limit, CancellationToken cancellationToken)
    {
        lock (_gate) return Task.FromResult<ImmutableArray<string>>([.. _ledgers.Where(ledger => ledger.Value.Count > 0 && string.CompareOrdinal(ledger.Key, afterAccountId) > 0).Select(ledger => ledger.Key).Take(limit)]);
    }

    private List<LedgerEntry> Ledger(string accountId)
    {
        if (!_ledgers.TryGetValue(accountId, out var ledger)) _ledgers[accountId] = ledger = [];
        return ledger;
    }
}
