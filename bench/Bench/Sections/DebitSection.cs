using Connect.Accounts;

namespace Connect.Bench.Sections;

/// <summary>Sections a and b: durable single debits by grain calls, over one account or spread over many.</summary>
public static class DebitSection
{
    private const int Many = 10_000;

    /// <summary>Section a: one account.</summary>
    public static Task<IReadOnlyList<Figure>> OneAccount(BenchRun bench) => Measure(bench, "a", 1, [(64, 40), (1_024, 60)]);

    /// <summary>Section b: many accounts, each call to a random one.</summary>
    public static Task<IReadOnlyList<Figure>> ManyAccounts(BenchRun bench) => Measure(bench, "b", Many, [(64, 5), (1_024, 10)]);

    private static async Task<IReadOnlyList<Figure>> Measure(BenchRun bench, string section, int accounts, (int Callers, double Target)[] loads)
    {
        await using var host = await CreditsHost.Start(bench.Server);
        var grains = new IAccountGrain[accounts];
        await Load.Each(accounts, async number => grains[number] = await host.OpenAccount($"{section}-{number}", 100_000_000));

        var yardstick = new List<double>();
        var program = loads.ToDictionary(load => load.Callers, _ => new List<double>());
        var acknowledged = 0L;
        await Round(warmUp: true);
        for (var round = 0; round < bench.Options.Rounds; round++)
            await Round(warmUp: false);

        await CheckAll();
        return [.. loads.Select(load => new Figure(
            section,
            $"durable debits, {(accounts == 1 ? "one account" : $"{accounts:N0} accounts")}, {load.Callers:N0} callers",
            $"{program[load.Callers].Median():N0}/s",
            $"pgbench, 64 clients, {(accounts == 1 ? "one row" : $"{accounts:N0} rows")}: {yardstick.Median():N0}/s",
            program[load.Callers].Median() / yardstick.Median(),
            load.Target,
            AtLeast: true))];

        async Task Round(bool warmUp)
        {
            var length = bench.Options.Round;
            var transactions = await bench.Yardstick(accounts).Run(length);
            if (!warmUp)
                yardstick.Add(transactions);
            foreach (var (callers, _) in loads)
            {
                var result = await Debits(callers, length);
                acknowledged += result.Calls;
                bench.Say($"{section}: {callers:N0} callers {result.PerSecond:N0}/s, pgbench {transactions:N0}/s{(warmUp ? " (warm-up)" : "")}");
                if (!warmUp)
                    program[callers].Add(result.PerSecond);
            }
        }

        Task<LoadResult> Debits(int callers, TimeSpan length)
        {
            var picks = Enumerable.Range(0, callers).Select(caller => new Random(caller)).ToArray();
            var prefix = host.NextOperation();
            return Load.Run(callers, length, async (caller, turn) =>
            {
                var grain = grains[picks[caller].Next(accounts)];
                CreditsHost.Require(await grain.Debit(new Debit { OperationId = $"{prefix}:{caller}:{turn}", Credits = 1, Reference = "bench" }));
            });
        }

        async Task CheckAll()
        {
            var spent = 0L;
            await Load.Each(accounts, async number => Interlocked.Add(ref spent, (await CreditsHost.CheckConservation(grains[number])).Spent));
            if (spent != acknowledged)
                throw new InvalidOperationException($"{section}: {acknowledged} debits were acknowledged, the ledgers say {spent}.");
            bench.Say($"{section}: all {spent:N0} acknowledged debits are in the ledger, conservation holds");
        }
    }
}
