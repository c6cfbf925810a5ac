using System.Diagnostics;

namespace Connect.Testing;

/// <summary>Awaits a state that another process reaches in its own time, and that only asking can tell.</summary>
public static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(180);

    /// <summary>Asks until the answer is yes; fails with what was awaited when patience ends.</summary>
    public static async Task True(string what, Func<Task<bool>> ask, Func<string>? tell = null)
    {
        var waited = Stopwatch.StartNew();
        using var again = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!await ask())
        {
            if (waited.Elapsed > Patience)
                throw new TimeoutException($"Not within {Patience.TotalSeconds} s: {what}. {tell?.Invoke()}");
            await again.WaitForNextTickAsync();
        }
    }

    /// <summary>Asks until there is an answer that will do, and returns it; fails with the last answer when patience ends.</summary>
    public static async Task<T> Of<T>(string what, Func<Task<T>> ask, Func<T, bool> willDo)
    {
        var last = default(T)!;
        await True(what, async () => willDo(last = await ask()), () => $"Last: {last}");
        return last;
    }
}
