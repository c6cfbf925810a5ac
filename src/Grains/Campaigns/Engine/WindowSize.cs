namespace Connect.Grains.Campaigns.Engine;

/// <summary>
/// How many messages one saved marker covers. All of them become unknown if the process dies meanwhile, so a window should be short in time; each costs a write, so a quick gateway gets wide ones.
/// </summary>
public static class WindowSize
{
    /// <summary>The first window of a campaign.</summary>
    public const int First = 50;

    /// <summary>The first window after the gateway was unavailable.</summary>
    public const int Probe = 1;

    /// <summary>The narrowest window, unless the settings allow less.</summary>
    public const int Least = 10;

    /// <summary>How long a window begins further messages. What it did not come to waits for the next.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Quick = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(500);

    /// <summary>The size after one that took <paramref name="elapsed"/>: doubled when quick, halved when slow, from <see cref="Least"/> to <paramref name="most"/>.</summary>
    public static int Next(int size, TimeSpan elapsed, int most)
    {
        if (elapsed < Quick)
            size *= 2;
        else if (elapsed > Slow)
            size /= 2;
        return Math.Min(most, Math.Max(Least, size));
    }
}
