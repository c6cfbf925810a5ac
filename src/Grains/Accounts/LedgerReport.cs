using System.Collections.Immutable;
using Connect.Accounts;
using Connect.Grains.Accounts.Engine;

namespace Connect.Grains.Accounts;

/// <summary>
/// The conservation check: sums an account's ledger in its own way, not by the engine's fold, and compares with what the grain holds. Entries are added in order.
/// </summary>
public sealed class LedgerReport
{
    private const int MaxFindings = 20;

    private readonly Dictionary<long, long> _remaining;
    private readonly ImmutableArray<string>.Builder _findings = ImmutableArray.CreateBuilder<string>();
    private long _granted;
    private long _spent;
    private long _expired;
    private long _voided;
    private long _revoked;
    private long _balance;
    private DateTimeOffset _lastAt;

    /// <summary>Begins after the entries that are summed already.</summary>
    public LedgerReport(LedgerSums from)
    {
        var totals = from.Totals;
        (_granted, _spent, _expired, _voided, _revoked, _balance) = (totals.Granted, totals.Spent, totals.Expired, totals.Voided, totals.Revoked, totals.Available);
        (Entries, _lastAt) = (from.Entries, from.LastAt);
        _remaining = from.Remaining.ToDictionary(left => left.BatchId, left => left.Credits);
        _findings.AddRange(from.Findings);
    }

    /// <summary>Entries added so far, those that it began after included.</summary>
    public long Entries { get; private set; }

    /// <summary>What they sum to.</summary>
    public LedgerSums Sums => new()
    {
        Entries = Entries, Totals = Totals, Remaining = [.. _remaining.Select(left => new Draw(left.Key, left.Value))], LastAt = _lastAt, Findings = _findings.ToImmutable(),
    };

    private CreditTotals Totals => new() { Granted = _granted, Spent = _spent, Expired = _expired, Voided = _voided, Revoked = _revoked, Available = _balance };

    /// <summary>An entry as the outside sees it.</summary>
    public static EntryView View(LedgerEntry entry) => new()
    {
        Sequence = entry.Sequence,
        OperationId = entry.OperationId,
        Kind = entry.Kind,
        Credits = entry.Credits,
        BalanceAfter = entry.BalanceAfter,
        At = entry.At,
        Reference = entry.Reference,
        Actor = entry.Actor,
        Draws = entry.Draws,
        PurchaseId = entry.Detail?.PurchaseId,
        Shortfall = entry.Detail?.Shortfall ?? 0,
    };

    /// <summary>Adds the next entry.</summary>
    public void Add(LedgerEntry entry)
    {
        Entries++;
        _balance += entry.Credits;
        Expect(entry.Sequence == Entries, $"entry {entry.Sequence} stands at position {Entries}");
        Expect(entry.BalanceAfter == _balance, $"entry {entry.Sequence} says balance {entry.BalanceAfter}, the sum is {_balance}");
        Expect(_balance >= 0, $"the balance is {_balance} at entry {entry.Sequence}");
        Expect(entry.At >= _lastAt, $"entry {entry.Sequence} is earlier than the one before");
        Expect(entry.Draws.Sum(draw => draw.Credits) == Math.Abs(entry.Credits), $"the draws of entry {entry.Sequence} do not sum to its credits");
        _lastAt = entry.At;

        var sign = Math.Sign(entry.Credits);
        foreach (var draw in entry.Draws)
        {
            var remaining = _remaining.GetValueOrDefault(draw.BatchId) + sign * draw.Credits;
            Expect(remaining >= 0, $"batch {draw.BatchId} has {remaining} at entry {entry.Sequence}");
            if (remaining == 0) _remaining.Remove(draw.BatchId);
            else _remaining[draw.BatchId] = remaining;
        }

        switch (entry.Kind)
        {
            case EntryKind.Grant: _granted += entry.Credits; break;
            case EntryKind.Debit or EntryKind.Reversal: _spent -= entry.Credits; break;
            case EntryKind.Expire: _expired -= entry.Credits; break;
            case EntryKind.Void: _voided -= entry.Credits; break;
            case EntryKind.Revoke or EntryKind.Restore: _revoked -= entry.Credits; break;
            default: Expect(entry.Credits == 0, $"entry {entry.Sequence} of kind {entry.Kind} moves credits"); break;
        }
    }

    /// <summary>Compares the sums with a grain's state at the same sequence.</summary>
    public AccountCheck Compare(string accountId, AccountState state)
    {
        var sums = Totals;
        Expect(sums.Balanced, $"granted {_granted} is not available {_balance} + spent {_spent} + expired {_expired} + voided {_voided} + revoked {_revoked}");
        Expect(Entries == state.Sequence, $"the ledger has {Entries} entries, the grain is at {state.Sequence}");
        Expect(sums == state.Totals, $"the grain's totals differ: {state.Totals}");
        Expect(_remaining.Count == state.Live.Length && state.Live.All(batch => _remaining.GetValueOrDefault(batch.Id) == batch.Remaining), "the grain's batches differ from the ledger's");
        return new AccountCheck { AccountId = accountId, FromLedger = sums, FromGrain = state.Totals, Findings = _findings.ToImmutable(), Entries = Entries };
    }

    private void Expect(bool holds, string finding)
    {
        if (!holds && _findings.Count < MaxFindings) _findings.Add(finding);
    }
}
