using System.Collections.Immutable;
using Connect.Accounts;

namespace Connect.Grains.Accounts.Engine;

/// <summary>
/// An account as the fold of its ledger: <see cref="Apply"/> is the only way from one state to the next. Its size follows the batches that have not expired, never the history.
/// </summary>
[GenerateSerializer, Immutable, Alias("connect.accounts.engine.state")]
public sealed record AccountState
{
    /// <summary>An account that was never opened.</summary>
    public static readonly AccountState None = new();

    /// <summary>Sequence of the last entry; 0 for none.</summary>
    [Id(0)] public long Sequence { get; init; }

    /// <summary>Time of the last entry. Time never runs backwards within an account.</summary>
    [Id(1)] public DateTimeOffset LastAt { get; init; } = DateTimeOffset.UnixEpoch;

    /// <summary>Batches with credits left, in burn order.</summary>
    [Id(2)] public ImmutableArray<CreditBatch> Live { get; init; } = [];

    /// <summary>Batches that are used up or voided but not yet expired: a reversal may still come back to them.</summary>
    [Id(3)] public ImmutableArray<CreditBatch> Ended { get; init; } = [];

    /// <summary>Credits left in <see cref="Live"/>.</summary>
    [Id(4)] public long Available { get; init; }

    /// <summary>Credits ever granted.</summary>
    [Id(5)] public long Granted { get; init; }

    /// <summary>Credits spent, less those given back.</summary>
    [Id(6)] public long Spent { get; init; }

    /// <summary>Credits that time ended.</summary>
    [Id(7)] public long Expired { get; init; }

    /// <summary>Credits that operators ended.</summary>
    [Id(8)] public long Voided { get; init; }

    /// <summary>Auto top-up.</summary>
    [Id(9)] public AutoTopUpState AutoTopUp { get; init; } = new();

    /// <summary>Whether the account was opened.</summary>
    public bool IsOpen => Sequence > 0;

    /// <summary>Where every credit went.</summary>
    public CreditTotals Totals => new() { Granted = Granted, Spent = Spent, Expired = Expired, Voided = Voided, Available = Available };

    /// <summary>The state after an entry. Throws when the entry does not follow this state: then the ledger or the memory is wrong, and nothing may go on.</summary>
    public AccountState Apply(LedgerEntry entry)
    {
        if (entry.Sequence != Sequence + 1) throw new InvalidOperationException($"Entry {entry.Sequence} does not follow entry {Sequence}.");

        if (Available + entry.Credits != entry.BalanceAfter) throw new InvalidOperationException($"Entry {entry.Sequence} says balance {entry.BalanceAfter}, its credits say otherwise.");

        var (live, ended, topUp) = (Live, Ended, AutoTopUp);
        var (granted, spent, expired, voided) = (Granted, Spent, Expired, Voided);
        switch (entry.Kind)
        {
            case EntryKind.Opened:
                break;
            case EntryKind.Grant:
                live = InBurnOrder(live, BatchOf(entry));
                granted = checked(granted + entry.Credits);
                topUp = AutoTopUpRules.Apply(topUp, entry);
                break;
            case EntryKind.Debit:
                Take(entry, ref live, ref ended);
                spent = checked(spent - entry.Credits);
                break;
            case EntryKind.Reversal:
                GiveBack(entry, ref live, ref ended);
                spent = checked(spent - entry.Credits);
                break;
            case EntryKind.Expire:
                Take(entry, ref live, ref ended);
                expired = checked(expired - entry.Credits);
                break;
            case EntryKind.Void:
                Take(entry, ref live, ref ended);
                voided = checked(voided - entry.Credits);
                break;
            default:
                topUp = AutoTopUpRules.Apply(topUp, entry);
                break;
        }

        return this with
        {
            Sequence = entry.Sequence,
            LastAt = entry.At,
            Available = entry.BalanceAfter,
            Live = live,
            Ended = WithoutExpired(ended, entry.At),
            AutoTopUp = topUp,
            Granted = granted,
            Spent = spent,
            Expired = expired,
            Voided = voided,
        };
    }

    private static CreditBatch BatchOf(LedgerEntry entry)
    {
        var detail = entry.Detail ?? throw new InvalidOperationException($"Grant {entry.Sequence} has no detail.");
        return new CreditBatch
        {
            Id = entry.Sequence,
            Source = detail.Source!.Value,
            Granted = entry.Credits,
            Remaining = entry.Credits,
            GrantedAt = entry.At,
            ExpiresAt = detail.ExpiresAt!.Value,
        };
    }

    private static void Take(LedgerEntry entry, ref ImmutableArray<CreditBatch> live, ref ImmutableArray<CreditBatch> ended)
    {
        foreach (var draw in entry.Draws)
        {
            var at = IndexOf(live, draw.BatchId);
            var batch = at < 0 ? throw new InvalidOperationException($"Entry {entry.Sequence} draws on batch {draw.BatchId}, which has nothing.") : live[at];
            var remaining = batch.Remaining - draw.Credits;
            if (remaining < 0) throw new InvalidOperationException($"Entry {entry.Sequence} draws more than batch {draw.BatchId} has.");
            if (remaining > 0)
            {
                live = live.SetItem(at, batch with { Remaining = remaining });
                continue;
            }

            live = live.RemoveAt(at);
            ended = ended.Add(batch with { Remaining = 0, Voided = entry.Kind == EntryKind.Void });
        }
    }

    private static void GiveBack(LedgerEntry entry, ref ImmutableArray<CreditBatch> live, ref ImmutableArray<CreditBatch> ended)
    {
        foreach (var draw in entry.Draws)
        {
            if (IndexOf(live, draw.BatchId) is >= 0 and var at)
            {
                live = live.SetItem(at, live[at] with { Remaining = live[at].Remaining + draw.Credits });
                continue;
            }

            // A batch that is not known any more has expired: it takes the credits back for the moment until the expiry entry that follows.
            var index = IndexOf(ended, draw.BatchId);
            var batch = index >= 0
                ? ended[index]
                : new CreditBatch { Id = draw.BatchId, Source = GrantSource.Manual, Granted = draw.Credits, Remaining = 0, GrantedAt = entry.At, ExpiresAt = entry.At };
            if (index >= 0) ended = ended.RemoveAt(index);
            live = InBurnOrder(live, batch with { Remaining = draw.Credits });
        }
    }

    private static ImmutableArray<CreditBatch> InBurnOrder(ImmutableArray<CreditBatch> live, CreditBatch batch)
    {
        var at = live.Length;
        while (at > 0 && batch.BurnsBefore(live[at - 1])) at--;
        return live.Insert(at, batch);
    }

    private static ImmutableArray<CreditBatch> WithoutExpired(ImmutableArray<CreditBatch> ended, DateTimeOffset at)
    {
        foreach (var batch in ended)
            if (batch.ExpiresAt <= at)
                return ended.RemoveAll(b => b.ExpiresAt <= at);
        return ended;
    }

    internal static int IndexOf(ImmutableArray<CreditBatch> batches, long id)
    {
        for (var i = 0; i < batches.Length; i++)
            if (batches[i].Id == id)
                return i;
        return -1;
    }
}
