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

    /// <summary>Credits taken away because their money went back, less those restored.</summary>
    [Id(10)] public long Revoked { get; init; }

    /// <summary>Shortfalls of revocations, oldest first, as long as a batch of the purchase can still get credits back.</summary>
    [Id(11)] public ImmutableArray<Shortfall> Shortfalls { get; init; } = [];

    /// <summary>Whether the account was opened.</summary>
    public bool IsOpen => Sequence > 0;

    /// <summary>Where every credit went.</summary>
    public CreditTotals Totals => new() { Granted = Granted, Spent = Spent, Expired = Expired, Voided = Voided, Revoked = Revoked, Available = Available };

    /// <summary>The state after an entry. Throws when the entry does not follow this state: then the ledger or the memory is wrong, and nothing may go on.</summary>
    public AccountState Apply(LedgerEntry entry)
    {
        if (entry.Sequence != Sequence + 1) throw new InvalidOperationException($"Entry {entry.Sequence} does not follow entry {Sequence}.");

        if (Available + entry.Credits != entry.BalanceAfter) throw new InvalidOperationException($"Entry {entry.Sequence} says balance {entry.BalanceAfter}, its credits say otherwise.");

        var (live, ended, topUp, shortfalls) = (Live, Ended, AutoTopUp, Shortfalls);
        var (granted, spent, expired, voided, revoked) = (Granted, Spent, Expired, Voided, Revoked);
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
            case EntryKind.Revoke:
                Take(entry, ref live, ref ended);
                revoked = checked(revoked - entry.Credits);
                shortfalls = Revise(shortfalls, entry);
                break;
            case EntryKind.Restore:
                if (entry.Credits > 0) live = InBurnOrder(live, BatchOf(entry));
                revoked = checked(revoked - entry.Credits);
                shortfalls = shortfalls.RemoveAll(shortfall => shortfall.Sequence == entry.Reverses);
                break;
            default:
                topUp = AutoTopUpRules.Apply(topUp, entry);
                break;
        }

        ended = WithoutExpired(ended, entry.At);
        return this with
        {
            Sequence = entry.Sequence,
            LastAt = entry.At,
            Available = entry.BalanceAfter,
            Live = live,
            Ended = ended,
            AutoTopUp = topUp,
            Granted = granted,
            Spent = spent,
            Expired = expired,
            Voided = voided,
            Revoked = revoked,
            Shortfalls = shortfalls.IsEmpty ? shortfalls : shortfalls.RemoveAll(shortfall => !live.Concat(ended).Any(batch => batch.PurchaseId == shortfall.PurchaseId)),
        };
    }

    // A revocation opens its shortfall; credits taken later close it bit by bit.
    private static ImmutableArray<Shortfall> Revise(ImmutableArray<Shortfall> shortfalls, LedgerEntry entry)
    {
        if (entry.Reverses == 0)
            return entry.Detail!.Shortfall is { } missing ? shortfalls.Add(new Shortfall { Sequence = entry.Sequence, PurchaseId = entry.Detail.PurchaseId!, Credits = missing }) : shortfalls;

        for (var i = 0; i < shortfalls.Length; i++)
        {
            if (shortfalls[i].Sequence != entry.Reverses) continue;
            var left = shortfalls[i].Credits + entry.Credits;
            return left > 0 ? shortfalls.SetItem(i, shortfalls[i] with { Credits = left }) : shortfalls.RemoveAt(i);
        }

        throw new InvalidOperationException($"Entry {entry.Sequence} closes a shortfall of entry {entry.Reverses}, which has none.");
    }

    private static CreditBatch BatchOf(LedgerEntry entry)
    {
        var detail = entry.Detail ?? throw new InvalidOperationException($"Batch {entry.Sequence} has no detail.");
        return new CreditBatch
        {
            Id = entry.Sequence,
            Source = detail.Source!.Value,
            Granted = entry.Credits,
            Remaining = entry.Credits,
            GrantedAt = entry.At,
            ExpiresAt = detail.ExpiresAt!.Value,
            PurchaseId = detail.PurchaseId,
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
