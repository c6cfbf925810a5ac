namespace Connect.Sandbox.Clock;

/// <summary>
/// Real time plus an offset that can be moved, so that a person can see in a minute what happens in 90 days. It never goes back.
/// Only the time of day moves: timers and time stamps run in real time. Thread-safe.
/// </summary>
public sealed class MovableClock : TimeProvider
{
    private readonly TimeProvider real;
    private long offsetTicks;
    private long latestTicks;

    /// <summary>Makes one that shows real time.</summary>
    public MovableClock() : this(System)
    {
    }

    /// <summary>Makes one that shows the time of another clock, as long as it is not moved.</summary>
    public MovableClock(TimeProvider real) => this.real = real;

    /// <summary>How far it is ahead of real time; never negative, never less than before.</summary>
    public TimeSpan Offset => new(Interlocked.Read(ref offsetTicks));

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => real.LocalTimeZone;

    /// <inheritdoc/>
    public override long TimestampFrequency => real.TimestampFrequency;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        var now = real.GetUtcNow().UtcTicks + Interlocked.Read(ref offsetTicks);
        return new DateTimeOffset(RaiseTo(ref latestTicks, now), TimeSpan.Zero);
    }

    /// <inheritdoc/>
    public override long GetTimestamp() => real.GetTimestamp();

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => real.CreateTimer(callback, state, dueTime, period);

    /// <summary>Sets how far it is ahead of real time. A smaller offset than the present one is ignored, because time does not go back.</summary>
    public void MoveTo(TimeSpan offset) => RaiseTo(ref offsetTicks, offset.Ticks);

    /// <summary>Raises a value and returns what it then is: the new one, or a higher one that is there already.</summary>
    private static long RaiseTo(ref long value, long ticks)
    {
        var present = Interlocked.Read(ref value);
        while (present < ticks)
        {
            var seen = Interlocked.CompareExchange(ref value, ticks, present);
            if (seen == present)
                return ticks;
            present = seen;
        }

        return present;
    }
}
