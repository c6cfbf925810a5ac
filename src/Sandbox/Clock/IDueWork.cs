namespace Connect.Sandbox.Clock;

/// <summary>Work of a stand-in that falls due by the program's clock. Whoever moves the clock stops for it, as for a reminder.</summary>
public interface IDueWork
{
    /// <summary>When the next work is due, perhaps in the past; null when nothing waits.</summary>
    Task<DateTimeOffset?> NextDue();

    /// <summary>Does everything that is due by the clock now, and returns when it is done. It must not wait for the clock to move.</summary>
    Task RunDue();
}
