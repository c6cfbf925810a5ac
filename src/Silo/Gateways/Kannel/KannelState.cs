namespace Connect.Silo.Gateways.Kannel;

/// <summary>Whether Kannel takes messages, as the last answers tell. Says so when it changes, once, however many messages meet it. Thread-safe.</summary>
internal sealed partial class KannelState(TimeProvider time, ILogger<KannelState> logger)
{
    private readonly Lock _gate = new();
    private long _changedAt = long.MinValue;

    /// <summary>Why it takes none; null when it does, or nothing was tried yet.</summary>
    public string? Problem { get; private set; }

    /// <summary>It took, or looked at, a message that was handed over at <paramref name="startedAt"/> (a time stamp).</summary>
    public void Takes(long startedAt)
    {
        // Without the lock in the ordinary case; an answer to what was sent before it failed says nothing about now.
        if (Problem is null)
            return;
        lock (_gate)
        {
            if (Problem is null || startedAt < _changedAt)
                return;
            (Problem, _changedAt) = (null, time.GetTimestamp());
            LogTakes();
        }
    }

    /// <summary>It surely took no message of those handed over at <paramref name="startedAt"/> (a time stamp).</summary>
    public void TakesNone(long startedAt, string problem)
    {
        lock (_gate)
        {
            if (Problem == problem || startedAt < _changedAt)
                return;
            (Problem, _changedAt) = (problem, time.GetTimestamp());
            LogTakesNone(problem);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Kannel takes no messages: {Problem} What is being sent waits and is tried again; nothing is lost by it.")]
    private partial void LogTakesNone(string problem);

    [LoggerMessage(Level = LogLevel.Information, Message = "Kannel takes messages again.")]
    private partial void LogTakes();
}
