using System.Collections.Concurrent;

namespace Connect.Simulation;

/// <summary>Many seeds at once, one on each core.</summary>
internal static class Seeds
{
    /// <summary>Plays so many seeds in a row.</summary>
    public static Played Play(ulong from, int count, Sabotage sabotage = Sabotage.None)
    {
        var bad = new ConcurrentBag<Story.Result>();
        var (events, charges, longest) = (0L, 0L, 0L);
        Parallel.For(0, count, i =>
        {
            var result = Story.Play(from + (ulong)i, sabotage);
            Interlocked.Add(ref events, result.Events);
            Interlocked.Add(ref charges, result.Charges);
            InterlockedMax(ref longest, result.Events);
            if (result.Findings.Count > 0) bad.Add(result);
        });
        return new(count, events, longest, charges, [.. bad.OrderBy(result => result.Seed)]);
    }

    private static void InterlockedMax(ref long most, long value)
    {
        for (var known = Volatile.Read(ref most); value > known;) known = Interlocked.CompareExchange(ref most, value, known) is var was && was == known ? value : was;
    }

    /// <summary>What became of them.</summary>
    /// <param name="Count">Seeds played.</param>
    /// <param name="Events">Events of all.</param>
    /// <param name="Longest">Events of the longest.</param>
    /// <param name="Charges">Successful charges of all.</param>
    /// <param name="Bad">Those with findings, by seed.</param>
    public sealed record Played(int Count, long Events, long Longest, long Charges, IReadOnlyList<Story.Result> Bad);
}
