namespace Connect.CrashMatrix.Sending;

/// <summary>One campaign or message of the matrix: killed there.</summary>
/// <param name="Flow">How it sends.</param>
/// <param name="Point">The step after which the process is killed.</param>
public sealed record SendCell(SendFlow Flow, string Point)
{
    /// <summary>Instead of a kill, the step fails once.</summary>
    public Cut? Cut { get; init; }

    /// <summary>After how many steps of its recovery the process is killed a second time; null for never.</summary>
    public int? Again { get; init; }

    /// <summary>Whether it was killed in its recovery, too.</summary>
    public bool KilledAgain { get; set; }

    /// <summary>Whether it was killed at its point.</summary>
    public bool AtItsPoint { get; set; }

    /// <summary>Recipients that may or may not have been handed over.</summary>
    public long InDoubt { get; set; }

    /// <summary>What is wrong; empty when all is well.</summary>
    public List<string> Wrong { get; } = [];

    /// <summary>Its name in the report.</summary>
    public string Name => $"{Flow.Name} / {Point}{(Cut is { } cut ? $" / not killed, cut {cut}" : "")}{(Again is { } steps ? $" / again after {steps}" : "")}";
}
