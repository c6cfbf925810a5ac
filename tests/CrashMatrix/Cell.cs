namespace Connect.CrashMatrix;

/// <summary>One purchase of the matrix: killed there, struck by that.</summary>
/// <param name="Flow">How it buys.</param>
/// <param name="Point">The step after which the process is killed.</param>
/// <param name="Fault">What strikes at Stripe; null for nothing.</param>
public sealed record Cell(Flow Flow, string Point, Fault? Fault)
{
    /// <summary>Instead of a kill, the step fails once: before it is carried out, or after, when only its answer is lost.</summary>
    public Cut? Cut { get; init; }

    /// <summary>After how many steps of its recovery the process is killed a second time; null for never.</summary>
    public int? Again { get; init; }

    /// <summary>Whether it was killed in its recovery, too.</summary>
    public bool KilledAgain { get; set; }

    /// <summary>Whether it was killed at its point. A fault may end the purchase in another way, which does not pass there.</summary>
    public bool AtItsPoint { get; set; }

    /// <summary>What is wrong; empty when all is well.</summary>
    public List<string> Wrong { get; } = [];

    /// <summary>Its name in the report.</summary>
    public string Name => $"{Flow.Name} / {Point} / {(Fault is null ? "no fault" : $"{Fault.Strikes}: {Fault.Name}")}{(Cut is { } cut ? $" / not killed, cut {cut}" : "")}{(Again is { } steps ? $" / again after {steps}" : "")}";
}

/// <summary>How a step fails.</summary>
public enum Cut
{
    /// <summary>It is not carried out.</summary>
    Before,

    /// <summary>It is carried out.</summary>
    After,
}
