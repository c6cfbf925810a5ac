using System.Diagnostics;

namespace Connect.Bench;

/// <summary>Closed-loop load: each caller asks again as soon as it was answered.</summary>
public static class Load
{
    /// <summary>Runs <paramref name="call"/> from many callers for a while. The call gets its caller's number and the number of its turn.</summary>
    public static async Task<LoadResult> Run(int callers, TimeSpan duration, Func<int, long, Task> call)
    {
        var watch = Stopwatch.StartNew();
        var counts = await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            var turn = 0L;
            for (; watch.Elapsed < duration; turn++)
                await call(caller, turn);
            return turn;
        })));
        return new LoadResult(counts.Sum(), watch.Elapsed);
    }

    /// <summary>Runs <paramref name="call"/> once for each number below <paramref name="count"/>, 64 at a time.</summary>
    public static Task Each(int count, Func<int, Task> call) =>
        Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (number, _) => await call(number));
}

/// <summary>What a load did.</summary>
public readonly record struct LoadResult(long Calls, TimeSpan Elapsed)
{
    /// <summary>Answered calls per second.</summary>
    public double PerSecond => Calls / Elapsed.TotalSeconds;
}
