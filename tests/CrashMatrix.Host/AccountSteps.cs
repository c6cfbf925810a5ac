namespace Connect.CrashMatrix.Host;

/// <summary>The steps of one account.</summary>
internal sealed class AccountSteps(Hold hold)
{
    private readonly Lock gate = new();
    private readonly List<string> carriedOut = [];
    private readonly Dictionary<string, int> counts = new(StringComparer.Ordinal);
    private bool frozen = hold.After == Steps.Nothing;
    private bool held;

    /// <summary>Whether it is to be held anywhere.</summary>
    public bool Holds => hold.After is not null || hold.AfterCount is not null;

    /// <summary>How far it has come.</summary>
    public Progress Progress
    {
        get
        {
            lock (gate)
                return new(hold.Account, held, [.. carriedOut]);
        }
    }

    /// <summary>Whether the step may be carried out. When not, it never will be.</summary>
    /// <param name="name">The step.</param>
    /// <param name="last">Whether it is the last one: <see cref="Freeze"/> must follow it.</param>
    public bool Enter(string name, out bool last)
    {
        lock (gate)
        {
            last = false;
            if (frozen)
            {
                held = true;
                return false;
            }

            var number = counts[name] = counts.GetValueOrDefault(name) + 1;
            var point = number == 1 ? name : $"{name} ({number})";
            carriedOut.Add(point);
            last = point == hold.After || carriedOut.Count == hold.AfterCount;
            return true;
        }
    }

    /// <summary>Stops everything from here on.</summary>
    public void Freeze()
    {
        lock (gate)
            held = frozen = true;
    }
}
