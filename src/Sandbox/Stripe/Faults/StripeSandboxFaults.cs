namespace Connect.Sandbox.Stripe;

/// <summary>The faults that are set now. They are kept in memory: a restart clears them.</summary>
public sealed class StripeSandboxFaults
{
    private readonly Lock _lock = new();
    private List<StripeFault> _rules = [];
    private long _received;
    private volatile bool _down;

    /// <summary>True: every API request and hosted page is reset, until it is false again.</summary>
    public bool Down
    {
        get => _down;
        set => _down = value;
    }

    /// <summary>How many API requests have arrived since the start, whatever became of them.</summary>
    public long RequestsReceived => Interlocked.Read(ref _received);

    /// <summary>The rules that are left, each with its remaining count, in the order they are tried.</summary>
    public IReadOnlyList<StripeFault> Rules
    {
        get
        {
            lock (_lock)
                return [.. _rules];
        }
    }

    /// <summary>Adds rules behind those that are there.</summary>
    /// <exception cref="ArgumentException">A rule makes no sense (see <see cref="StripeFault.Problem"/>); none is added.</exception>
    public void Add(params IReadOnlyList<StripeFault> rules)
    {
        if (rules.Select(rule => rule.Problem()).FirstOrDefault(problem => problem is not null) is { } found)
            throw new ArgumentException(found, nameof(rules));
        lock (_lock)
            _rules = [.. _rules, .. rules];
    }

    /// <summary>Removes all rules and ends <see cref="Down"/>.</summary>
    public void Clear()
    {
        lock (_lock)
            _rules = [];
        Down = false;
    }

    /// <summary>Counts a request that has arrived.</summary>
    internal void CountRequest() => Interlocked.Increment(ref _received);

    /// <summary>Whether a rule asks whose request it is.</summary>
    internal bool AskForCustomer
    {
        get
        {
            lock (_lock)
                return _rules.Exists(rule => rule.Customer is not null);
        }
    }

    /// <summary>The fault for this request, used up by one, or null.</summary>
    internal StripeFault? Take(string method, string path, string? customer)
    {
        lock (_lock)
        {
            var index = _rules.FindIndex(rule => rule.Matches(method, path, customer));
            if (index < 0)
                return null;
            var rule = _rules[index];
            if (rule.Count > 1)
                _rules[index] = rule with { Count = rule.Count - 1 };
            else
                _rules.RemoveAt(index);
            return rule;
        }
    }
}
