using Connect.Accounts;

namespace Connect.Bench.Sections;

/// <summary>Section e: managed memory that an active account holds: opened, one batch, ten debits.</summary>
public static class MemorySection
{
    private const double TargetKilobytes = 10;

    /// <summary>Activates many accounts and divides what the heap grew by.</summary>
    public static async Task<IReadOnlyList<Figure>> Measure(BenchRun bench)
    {
        await using var host = await CreditsHost.Start(bench.Server);
        var count = bench.Options.Quick ? 4_000 : 20_000;
        await Activate("warm-up", count / 4);
        var before = Heap();
        await Activate("e", count);
        var kilobytes = (Heap() - before) / 1024.0 / count;
        await Load.Each(count, number => CreditsHost.CheckConservation(host.Grains.GetGrain<IAccountGrain>($"e-{number}"), spent: 10));
        return [new Figure("e", $"memory per active account, of {count:N0}", $"{kilobytes:N1} KiB", "", kilobytes, TargetKilobytes, AtLeast: false) { Unit = " KiB" }];

        Task Activate(string prefix, int accounts) => Load.Each(accounts, async number =>
        {
            var grain = await host.OpenAccount($"{prefix}-{number}", 1_000);
            for (var debit = 0; debit < 10; debit++)
                CreditsHost.Require(await grain.Debit(new Debit { OperationId = $"debit:{debit}", Credits = 1 }));
        });
    }

    private static long Heap()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
