namespace Connect.CrashMatrix;

/// <summary>Finds the points by letting one purchase of each flow run: a step that the program gains is a row of the matrix by itself.</summary>
internal static class Discovery
{
    /// <summary>The points of each flow, in order, from <see cref="Nothing"/> on.</summary>
    public static async Task<IReadOnlyDictionary<Flow, IReadOnlyList<string>>> Run(Shape shape, IReadOnlyList<Flow> flows)
    {
        var (stage, plays) = await Stage.Open(shape, [.. flows.Select(flow => new Cell(flow, Nothing, null))]);
        using var _ = stage;
        await stage.Arm(plays.Select(play => new { account = play.Account }));
        foreach (var play in plays)
            play.Customer.Buy();
        if (!await Stage.Until(TimeSpan.FromSeconds(2), async () => IsOver(await stage.ReadAndApprove(plays)))
            && !IsOver(await stage.LetTimePass(plays, minutes: 5, (books, _) => IsOver(books))))
            throw new TimeoutException("The purchases without any fault did not end.");
        var steps = await stage.Steps();
        return plays.ToDictionary(play => play.Cell.Flow, play => (IReadOnlyList<string>)[Nothing, .. steps[play.Account]]);

        bool IsOver(Books books) => plays.TrueForAll(play => play.Customer.IsAnswered
            && play.Purchase(books) is { } purchase
            && books.Purchases.TryGetValue(purchase, out var stored)
            && play.Rests(stored)
            && (!stored.Ended || !books.Reminded.Contains(purchase)));
    }

    /// <summary>The point before the first step.</summary>
    public const string Nothing = "nothing yet";
}
