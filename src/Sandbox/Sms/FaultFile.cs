using System.Text.Json;
using Connect.Grains.Messaging;

namespace Connect.Sandbox.Sms;

/// <summary>The faults that are set, shared with other processes through a file that each looks at four times a second at most. Counters are each process' own.</summary>
internal sealed class FaultFile(string path)
{
    private const int LookEveryMs = 250;

    private readonly Lock _gate = new();
    private SmsFaults _faults = new();
    private DateTime _seen = DateTime.MinValue;
    private long _lookedAt = -LookEveryMs;

    /// <summary>The faults that are left.</summary>
    public SmsFaults Current
    {
        get
        {
            lock (_gate)
            {
                Look();
                return _faults;
            }
        }
    }

    /// <summary>Sets faults, here at once.</summary>
    public void Set(SmsFaults faults)
    {
        lock (_gate)
        {
            // Whole or not at all for those who read it.
            var draft = $"{path}.{Environment.ProcessId}";
            File.WriteAllBytes(draft, JsonSerializer.SerializeToUtf8Bytes(faults));
            File.Move(draft, path, overwrite: true);
            (_faults, _seen) = (faults, File.GetLastWriteTimeUtc(path));
        }
    }

    /// <summary>What is to happen to the next message.</summary>
    public (SmsFaults Faults, HandOverOutcome Fate) Next(string to)
    {
        lock (_gate)
        {
            Look();
            var faults = _faults;
            if (faults.Unavailable)
                return (faults, HandOverOutcome.Unavailable);
            foreach (var prefix in faults.RefusePrefixes)
            {
                if (to.StartsWith(prefix, StringComparison.Ordinal))
                    return (faults, HandOverOutcome.Refused);
            }

            if (faults.RefuseNext > 0)
            {
                _faults = faults with { RefuseNext = faults.RefuseNext - 1 };
                return (faults, HandOverOutcome.Refused);
            }

            if (faults.LoseAnswerNext == 0)
                return (faults, HandOverOutcome.Accepted);
            _faults = faults with { LoseAnswerNext = faults.LoseAnswerNext - 1 };
            return (faults, HandOverOutcome.Unknown);
        }
    }

    private void Look()
    {
        if (Environment.TickCount64 - _lookedAt < LookEveryMs)
            return;
        _lookedAt = Environment.TickCount64;
        if (!File.Exists(path) || File.GetLastWriteTimeUtc(path) is var written && written == _seen)
            return;
        _faults = JsonSerializer.Deserialize<SmsFaults>(File.ReadAllBytes(path)) ?? new();
        _seen = written;
    }
}
