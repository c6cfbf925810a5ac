using System.Diagnostics;
using Connect.Accounts;

namespace Connect.Bench.Sections;

/// <summary>Section d: what the first call to an account that is not in memory costs, by the length of its ledger.</summary>
public static class ActivationSection
{
    private const double Target = 1.5;

    /// <summary>Measures accounts of three lengths in turn, round after round.</summary>
    public static async Task<IReadOnlyList<Figure>> Measure(BenchRun bench)
    {
        await using var host = await CreditsHost.Start(bench.Server);
        int[] lengths = [10, 10_000, bench.Options.Quick ? 50_000 : 1_000_000];
        var accounts = new List<(int Entries, IAccountGrain Grain, List<double> Milliseconds)>();
        foreach (var entries in lengths)
        {
            var grain = await host.OpenAccount($"d-{entries}");
            await Fill(grain, entries - 2);
            await CreditsHost.CheckConservation(grain);
            accounts.Add((entries, grain, []));
            bench.Say($"d: an account with {entries:N0} entries is ready");
        }

        for (var round = 0; round < (bench.Options.Quick ? 10 : 50); round++)
        {
            foreach (var (_, grain, milliseconds) in accounts)
            {
                await host.Deactivate(grain);
                var watch = Stopwatch.StartNew();
                await grain.GetCredits();
                milliseconds.Add(watch.Elapsed.TotalMilliseconds);
            }
        }

        var shortest = accounts[0].Milliseconds.Median();
        return [.. accounts.Skip(1).Select(account => new Figure(
            "d",
            $"activation with {account.Entries:N0} entries",
            $"{account.Milliseconds.Median():N2} ms",
            $"with {accounts[0].Entries} entries: {shortest:N2} ms",
            account.Milliseconds.Median() / shortest,
            Target,
            AtLeast: false))];

        async Task Fill(IAccountGrain grain, int debits)
        {
            var next = 0;
            await Task.WhenAll(Enumerable.Range(0, 1_024).Select(async _ =>
            {
                while (Interlocked.Increment(ref next) is var number && number <= debits)
                    CreditsHost.Require(await grain.Debit(new Debit { OperationId = $"fill:{number}", Credits = 1 }));
            }));
        }
    }
}
