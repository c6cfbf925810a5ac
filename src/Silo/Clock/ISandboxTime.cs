namespace Connect.Silo.Clock;

/// <summary>Moves the program's time forward, in the sandbox only: as if it had passed, with every reminder on the way.</summary>
public interface ISandboxTime
{
    /// <summary>Most that one call may move: ten years.</summary>
    static readonly TimeSpan MaxAdvance = TimeSpan.FromDays(3_653);

    /// <summary>The program's time, UTC.</summary>
    DateTimeOffset Now { get; }

    /// <summary>
    /// Moves the time by that much, stopping at the start time of every reminder that falls due on the way, in order, to call the grain as the reminder service
    /// does and await its work. Reminders that are set on the way are honoured. One that started before and is still set is called too, at the first of its periodic ticks on the way.
    /// Those of them that stay set and tick again are called once more, at the end. Calls queue.
    /// Work of the stand-ins (<see cref="Connect.Sandbox.Clock.IDueWork"/>), such as the delivery of a webhook, is done at its time on the way too.
    /// The offset is durable. Throws <see cref="ArgumentOutOfRangeException"/> for zero, a negative time and more than <see cref="MaxAdvance"/>.
    /// </summary>
    /// <returns>How many reminders were called, each (grain, name, start time) once.</returns>
    Task<int> Advance(TimeSpan by, CancellationToken cancellationToken = default);
}
