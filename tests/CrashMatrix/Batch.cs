namespace Connect.CrashMatrix;

/// <summary>Plays many cells on one program: each purchase is held at its own point, one kill ends them all, one start brings them back.</summary>
internal static class Batch
{
    private const int Minutes = 10;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Plays the cells and writes into each what is wrong.</summary>
    public static async Task Run(Shape shape, IReadOnlyList<Cell> cells)
    {
        var (stage, plays) = await Stage.Open(shape, cells);
        using var _ = stage;
        if (cells.Any(cell => cell.Cut is not null))
            await OnlyLife(stage, plays);
        else
            await ThroughKills(stage, plays);

        // By itself: whoever was cut off does not ask again.
        var books = await stage.LetTimePass(plays, Minutes, (now, minute) => plays.TrueForAll(play => HasComeBack(play, now, minute)));
        foreach (var play in plays)
            Auditor.CheckCameBack(play, books);

        // Then everybody asks again, with the key they had.
        foreach (var play in plays)
            play.Customer.Buy();
        if (!await Stage.Until(Patience, () => Task.FromResult(plays.TrueForAll(play => play.Customer.IsAnswered))))
        {
            foreach (var play in plays.Where(play => !play.Customer.IsAnswered))
                play.Cell.Wrong.Add("the repeated request is not answered");
        }

        await stage.LetTimePass(plays, Minutes, (now, _) => plays.TrueForAll(play => IsOver(play, now)));
        if (plays.Exists(play => play.Cell.Flow.Bank == Bank.Ignored))
        {
            await stage.Advance(TimeSpan.FromHours(1));
            await stage.LetTimePass(plays, Minutes, (now, _) => plays.TrueForAll(play => play.Purchases(now).All(id => now.Purchases.GetValueOrDefault(id)?.Ended == true)));
        }

        await Auditor.CheckEnd(plays, await stage.Read(), await stage.Sandbox.Charges());
    }

    // Answers of storage are lost; the process lives on.
    private static async Task OnlyLife(Stage stage, List<Play> plays)
    {
        await stage.Arm(plays.Select(play => new { account = play.Account, after = play.Cell.Point, cut = play.Cell.Cut == Cut.Before ? "before" : "after" }));
        foreach (var play in plays)
            play.Customer.Buy();
        await Stage.Until(Patience, () => Task.FromResult(plays.TrueForAll(play => play.Customer.IsAnswered)));

        // An earlier purchase that could not be asked for can be from here on, as after a restart.
        await stage.Sandbox.OnlyPosts();
        await stage.LetTimePass(plays, 1, (now, minute) => plays.TrueForAll(play => HasComeBack(play, now, minute)));
        var held = await stage.Held();
        foreach (var play in plays)
            play.Cell.AtItsPoint = held.Contains(play.Account);
    }

    private static async Task ThroughKills(Stage stage, List<Play> plays)
    {
        await FirstLife(stage, plays);
        await Kill(stage, plays);
        var customers = await stage.Sandbox.Customers();
        await stage.Sandbox.OnlyPosts();
        await stage.Sandbox.Misbehave(plays.Where(play => play.Cell.Fault?.Strikes == Strikes.Restart).Select(play => play.Cell.Fault!.Rule(customers[play.Account])));
        await stage.Start();
        List<Play> again = [.. plays.Where(play => play.Cell.Again is not null)];
        if (again.Count == 0)
            return;
        await SecondLife(stage, again);
        await Kill(stage, plays);
        await stage.Start();
    }

    private static async Task FirstLife(Stage stage, List<Play> plays)
    {
        var customers = await stage.Sandbox.Customers();
        await stage.Sandbox.Misbehave(plays.Where(play => play.Cell.Fault is { Strikes: not Strikes.Restart }).Select(play => play.Cell.Fault!.Rule(customers[play.Account])));
        await stage.Arm(plays.Select(play => new { account = play.Account, after = play.Cell.Point }));
        foreach (var play in plays)
            play.Customer.Buy();
        HashSet<string> held = [];
        var there = await Stage.Until(Patience, async () =>
        {
            held = await stage.Held();
            if (plays.TrueForAll(play => held.Contains(play.Account)))
                return true;
            var books = await stage.ReadAndApprove(plays);
            return plays.TrueForAll(play => held.Contains(play.Account) || HasEnded(play, books));
        });
        var now = await stage.Read();
        foreach (var play in plays)
        {
            play.Cell.AtItsPoint = held.Contains(play.Account);
            if (!there && !play.Cell.AtItsPoint && !HasEnded(play, now))
                play.Cell.Wrong.Add("neither came to its point nor ended before the kill");
        }
    }

    // Only those that are to be killed again are woken here; the others lie as the first kill left them.
    private static async Task SecondLife(Stage stage, List<Play> plays)
    {
        await stage.Arm(plays.Select(play => new { account = play.Account, afterCount = play.Cell.Again }));
        var books = await stage.Read();
        HashSet<string> held = [];
        await Parallel.ForEachAsync(plays, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (play, _) => await play.Customer.Look(play.Purchase(books)));
        await Stage.Until(Patience, async () =>
        {
            held = await stage.Held();
            books = await stage.ReadAndApprove(plays);
            return plays.TrueForAll(play => held.Contains(play.Account) || HasComeBack(play, books, minute: 0));
        });
        foreach (var play in plays)
            play.Cell.KilledAgain = held.Contains(play.Account);
    }

    private static async Task Kill(Stage stage, List<Play> plays)
    {
        var before = await stage.Read();
        await Parallel.ForEachAsync(plays, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (play, _) => await Auditor.HearTold(play, before));
        stage.Kill();
        var after = await stage.Read();
        foreach (var play in plays)
            Auditor.CheckTold(play, after);
    }

    private static bool HasEnded(Play play, Books books) => play.Customer.IsAnswered
        && play.Purchase(books) is { } purchase
        && books.Purchases.TryGetValue(purchase, out var stored)
        && play.Rests(stored)
        && (!stored.Ended || !books.Reminded.Contains(purchase));

    // A top-up whose debit was cut off before the account's reminder was set begins with the next touch, so it is not waited for after the first minute.
    private static bool HasComeBack(Play play, Books books, int minute) =>
        play.Purchases(books).All(id => books.Purchases.TryGetValue(id, out var stored) ? play.Rests(stored) : !play.Cell.Flow.Automatic || minute > 1);

    private static bool IsOver(Play play, Books books) =>
        play.Purchase(books) is not null && play.Purchases(books).All(id => books.Purchases.TryGetValue(id, out var stored) && play.Rests(stored));
}
