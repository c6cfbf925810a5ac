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

    /// <summary>So many answers in a row that leave open whether the message was taken, and a window begins nothing more.</summary>
    public const int MostLost = 10;

    /// <summary>How long a window begins further messages. What it did not come to waits for the next.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Quick = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// Whether the gateway is to be left alone, given how many clear answers a window had, and how many others came last. Each message without a clear answer stays paid and is never sent again, so a
    /// gateway that gives no other answers must not go through a whole list.
    /// </summary>
    public static bool IsLost(int answered, int lostAtLast) => lostAtLast >= MostLost || (answered == 0 && lostAtLast > 0);

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
