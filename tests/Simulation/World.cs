using System.Globalization;

namespace Connect.Simulation;

/// <summary>
/// Time and chance of one run. Everything happens as an event at an instant; what the program has in memory belongs to one of its lives and is gone with it.
/// </summary>
internal sealed class World
{
    private readonly PriorityQueue<Action, (DateTimeOffset At, long Order)> _events = new();
    private long _order;
    private ulong _digest = 14695981039346656037;

    /// <summary>Starts a run.</summary>
    public World(ulong seed, Sabotage sabotage, bool traced)
    {
        (Seed, Chance, Sabotage) = (seed, new Chance(seed), sabotage);
        Trace = traced ? [] : null;
        Mischief = Chance.Pick(0, 20, 100, 300);
        Webhooks = Chance.Pick(WebhookMischief.None, WebhookMischief.Late, WebhookMischief.Dropped, WebhookMischief.Mixed);
    }

    /// <summary>The seed.</summary>
    public ulong Seed { get; }

    /// <summary>Its randomness.</summary>
    public Chance Chance { get; }

    /// <summary>A rule that the simulated shell breaks on purpose, to see the auditor notice.</summary>
    public Sabotage Sabotage { get; }

    /// <summary>The time.</summary>
    public DateTimeOffset Now { get; private set; } = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    /// <summary>How often something goes wrong, per mille; 0 once the run is calm.</summary>
    public int Mischief { get; private set; }

    /// <summary>What happens to webhooks.</summary>
    public WebhookMischief Webhooks { get; private set; }

    /// <summary>Whether the program runs.</summary>
    public bool Up { get; private set; } = true;

    /// <summary>Which life of the program it is.</summary>
    public int Life { get; private set; }

    /// <summary>Events so far.</summary>
    public long Events { get; private set; }

    /// <summary>What happened, when it is wanted.</summary>
    public List<string>? Trace { get; }

    /// <summary>Digest of everything that was told: two runs of one seed agree in it.</summary>
    public ulong Digest => _digest;

    /// <summary>Something goes wrong.</summary>
    public bool Mishap() => Mischief > 0 && Chance.PerMille(Mischief);

    /// <summary>Does something later, whatever becomes of the program.</summary>
    public void After(TimeSpan wait, Action action) => _events.Enqueue(action, (Now + (wait > TimeSpan.Zero ? wait : TimeSpan.Zero), _order++));

    /// <summary>Does something later in this life of the program; a crash forgets it.</summary>
    public void Later(TimeSpan wait, Action action)
    {
        var life = Life;
        After(wait, () =>
        {
            if (Up && Life == life) action();
        });
    }

    /// <summary>Tells what happened.</summary>
    public void Tell(FormattableString what)
    {
        var text = FormattableString.Invariant(what);
        foreach (var c in text) _digest = (_digest ^ c) * 1099511628211;
        Trace?.Add(string.Create(CultureInfo.InvariantCulture, $"{Now:MM-dd HH:mm:ss.fff} {text}"));
    }

    /// <summary>The program dies.</summary>
    public void Crash()
    {
        if (!Up) return;
        Up = false;
        Life++;
        Tell($"CRASH");
    }

    /// <summary>The program is there again, with nothing in memory.</summary>
    public void Restart()
    {
        if (Up) return;
        Up = true;
        Life++;
        Tell($"RESTART");
    }

    /// <summary>From now on nothing goes wrong.</summary>
    public void Calm() => (Mischief, Webhooks) = (0, WebhookMischief.None);

    /// <summary>Runs what is due until an instant; false when it seems never to end.</summary>
    public bool RunUntil(DateTimeOffset end, long mostEvents)
    {
        while (_events.TryPeek(out _, out var next) && next.At <= end)
        {
            var action = _events.Dequeue();
            Now = next.At;
            action();
            if (++Events > mostEvents) return false;
        }

        Now = end;
        return true;
    }
}

/// <summary>What happens to webhooks.</summary>
internal enum WebhookMischief
{
    /// <summary>They come soon and once.</summary>
    None,

    /// <summary>They come up to three days late, in any order, some more than once.</summary>
    Late,

    /// <summary>They never come.</summary>
    Dropped,

    /// <summary>Any of it.</summary>
    Mixed,
}

/// <summary>A rule that the shell around the deciders breaks on purpose.</summary>
internal enum Sabotage
{
    /// <summary>None.</summary>
    None,

    /// <summary>A confirm without an answer is followed by a new intent.</summary>
    StartsOver,

    /// <summary>A purchase whose confirm is unknown is called declined.</summary>
    UnknownIsDeclined,

    /// <summary>The credits of a paid purchase are granted under a new operation id at each try.</summary>
    GrantTwice,

    /// <summary>A purchase is called credited before its credits are granted.</summary>
    CreditedFirst,

    /// <summary>Nobody comes back to a purchase after a crash, and nobody sweeps.</summary>
    Forgotten,

    /// <summary>A declined top-up does not suspend auto top-up but only ends.</summary>
    DeclinesRepeat,

    /// <summary>A failed refund's revocation is not undone.</summary>
    NeverRestored,

    /// <summary>A debit is answered though its entries were not stored.</summary>
    AnsweredEarly,
}
