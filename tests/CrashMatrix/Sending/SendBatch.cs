namespace Connect.CrashMatrix.Sending;

/// <summary>Plays many cells on one program: each account is held at its own point, one kill ends them all, one start brings them back.</summary>
internal static class SendBatch
{
    private const int Minutes = 10;

    // So that a campaign takes a moment, and a cancel comes in its middle.
    private const int GatewayDelayMs = 2;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Starts the program and prepares an account for every cell.</summary>
    public static async Task<(Stage Stage, List<Sender> Senders)> Open(Shape shape, IReadOnlyList<SendCell> cells)
    {
        var (stage, token) = await Stage.Open(shape);
        try
        {
            await stage.Post("/sandbox/sms/faults", new { delayMs = GatewayDelayMs, refusePrefixes = new[] { SendFlow.RefusedPrefix } });
            var senders = cells.Select((cell, number) => new Sender(cell, stage.Visit($"{cell.Flow.Code}-{number}"))).ToList();
            await Parallel.ForEachAsync(senders, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (sender, _) => await sender.Prepare(token));
            return (stage, senders);
        }
        catch
        {
            stage.Dispose();
            throw;
        }
    }

    /// <summary>Plays the cells and writes into each what is wrong.</summary>
    public static async Task Run(Shape shape, IReadOnlyList<SendCell> cells)
    {
        var (stage, senders) = await Open(shape, cells);
        using var _ = stage;
        await stage.Arm(senders.Select(sender => new { account = sender.Account, after = sender.Cell.Point, cut = sender.Cell.Cut?.ToString().ToLowerInvariant() }));
        foreach (var sender in senders)
            sender.Send();
        HashSet<string> held = [];
        await Stage.Until(Patience, async () =>
        {
            held = await stage.Held();
            var sent = await SentBooks.Read(stage.Open());
            return senders.TrueForAll(sender => (sender.Cell.Cut is null && held.Contains(sender.Account)) || (sender.IsAnswered && sent.HasEnded(sender)));
        });
        // What follows the end: deliveries are reported, and a reminder goes. The clock can not be moved while accounts stand still.
        if (cells[0].Cut is null)
        {
            await Stage.Until(TimeSpan.FromSeconds(5), async () =>
            {
                held = await stage.Held();
                return senders.TrueForAll(sender => held.Contains(sender.Account));
            });
        }

        foreach (var sender in senders)
            sender.Cell.AtItsPoint = held.Contains(sender.Account);
        var taken = senders.Where(sender => sender.IsTaken).ToHashSet();
        if (cells[0].Cut is null)
            await Kill(stage, senders);

        // By itself: reminders alone bring what was taken on to its end.
        var books = await SentBooks.Read(stage.Open());
        for (var minute = 0; minute < Minutes && !taken.All(books.HasEnded); minute++)
        {
            await stage.Advance(TimeSpan.FromSeconds(61));
            await Stage.Until(TimeSpan.FromSeconds(5), async () => taken.All((books = await SentBooks.Read(stage.Open())).HasEnded));
        }

        foreach (var sender in taken.Where(sender => !books.HasEnded(sender)))
            sender.Cell.Wrong.Add("was not brought to its end by itself after the restart");

        // Then everybody asks again, with the key they had.
        foreach (var sender in senders)
            sender.Send();
        if (!await Stage.Until(Patience, async () => senders.TrueForAll(sender => sender.IsAnswered) && senders.TrueForAll((await SentBooks.Read(stage.Open())).HasEnded)))
        {
            var last = await SentBooks.Read(stage.Open());
            foreach (var sender in senders.Where(sender => !sender.IsAnswered || !last.HasEnded(sender)))
                sender.Cell.Wrong.Add("has not ended after it was asked for again");
        }

        // A flow counts what was interrupted when its reminder comes.
        for (var minute = 0; minute < 3; minute++)
            await stage.Advance(TimeSpan.FromSeconds(61));
        await SendAuditor.Check(senders, shape.Messages());
    }

    private static async Task Kill(Stage stage, List<Sender> senders)
    {
        stage.Kill();
        await stage.Start();
        List<Sender> again = [.. senders.Where(sender => sender.Cell.Again is not null)];
        if (again.Count == 0)
            return;
        await stage.Arm(again.Select(sender => new { account = sender.Account, afterCount = sender.Cell.Again }));
        foreach (var sender in again)
            _ = sender.Look();
        HashSet<string> held = [];
        await Stage.Until(TimeSpan.FromSeconds(10), async () =>
        {
            held = await stage.Held();
            var books = await SentBooks.Read(stage.Open());
            return again.TrueForAll(sender => held.Contains(sender.Account) || books.HasEnded(sender));
        });
        foreach (var sender in again)
            sender.Cell.KilledAgain = held.Contains(sender.Account);
        stage.Kill();
        await stage.Start();
    }
}
