using System.Globalization;

namespace Connect.CrashMatrix;

/// <summary>Compares what Stripe charged with what the ledger granted and what the customer is told. It reads only what anybody outside can read.</summary>
internal static class Auditor
{
    private const long Credits = 1_000;

    /// <summary>Notes what the customer is told just before the kill.</summary>
    public static async Task HearTold(Play play, Books books)
    {
        foreach (var purchase in play.Purchases(books).Where(books.Purchases.ContainsKey))
        {
            if (await play.Customer.Status(purchase) == "succeeded")
                play.ToldPaid.Add(purchase);
        }
    }

    /// <summary>After the kill: what the customer was told has happened is durable.</summary>
    public static void CheckTold(Play play, Books books)
    {
        foreach (var purchase in play.ToldPaid.Where(purchase => books.Grants.TrueForAll(grant => grant.Purchase != purchase)))
            play.Cell.Wrong.Add($"the customer was told that {Short(play, purchase)} succeeded before its credits were durable");
    }

    /// <summary>After the restart: what was begun has ended without anybody asking.</summary>
    public static void CheckCameBack(Play play, Books books)
    {
        foreach (var purchase in play.Purchases(books))
        {
            if (books.Purchases.TryGetValue(purchase, out var stored) && !play.Rests(stored))
                play.Cell.Wrong.Add($"{Short(play, purchase)} did not end by itself after the restart (phase {stored.Phase})");
        }
    }

    /// <summary>In the end: charges are grants, once each, and everything is over.</summary>
    public static async Task CheckEnd(List<Play> plays, Books books, List<Charge> charges)
    {
        var charged = charges.ToLookup(charge => charge.Purchase[..charge.Purchase.IndexOf('/', StringComparison.Ordinal)]);
        var granted = books.Grants.ToLookup(grant => grant.Purchase[..grant.Purchase.IndexOf('/', StringComparison.Ordinal)]);
        await Parallel.ForEachAsync(plays, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (play, _) =>
        {
            var wrong = play.Cell.Wrong;
            foreach (var purchase in play.Purchases(books).Union(charged[play.Account].Select(charge => charge.Purchase)).Union(granted[play.Account].Select(grant => grant.Purchase)))
                CheckMoney(play, purchase, [.. charged[play.Account].Where(charge => charge.Purchase == purchase)], [.. granted[play.Account].Where(grant => grant.Purchase == purchase)]);
            foreach (var purchase in play.Purchases(books))
                await CheckStatus(play, purchase, books);
            if (play.Cell.Flow.Automatic)
                await CheckTopUp(play, books, wrong);
        });
        foreach (var stray in charged.Where(account => plays.TrueForAll(play => play.Account != account.Key)))
            plays[0].Cell.Wrong.Add($"somebody else was charged: {stray.Key}");
    }

    private static void CheckMoney(Play play, string purchase, Charge[] charges, StoredGrant[] grants)
    {
        var name = Short(play, purchase);
        if (charges.Length > 1)
            play.Cell.Wrong.Add($"{name} was charged {charges.Length} times");
        if (grants.Length > 1)
            play.Cell.Wrong.Add($"{name} was credited {grants.Length} times");
        if (charges.Length > 0 && grants.Length == 0)
            play.Cell.Wrong.Add($"{name} was charged and not credited");
        if (charges.Length == 0 && grants.Length > 0)
            play.Cell.Wrong.Add($"{name} was credited and not charged");
        if (charges.Length == 1 && grants.Length == 1 && (grants[0].Credits != Credits || grants[0].Paid != charges[0].Amount))
            play.Cell.Wrong.Add(string.Create(CultureInfo.InvariantCulture, $"{name} was charged {charges[0].Amount}, and credited {grants[0].Credits} for {grants[0].Paid}"));
        if (play.Cell.Flow.IsPaid && charges.Length == 0)
            play.Cell.Wrong.Add($"{name} was not charged although its card is good");
        if (!play.Cell.Flow.IsPaid && charges.Length > 0)
            play.Cell.Wrong.Add($"{name} was charged although it can not be");
    }

    private static async Task CheckStatus(Play play, string purchase, Books books)
    {
        var status = await play.Customer.Status(purchase);
        var expected = play.Cell.Flow.IsPaid ? "succeeded" : "failed";
        if (status != expected)
            play.Cell.Wrong.Add($"{Short(play, purchase)} is {status ?? "unknown"} instead of {expected}");
        if (books.Purchases.GetValueOrDefault(purchase) is not { Ended: true })
            play.Cell.Wrong.Add($"{Short(play, purchase)} never ended");
    }

    private static async Task CheckTopUp(Play play, Books books, List<string> wrong)
    {
        var started = books.TopUps.Count(play.IsMine);
        if (started != 1)
            wrong.Add($"auto top-up started {started} times");
        var (state, because) = await play.Customer.TopUp();
        var expected = play.Cell.Flow.SuspendedBecause is null ? "armed" : "suspended";
        if (state != expected || because != play.Cell.Flow.SuspendedBecause)
            wrong.Add($"auto top-up is {state} {because}");
    }

    private static string Short(Play play, string purchase) => purchase == $"{play.Account}/{play.Customer.EarlierQuote}" ? "the earlier purchase" : "the purchase";
}
