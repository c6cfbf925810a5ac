using Connect.Accounts;

namespace Connect.Grains.Tests.Accounts.Engine;

/// <summary>
/// Another way of computing an account: every single credit is a coin with a fate. No running totals, no batches, no burn loop: just sorting coins. Slow, and hard to get wrong in the
/// same way as the engine.
/// </summary>
internal sealed class CoinModel
{
    private enum Fate
    {
        Left,
        Spent,
        Expired,
        Voided,
        Revoked,
    }

    private sealed class Coin
    {
        public required long Batch { get; set; }

        public required int Age { get; set; }

        public required DateTimeOffset GrantedAt { get; set; }

        public required DateTimeOffset ExpiresAt { get; set; }

        public required string? Purchase { get; init; }

        public Fate Fate { get; set; }
    }

    private sealed class Claim
    {
        public required string Purchase { get; init; }

        public required List<Coin> Taken { get; init; }

        public required bool TookNothingAtOnce { get; init; }

        public required int Missing { get; set; }

        public required TimeSpan Life { get; init; }
    }

    private readonly List<Coin> _coins = [];
    private readonly Dictionary<string, Claim> _claims = [];
    private readonly HashSet<long> _voided = [];

    // These took nothing when they were made, only from what came back later if at all. Undoing them again is posted again, and brings nothing.
    private readonly HashSet<string> _undoneEmpty = [];
    private readonly Dictionary<string, List<Coin>> _debits = [];
    private readonly HashSet<string> _done = [];
    private int _batches;

    public CreditTotals Totals => new()
    {
        Granted = _coins.Count,
        Available = Count(Fate.Left),
        Spent = Count(Fate.Spent),
        Expired = Count(Fate.Expired),
        Voided = Count(Fate.Voided),
        Revoked = Count(Fate.Revoked),
    };

    public IEnumerable<(long Batch, int Left)> Batches => _coins.Where(coin => coin.Fate == Fate.Left).GroupBy(coin => coin.Batch).Select(batch => (batch.Key, batch.Count()));

    public void PassTimeTo(DateTimeOffset now)
    {
        foreach (var coin in _coins.Where(coin => coin.Fate == Fate.Left && coin.ExpiresAt <= now)) coin.Fate = Fate.Expired;
    }

    /// <summary>Batches are known by the engine's id, which the caller passes in after the fact.</summary>
    public void Grant(long batch, int credits, DateTimeOffset now, DateTimeOffset expiresAt, string? purchase = null)
    {
        _batches++;
        for (var i = 0; i < credits; i++) _coins.Add(new Coin { Batch = batch, Age = _batches, GrantedAt = now, ExpiresAt = expiresAt, Purchase = purchase });
    }

    /// <summary>How many credits could be taken, or null if the purchase has not that many.</summary>
    public int? Revoke(string id, string purchase, int credits, DateTimeOffset now)
    {
        var bought = _coins.Where(coin => coin.Purchase == purchase).ToList();
        if (bought.Count < credits) return null;
        var taken = bought.Where(coin => coin.Fate == Fate.Left).OrderBy(coin => coin.ExpiresAt).ThenBy(coin => coin.GrantedAt).ThenBy(coin => coin.Age).Take(credits).ToList();
        var life = bought.Max(coin => coin.ExpiresAt) - now;
        foreach (var coin in taken) coin.Fate = Fate.Revoked;
        _claims[id] = new Claim { Purchase = purchase, Taken = taken, TookNothingAtOnce = taken.Count == 0, Missing = credits - taken.Count, Life = life };
        return taken.Count;
    }

    /// <summary>How many credits came back, as the batch that the caller names; null if there is no such revocation.</summary>
    public int? Restore(string revocation, Func<long> batch, DateTimeOffset now)
    {
        if (!_claims.Remove(revocation, out var claim)) return _undoneEmpty.Contains(revocation) ? 0 : null;
        if (claim.TookNothingAtOnce) _undoneEmpty.Add(revocation);
        _batches++;
        foreach (var coin in claim.Taken)
            (coin.Fate, coin.Batch, coin.Age, coin.GrantedAt, coin.ExpiresAt) = (Fate.Left, batch(), _batches, now, now + claim.Life);
        return claim.Taken.Count;
    }

    /// <summary>How many of the recipients are paid.</summary>
    public int Debit(string id, int[] amounts)
    {
        if (!_done.Add(id)) throw new InvalidOperationException("The model is asked once.");
        var purse = new Queue<Coin>(_coins.Where(coin => coin.Fate == Fate.Left).OrderBy(coin => coin.ExpiresAt).ThenBy(coin => coin.GrantedAt).ThenBy(coin => coin.Age));
        var paid = new List<Coin>();
        var accepted = amounts.TakeWhile(amount =>
        {
            if (purse.Count < amount) return false;
            for (var i = 0; i < amount; i++) paid.Add(purse.Dequeue());
            return true;
        }).Count();
        foreach (var coin in paid) coin.Fate = Fate.Spent;
        if (accepted == 0) _done.Remove(id);
        else _debits[id] = paid;
        return accepted;
    }

    public bool Reverse(string debit, int credits, DateTimeOffset now)
    {
        if (!_debits.TryGetValue(debit, out var paid) || paid.Count < credits) return false;
        foreach (var coin in paid.TakeLast(credits))
        {
            coin.Fate = coin.ExpiresAt <= now ? Fate.Expired : _voided.Contains(coin.Batch) ? Fate.Voided : Fate.Left;
            if (coin.Fate != Fate.Left || _claims.Values.FirstOrDefault(claim => claim.Purchase == coin.Purchase && claim.Missing > 0) is not { } open) continue;
            coin.Fate = Fate.Revoked;
            open.Taken.Add(coin);
            open.Missing--;
        }

        paid.RemoveRange(paid.Count - credits, credits);
        return true;
    }

    public bool Void(long batch)
    {
        var left = _coins.Where(coin => coin.Batch == batch && coin.Fate == Fate.Left).ToList();
        foreach (var coin in left) coin.Fate = Fate.Voided;
        if (left.Count > 0) _voided.Add(batch);
        return left.Count > 0;
    }

    private int Count(Fate fate) => _coins.Count(coin => coin.Fate == fate);
}
