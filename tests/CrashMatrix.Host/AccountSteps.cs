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

    /// <summary>Counts a step and says what becomes of it. After <see cref="Passage.Last"/>, <see cref="Freeze"/> must follow.</summary>
    public Passage Enter(string name)
    {
        lock (gate)
        {
            if (frozen)
            {
                held = true;
                return Passage.Closed;
            }

            var number = counts[name] = counts.GetValueOrDefault(name) + 1;
            var point = number == 1 ? name : $"{name} ({number})";
            carriedOut.Add(point);
            if (point != hold.After && carriedOut.Count != hold.AfterCount)
                return Passage.Open;
            held |= hold.Cut is not null;
            return hold.Cut switch { null => Passage.Last, "before" => Passage.CutBefore, _ => Passage.CutAfter };
        }
    }

    /// <summary>Stops everything from here on.</summary>
    public void Freeze()
    {
        lock (gate)
            held = frozen = true;
    }
}
