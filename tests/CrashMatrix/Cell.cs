namespace Connect.CrashMatrix;

/// <summary>One purchase of the matrix: killed there, struck by that.</summary>
/// <param name="Flow">How it buys.</param>
/// <param name="Point">The step after which the process is killed.</param>
/// <param name="Fault">What strikes at Stripe; null for nothing.</param>
public sealed record Cell(Flow Flow, string Point, Fault? Fault)
{
    /// <summary>After how many steps of its recovery the process is killed a second time; null for never.</summary>
    public int? Again { get; init; }

    /// <summary>Whether it was killed in its recovery, too.</summary>
    public bool KilledAgain { get; set; }

    /// <summary>Whether it was killed at its point. A fault may end the purchase in another way, which does not pass there.</summary>
    public bool AtItsPoint { get; set; }

    /// <summary>What is wrong; empty when all is well.</summary>
    public List<string> Wrong { get; } = [];

    /// <summary>Its name in the report.</summary>
    public string Name => $"{Flow.Name} / {Point} / {(Fault is null ? "no fault" : $"{Fault.Strikes}: {Fault.Name}")}{(Again is { } steps ? $" / again after {steps}" : "")}";
}
